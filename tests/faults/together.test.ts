import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { uniformNumbers } from '../../lib/numerics/random';
import { canonicalWav } from '../../lib/recordings/wav';
import { createTemporaryProject } from '../tools/temporary-project';
import { contents, keptPoints } from './kills';

test('imports of one name and sweeps of one codec at the same time give what they give alone', async () => {
  const project = createTemporaryProject();
  const { folder } = project;
  try {
    const random = uniformNumbers(5);
    const wav = join(folder, 'lab.wav');
    const samples = Int16Array.from({ length: 20 * 20_000 }, () => Math.round(2000 * (random() - 0.5)));
    writeFileSync(wav, canonicalWav(samples, 20_000));
    const imported = ['--from', wav, '--name', 'lab', '--piece-seconds', '1'];
    const alone = await project.run('data', imported);
    assert.equal(alone.code, 0, alone.output);
    const expected = contents(folder, ['data/lab']);
    assert.ok(Object.keys(expected).length > 2);
    rmSync(join(folder, 'data', 'lab'), { recursive: true });

    const sweep = (output: string): readonly string[] => [
      ...['--dataset', 'sample', '--basis', 'dct-64+trellis', '--steps', '4,16', '--jobs', '1'],
      ...['--output', join(folder, output)],
    ];
    const [first, second, ...sweeps] = await Promise.all([
      project.run('data', imported),
      project.run('data', imported),
      project.run('sweep', sweep('first.jsonl')),
      project.run('sweep', sweep('second.jsonl')),
    ]);
    const refused = [first, second].filter(({ code }) => code !== 0);
    assert.ok(refused.length < 2, `${first.output}\n${second.output}`);
    for (const { output } of refused) assert.match(output, /importing lab/);
    // Whoever was refused finds the same there.
    const again = await project.run('data', imported);
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /The same is in .*lab already/);
    assert.deepEqual(contents(folder, ['data/lab']), expected);

    for (const { code, output } of sweeps) assert.equal(code, 0, output);
    const measured = readFileSync(join(folder, 'first.jsonl'));
    assert.ok(measured.length > 0);
    assert.deepEqual(readFileSync(join(folder, 'second.jsonl')), measured);
    const points = keptPoints(folder);
    assert.ok(points.length > 0);
    assert.equal(new Set(points).size, points.length, 'a point was measured twice');
  } finally {
    project.remove();
  }
});
