/**
 * `npm run compare:zarr`: the codec `neurobasis` beside the compressors that Zarr arrays of recordings have. Bytes, and CPU time
 * of everything that encoding and decoding start.
 */
import { spawnSync } from 'node:child_process';
import { cpus, tmpdir } from 'node:os';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { zarrCodecs, zarrTable, type ZarrRow } from '../bench/zarr/summary';
import { writeWhole } from '../lib/files/write-whole';
import { projectRoot } from '../lib/files/project-root';
import { openRecording } from '../lib/recordings/recognize';
import { buildWheel } from './build-packages/wheel';
import { runCommand } from './command-line';
import { preparedPython } from './python-environment';
import { typedPath } from './typed-path';

/** Samples of all channels together that are measured, so that the slowest peer takes seconds. */
const MOST_SAMPLES = 2 ** 20;

/** Writes the samples of a recording, one time of all channels after another. */
async function exported(path: string, folder: string, number: number): Promise<object> {
  const recording = await openRecording(path);
  const stream = recording.streams[0]!;
  const count = stream.channels.length;
  const samples = Math.min(stream.samples, Math.floor(MOST_SAMPLES / count));
  const channels = await stream.read(
    stream.channels.map((_, i) => i),
    0,
    samples,
  );
  recording.close();
  const bytes = new DataView(new ArrayBuffer(2 * count * samples));
  channels.forEach((channel, c) =>
    channel.forEach((value, i) => bytes.setUint16(2 * (i * count + c), value & 0xffff, true)),
  );
  const file = `${number}.raw`;
  writeFileSync(join(folder, file), new Uint8Array(bytes.buffer));
  return {
    name: `${basename(dirname(path))}/${basename(path)}`,
    ...{ file, channels: count, rate: stream.sampleRate },
    type: stream.type === 'uint16' ? '<u2' : '<i2',
  };
}

function run(program: string, args: readonly string[], site: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, PYTHONPATH: site },
  });
  if (stderr) process.stderr.write(stderr);
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} ended with ${status}.`);
}

const COMMAND = {
  name: 'compare:zarr',
  operands: 'RECORDING …',
  count: [1, Infinity],
  options: {},
  notes:
    'Recordings are files or folders in any format that is read; the first stream of each counts. Writes bench/zarr/results.json and prints a table.',
} as const;

void runCommand(COMMAND, async ({ operands }) => {
  const paths = operands.map(typedPath);
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-zarr-'));
  try {
    const arrays: object[] = [];
    for (const [i, path] of paths.entries()) arrays.push(await exported(path, folder, i));
    writeFileSync(join(folder, 'arrays.json'), JSON.stringify(arrays));
    const python = preparedPython(
      {
        purpose: 'compressors of Zarr arrays',
        folder: '.cache/python-zarr',
        requirements: 'bench/zarr/requirements.txt',
        alternative: '',
      },
      console.error,
    );
    const site = join(folder, 'site');
    const wheel = buildWheel(join(folder, 'wheel'), () => {});
    run(
      python,
      ['-m', 'pip', 'install', '--quiet', '--no-index', '--no-deps', '--target', site, wheel],
      site,
    );
    const rows = JSON.parse(
      run(python, [join(projectRoot(), 'bench/zarr/compare.py'), folder], site),
    ) as ZarrRow[];
    const codecs = zarrCodecs(rows);
    const results = { processor: cpus()[0]?.model ?? '', codecs, rows };
    writeWhole(join(projectRoot(), 'bench/zarr/results.json'), `${JSON.stringify(results, null, 1)}\n`);
    console.log(zarrTable(rows, codecs));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
