import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { openSource } from '../../tools/data/open-source';
import { interpreterOf, runWithWheel } from './installed-wheel';

const { python, skip } = interpreterOf('SpikeInterface', 'spikeinterface');
const folder = mkdtempSync(join(tmpdir(), 'neurobasis-spikeinterface-'));
after(() => rmSync(folder, { recursive: true }));

test(
  'SpikeInterface saves and loads a recording that it generates, in the lines of both READMEs',
  { skip },
  async () => {
    const readme = join(projectRoot(), 'packages', 'python', 'README.md');
    const linesOf = (path: string): string | undefined =>
      [...readFileSync(path, 'utf8').matchAll(/```python\n([\s\S]*?)```/g)]
        .map(([, code]) => code!)
        .find((code) => code.includes('spikeinterface'));
    assert.equal(linesOf(join(projectRoot(), 'README.md')), linesOf(readme));
    assert.match(runWithWheel(folder, python, 'check-spikeinterface.py', [readme, folder]), /ok\n$/);

    const file = await openSource(join(folder, 'saved.zarr'));
    const [stream] = file.streams;
    const { channels, samples } = stream!;
    const found = await stream!.read(
      channels.map((_, i) => i),
      0,
      samples,
    );
    file.close();
    const bytes = readFileSync(join(folder, 'saved.bin'));
    const saved = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    assert.deepEqual([channels.length, channels.length * samples], [32, saved.length]);
    found.forEach((channel, i) => {
      assert.ok(
        channel.every((sample, t) => sample === saved[32 * t + i]),
        `channel ${i}`,
      );
    });
  },
);
