import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { uniformNumbers } from '../../lib/numerics/random';
import { canonicalWav } from '../../lib/recordings/wav';
import { createTemporaryProject, type TemporaryProject } from '../tools/temporary-project';

/** Mounts a small disk over a folder of a project, with what was in it. @returns unmounts it; undefined where that is not allowed */
function smallDisk(
  folder: string,
  kilobytes: number,
): { remount(options: string): void; end(): void } | undefined {
  const before = `${folder}.before`;
  renameSync(folder, before);
  mkdirSync(folder);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
  if (status === 0) cpSync(before, folder, { recursive: true });
  rmSync(before, { recursive: true });
  if (status !== 0) return undefined;
  return {
    remount: (options) =>
      assert.equal(spawnSync('mount', ['-o', `remount,${options}`, folder]).status, 0, options),
    end: () => spawnSync('umount', ['-l', folder]),
  };
}

function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + readFileSync(join(entry.parentPath, entry.name)).length, 0);
}

/** Runs a test with a project whose folder `.cache` is a disk with so many kilobytes left. */
async function onSmallDisk(
  context: TestContext,
  free: number,
  body: (project: TemporaryProject, disk: NonNullable<ReturnType<typeof smallDisk>>) => Promise<void>,
): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return context.skip('mounts a disk as root, on Linux');
  const project = createTemporaryProject();
  const cache = join(project.folder, '.cache');
  let disk: ReturnType<typeof smallDisk>;
  try {
    // Bundles and hashes of code are there before.
    const { code, output } = await project.run('sweep', [...SWEEP, '--steps', '64']);
    assert.equal(code, 0, output);
    disk = smallDisk(cache, 10 * 2 ** 20);
    if (!disk) return context.skip('no disk can be mounted here');
    // A page holds four kilobytes, and so does a folder.
    const used = Number(
      spawnSync('df', ['--output=used', '-k', cache], { encoding: 'utf8' }).stdout.trim().split('\n').at(-1),
    );
    assert.ok(used * 1024 >= bytesOf(cache));
    disk.remount(`size=${used + free}k`);
    await body(project, disk);
  } finally {
    disk?.end();
    project.remove();
  }
}

const SWEEP = ['--dataset', 'sample', '--basis', 'haar-6'];
const POINTS = ['--steps', '0,2,4,8,16,24,32'];
const table = (output: string): string => /^ +step[^]*/m.exec(output)![0].trim();

test('a full disk costs a warning and no measurement, and a shard says that its result was lost', async (context) => {
  await onSmallDisk(context, 4, async (project, disk) => {
    const full = await project.run('sweep', [...SWEEP, ...POINTS]);
    assert.equal(full.code, 0, full.output);
    assert.match(full.output, /cannot be written \(ENOSPC.*are not kept/);
    const shard = await project.run('sweep', [...SWEEP, ...POINTS, '--shard', '1/2']);
    assert.equal(shard.code, 1, shard.output);
    assert.match(shard.output, /ShardResultError|cannot be written \(ENOSPC/);
    assert.match(shard.output, /run the same command again/);

    disk.remount(`size=${10 * 2 ** 20}k`);
    for (const number of [1, 2]) {
      const { code, output } = await project.run('sweep', [...SWEEP, ...POINTS, '--shard', `${number}/2`]);
      assert.equal(code, 0, output);
    }
    const whole = await project.run('sweep', [...SWEEP, ...POINTS]);
    assert.equal(table(whole.output), table(full.output));
  });
});

test('a cache on a read-only disk costs a warning and no measurement', async (context) => {
  await onSmallDisk(context, 1024, async (project, disk) => {
    disk.remount('ro');
    const { code, output } = await project.run('sweep', [...SWEEP, ...POINTS]);
    assert.equal(code, 0, output);
    assert.match(output, /cannot be written \(EROFS.*are not kept/);
    const shard = await project.run('sweep', [...SWEEP, ...POINTS, '--shard', '1/2']);
    assert.equal(shard.code, 1, shard.output);
    disk.remount('rw');
    const again = await project.run('sweep', [...SWEEP, ...POINTS]);
    assert.equal(table(again.output), table(output));
  });
});

test('a recording that vanishes or changes is named, and what was measured of the others stays', async () => {
  const project = createTemporaryProject();
  try {
    const random = uniformNumbers(3);
    const samples = Int16Array.from({ length: 20 * 20000 }, () => Math.round(2000 * (random() - 0.5)));
    const wav = join(project.folder, 'lab.wav');
    writeFileSync(wav, canonicalWav(samples, 20000));
    const imported = ['--from', wav, '--name', 'lab', '--piece-seconds', '2'];
    const first = await project.run('data', imported);
    assert.equal(first.code, 0, first.output);
    const sweep = ['--dataset', 'lab', '--basis', 'haar-6', '--steps', '0'];
    const expected = await project.run('sweep', sweep);
    assert.equal(expected.code, 0, expected.output);
    const data = join(project.folder, 'data', 'lab');
    const piece = readdirSync(data, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('.wav'),
    )!;
    const whole = readFileSync(join(data, piece));

    rmSync(join(data, piece));
    const vanished = await project.run('sweep', sweep);
    assert.equal(vanished.code, 1);
    assert.match(vanished.output, /1 are missing or not as long.*npm run data -- --from/);

    const changed = Buffer.from(whole);
    changed[whole.length - 1]! ^= 1;
    writeFileSync(join(data, piece), changed);
    rmSync(join(project.folder, '.cache', 'sweeps'), { recursive: true });
    const damaged = await project.run('sweep', sweep);
    assert.equal(damaged.code, 1);
    assert.match(damaged.output, /has changed since it was imported: its SHA-256/);

    assert.ok(existsSync(wav));
    const mended = await project.run('data', [...imported, '--replace']);
    assert.equal(mended.code, 0, mended.output);
    assert.deepEqual(readFileSync(join(data, piece)), whole);
    const again = await project.run('sweep', sweep);
    assert.equal(table(again.output), table(expected.output));
  } finally {
    project.remove();
  }
});
