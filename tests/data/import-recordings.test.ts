import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import {
  formatDatasetManifest,
  importedDatasets,
  isDatasetName,
  readDatasetManifest,
} from '../../lib/recordings/datasets/dataset-manifest';
import { codesOfPcm, pcmOfCodes } from '../../lib/recordings/datasets/kept-codes';
import { planStretches } from '../../lib/recordings/datasets/stretches';
import { openCorpus, readCodes, readWavBytes, wavOfCodes } from '../../lib/recordings/corpus';
import { valuesOfCodes } from '../../lib/recordings/digitizer';
import { foldOf, groupsOfEqualLength } from '../../lib/recordings/folds';
import { openRecording } from '../../lib/recordings/recognize';
import { sampleRangeOf } from '../../lib/recordings/recording';
import { canonicalWav } from '../../lib/recordings/wav';
import { uniformNumbers } from '../../lib/numerics/random';
import {
  importRecordings,
  MOST_OF_PIECE,
  type ImportChoices,
  type ImportedDataset,
} from '../../tools/data/import-recordings';

const folder = mkdtempSync(join(tmpdir(), 'import-'));
const data = join(folder, 'data');
mkdirSync(data);
after(() => rmSync(folder, { recursive: true }));

const RATE = 12_500;

/** Raw samples of several channels: steps of 4 from 1000 on, so the grid is not that of the type. */
function writeRaw(
  name: string,
  seconds: number,
  channels: number,
  flat: readonly number[] = [],
): { path: string; values: Int16Array } {
  const random = uniformNumbers(7);
  const values = new Int16Array(Math.round(seconds * RATE) * channels);
  for (let i = 0; i < values.length; i++) {
    const channel = i % channels;
    const slow = 200 * Math.sin(i / channels / 900 + channel);
    values[i] = flat.includes(channel) ? 5 : 1000 + 4 * Math.round(slow + 30 * (random() + random() - 1));
  }
  const path = join(folder, name);
  writeFileSync(path, new Uint8Array(values.buffer));
  writeFileSync(`${path}.json`, JSON.stringify({ sampleRate: RATE, channels, gain: 0.25, unit: 'uV' }));
  return { path, values };
}

const usual = {
  sidecar: undefined,
  stream: undefined,
  channels: undefined,
  fromSecond: 0,
  seconds: undefined,
  pieceSeconds: 1,
  pieces: undefined,
  replace: false,
};

async function importing(
  choices: Partial<ImportChoices> & Pick<ImportChoices, 'name' | 'path'>,
): Promise<ImportedDataset> {
  const file = await openRecording(choices.path);
  try {
    return await importRecordings(file, { ...usual, ...choices }, data);
  } finally {
    file.close();
  }
}

test('what is kept are the samples of the file, value for value, and a corpus opens by its name', async () => {
  const { path, values } = writeRaw('lab.bin', 8.6, 3);
  const { manifest, isNew, notes } = await importing({ name: 'lab', path });
  assert.deepEqual([isNew, notes], [true, []]);
  const corpus = openCorpus({ dataset: 'lab', folder: data });
  assert.equal(corpus.label, '24 recordings of lab');
  assert.deepEqual(
    [corpus.name, corpus.dataset, corpus.sampleRate, corpus.synthetic],
    ['lab', 'lab', RATE, false],
  );
  for (const recording of corpus.recordings) {
    const { source, digitizer, unit, gain, electrode } = recording;
    assert.deepEqual([unit, gain, digitizer.step, source!.path], ['uV', 0.25, 4, path]);
    const channel = Number(source!.channel);
    assert.equal(electrode, String(channel));
    const codes = readCodes(recording);
    assert.equal(codes.length, recording.samples);
    const original = Int16Array.from(
      { length: codes.length },
      (_, i) => values[(source!.from + i) * 3 + channel]!,
    );
    assert.deepEqual(valuesOfCodes(digitizer, codes, 'int16'), original);
    assert.ok(Buffer.from(wavOfCodes(recording, codes)).equals(readWavBytes(recording)));
    assert.ok(codes.every((code) => code <= sampleRangeOf(recording).largest));
  }
  // One range for all, and one group and fold for the electrodes of a stretch.
  assert.equal(new Set(corpus.recordings.map(({ digitizer }) => digitizer.codes)).size, 1);
  const groups = groupsOfEqualLength(corpus.recordings);
  assert.deepEqual(
    groups.map((group) => group.length),
    Array(8).fill(3),
  );
  assert.ok(groups.every((group) => new Set(group.map((one) => one.group)).size === 1));
  assert.equal(corpus.recordings.filter(({ samples }) => foldOf(samples) === 0).length, 12);
  // The noise is that of the triangular distribution of 60 codes width: 30/√6, and a share of it in the band.
  const share = Math.sqrt((5000 - 300) / (RATE / 2));
  assert.ok(Math.abs(manifest.noise / ((30 / Math.sqrt(6)) * share) - 1) < 0.12, String(manifest.noise));
  assert.equal(manifest.fullScale.known, false);
  assert.deepEqual(readDatasetManifest(join(data, 'lab')), manifest);
  const subset = openCorpus({ dataset: 'lab', folder: data, recordings: 4 });
  assert.deepEqual([subset.name, subset.label], ['lab-4', '4 of 24 recordings of lab (stratified subset)']);
});

test('the same import does nothing, another is refused unless it may replace, and a changed source is another', async () => {
  const { path } = writeRaw('again.bin', 4, 2);
  await importing({ name: 'again', path });
  const written = statSync(join(data, 'again', 'manifest.json')).mtimeMs;
  assert.equal((await importing({ name: 'again', path })).isNew, false);
  await assert.rejects(importing({ name: 'again', path, seconds: 3 }), {
    name: 'DatasetImportError',
    message: /already, of .*again\.bin with other choices\. Give another --name.*--replace/,
  });
  assert.equal(statSync(join(data, 'again', 'manifest.json')).mtimeMs, written);
  const { manifest } = await importing({ name: 'again', path, seconds: 3, channels: [1], replace: true });
  assert.deepEqual(manifest.options, { channels: '1', seconds: 3, 'piece-seconds': 1 });
  assert.deepEqual(
    manifest.electrodes.map(({ channel }) => channel),
    ['1'],
  );
  assert.deepEqual(
    readdirSync(data).filter((name) => name.startsWith('.')),
    [],
  );
});

test('an import that was stopped leaves no dataset and goes on from what it wrote', async () => {
  const { path } = writeRaw('stopped.bin', 6, 2);
  const whole = await importing({ name: 'whole', path });
  const file = await openRecording(path);
  let reads = 0;
  const failing = {
    ...file,
    streams: file.streams.map((stream) => ({
      ...stream,
      read: (...window: Parameters<typeof stream.read>) => {
        if (++reads > 6) throw new Error('pulled out');
        return stream.read(...window);
      },
    })),
  };
  const choices = { ...usual, name: 'stopped', path };
  await assert.rejects(importRecordings(failing, choices, data), /pulled out/);
  assert.equal(existsSync(join(data, 'stopped')), false);
  assert.equal(importedDatasets(data).includes('stopped'), false);
  const [staging] = readdirSync(data).filter((name) => name.startsWith('.stopped.'));
  const before = readdirSync(join(data, staging!)).filter((name) => name.endsWith('.wav'));
  assert.ok(before.length > 0 && before.length < whole.manifest.recordings.length, String(before.length));
  // A file that is torn is written again.
  truncateSync(join(data, staging!, before[0]!), 100);
  const times = before.map((name) => statSync(join(data, staging!, name)).mtimeMs);
  writeFileSync(join(data, staging!, 's00-e000-0.wav.1a9a4645-0601-4fcb-bd6a-fd2ea6af2bcf.part'), 'half');
  const { manifest } = await importing({ name: 'stopped', path });
  assert.deepEqual(
    readdirSync(join(data, 'stopped')).filter((name) => name.endsWith('.part')),
    [],
    'nothing half-written is in the dataset',
  );
  assert.deepEqual(
    manifest.recordings.map(({ sha256 }) => sha256),
    whole.manifest.recordings.map(({ sha256 }) => sha256),
  );
  before
    .slice(1)
    .forEach((name, i) => assert.equal(statSync(join(data, 'stopped', name)).mtimeMs, times[i + 1]));
});

test('files of one length are simultaneous, so that none is in the other fold', async () => {
  const wavs = join(folder, 'wavs');
  mkdirSync(wavs);
  const lengths = { a: 30_000, b: 30_000, c: 40_000 };
  const random = uniformNumbers(3);
  for (const [name, length] of Object.entries(lengths)) {
    writeFileSync(
      join(wavs, `${name}.wav`),
      canonicalWav(
        Int16Array.from({ length }, () => Math.round(100 * random())),
        RATE,
      ),
    );
  }
  const { manifest } = await importing({ name: 'wavs', path: wavs, pieceSeconds: 0.5 });
  const groups = new Map<string, string[]>();
  for (const { group, electrode } of manifest.recordings) {
    groups.set(group, [...(groups.get(group) ?? []), manifest.electrodes[electrode]!.stream]);
  }
  const kinds = [...groups.values()].map((streams) => streams.sort().join(' '));
  assert.deepEqual([...new Set(kinds)].sort(), ['a.wav b.wav', 'c.wav']);
});

test('flat electrodes are left out and named; streams and electrodes that are not there are errors', async () => {
  const { path } = writeRaw('flat.bin', 4, 3, [1]);
  const { notes, manifest } = await importing({ name: 'flat', path });
  assert.match(notes.join(' '), /Electrode 1 of .* is left out: it is flat\./);
  assert.deepEqual(
    manifest.electrodes.map(({ channel }) => channel),
    ['0', '2'],
  );
  await assert.rejects(importing({ name: 'none', path, channels: [1] }), /no electrode that can be studied/);
  await assert.rejects(
    importing({ name: 'none', path, channels: [3] }),
    /names electrode 3, and there are 3, numbered from 0/,
  );
  await assert.rejects(importing({ name: 'none', path, stream: 'x' }), /no stream "x"/);
  await assert.rejects(importing({ name: 'none', path, fromSecond: 9 }), { name: 'TooShortError' });
  assert.deepEqual(
    readdirSync(data).filter((name) => name.includes('none') && !name.startsWith('.')),
    [],
  );
});

test('a damaged manifest or recording is an error that names the file', async () => {
  const { path } = writeRaw('damage.bin', 4, 1);
  await importing({ name: 'damage', path });
  const file = join(data, 'damage', 'manifest.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('"segment": 0', '"segment": 1'));
  assert.throws(() => openCorpus({ dataset: 'damage', folder: data }), {
    name: 'DatasetManifestError',
    message: /manifest\.json has changed/,
  });
  writeFileSync(file, text.slice(0, 200));
  assert.throws(() => openCorpus({ dataset: 'damage', folder: data }), {
    name: 'DatasetManifestError',
    message: /cannot be read/,
  });
  writeFileSync(file, text);
  const { recordings } = openCorpus({ dataset: 'damage', folder: data });
  const wav = readFileSync(recordings[0]!.path);
  wav[100]! ^= 1;
  writeFileSync(recordings[0]!.path, wav);
  assert.throws(() => readCodes(recordings[0]!), {
    name: 'RecordingError',
    message: new RegExp(`${recordings[0]!.name} has changed`),
  });
  rmSync(recordings[0]!.path);
  assert.throws(() => openCorpus({ dataset: 'damage', folder: data }), {
    name: 'IncompleteDatasetError',
    message: /--replace --name damage/,
  });
});

test('names that would be taken for others are refused', () => {
  for (const name of ['mylab', 'a', 'rat-17b', 'A_b']) assert.ok(isDatasetName(name), name);
  for (const name of ['neuralink', 'Sample', 'mylab-24', '../x', '.x', 'a b', ''])
    assert.ok(!isDatasetName(name), name);
});

test('codes are kept as samples about the middle of their range', () => {
  for (const codes of [1, 2, 1024, 65_536]) {
    const values = Uint16Array.of(0, codes >> 1, codes - 1);
    assert.deepEqual(codesOfPcm(pcmOfCodes(values, codes), codes), values);
  }
  assert.equal(codesOfPcm(Int16Array.of(2), 4), null);
  assert.equal(codesOfPcm(Int16Array.of(-3), 4), null);
});

test('lists of floats are written and read back, unused codes too', async () => {
  const { path } = writeRaw('listed.bin', 3, 1);
  const { manifest } = await importing({ name: 'listed', path });
  const values = Float64Array.of(0.1, NaN, 0.3);
  const [electrode] = manifest.electrodes;
  const listed = {
    ...manifest,
    electrodes: [{ ...electrode!, digitizer: { ...electrode!.digitizer, kind: 'listed' as const, values } }],
  };
  writeFileSync(join(data, 'listed', 'manifest.json'), formatDatasetManifest(listed));
  assert.deepEqual(readDatasetManifest(join(data, 'listed')).electrodes[0]!.digitizer.values, values);
});

test('the command lists datasets, refuses bad names, and says what belongs together', () => {
  const loader = join(projectRoot(), 'tools', 'loader.cjs');
  writeFileSync(join(folder, 'package.json'), '{"name": "neurobasis"}');
  const run = (...options: string[]): { code: number | null; output: string } => {
    const command = ['--require', loader, join(projectRoot(), 'tools', 'data.ts'), ...options];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, {
      cwd: folder,
      encoding: 'utf8',
    });
    return { code: status, output: stdout + stderr };
  };
  const { path } = writeRaw('listing.bin', 4, 2);
  const imported = run('--from', path, '--name', 'listing', '--piece-seconds', '1');
  assert.equal(imported.code, 0, imported.output);
  assert.match(imported.output, /noise +[\d.]+ codes[\s\S]*2 channels: 2 electrode[\s\S]*--dataset listing/);
  const list = run();
  assert.equal(list.code, 0, list.output);
  assert.match(list.output, /^listing: 4 recordings, 2 of 2 electrodes|^listing: \d+ recordings/m);
  assert.match(list.output, /npm run data -- --from PATH --name mylab/);
  assert.match(run('--from', path, '--name', 'mylab-24').output, /cannot name a dataset/);
  assert.match(run('--name', 'x').output, /--name needs --from PATH/);
  const verified = run('--verify', '--name', 'listing');
  assert.equal(verified.code, 0, verified.output);
  assert.match(verified.output, /All \d+ recordings of listing are in .*, and none is altered/);
  const kept = join(folder, 'data', 'listing');
  const [changed, removed] = readdirSync(kept).filter((name) => name.endsWith('.wav'));
  const wav = readFileSync(join(kept, changed!));
  wav[80]! ^= 1;
  writeFileSync(join(kept, changed!), wav);
  rmSync(join(kept, removed!));
  const altered = run('--verify', '--name', 'listing');
  assert.equal(altered.code, 1, altered.output);
  assert.match(altered.output, new RegExp(`2 are missing or altered: ${changed}, ${removed}\\.`));
  assert.match(altered.output, /--name listing --replace --piece-seconds 1\./);
  assert.match(
    run('--verify', '--name', 'nolab').output,
    /no imported dataset "nolab": there are [^.]*\blisting\b/,
  );
  assert.match(run('--seconds', '4').output, /--seconds belongs to an import/);
  assert.match(run('--from', path, '--name', 'x', '--channels', '3-1').output, /give numbers and ranges/);
  assert.match(run('--from', path, '--name', 'x', '--seconds', '-1').output, /give a number above 0/);
});

test('pieces that a sweep could not hold are refused before anything is read, and the longest that it can are not', async () => {
  const path = join(folder, 'one-channel.bin');
  writeFileSync(`${path}.json`, JSON.stringify({ sampleRate: RATE, channels: 1 }));
  writeFileSync(path, '');
  truncateSync(path, 2 * 6 * MOST_OF_PIECE);
  const longest = Math.floor(MOST_OF_PIECE / RATE);
  const importOf = (pieceSeconds: number): Promise<unknown> =>
    importing({ name: 'pieces', path, pieceSeconds, pieces: 2 });
  await assert.rejects(importOf(longest + 1), (error: Error) => {
    assert.equal(error.name, 'DatasetImportError');
    return error.message.endsWith(`about 0.27 GB: give --piece-seconds ${longest} or less.`);
  });
  await assert.rejects(importOf(1e6), /about 0\.8\d? GB/);
  // It is read, and found to be silent.
  await assert.rejects(importOf(longest), /has no electrode that can be studied/);
});

test('a file of 10 GB is imported in place within 500 MB', () => {
  const channels = 64;
  const path = join(folder, 'long.bin');
  const samples = Math.floor(10e9 / (2 * channels));
  writeFileSync(`${path}.json`, JSON.stringify({ sampleRate: 25_000, channels }));
  writeFileSync(path, '');
  truncateSync(path, samples * 2 * channels);
  // Where nothing is written there is silence; flat stretches alone would be left out.
  const options = { sampleRate: 25_000, fromSecond: 0, seconds: undefined, pieceSeconds: 5, mostOfFold: 2 };
  const random = uniformNumbers(1);
  const noise = Int16Array.from({ length: 1000 * channels }, () => Math.round(200 * random()));
  const descriptor = openSync(path, 'r+');
  for (const { from } of planStretches([{ samples, breaks: [] }], options)) {
    writeSync(descriptor, new Uint8Array(noise.buffer), 0, noise.byteLength, from * 2 * channels);
  }
  closeSync(descriptor);
  const script = join(projectRoot(), 'tests', 'data', 'memory-of-import.ts');
  const child = spawnSync(process.execPath, ['--require', './tools/loader.cjs', script, path, data], {
    encoding: 'utf8',
  });
  assert.equal(child.status, 0, child.stderr);
  const { megabytes, recordings, seconds } = JSON.parse(child.stdout) as Record<string, number>;
  assert.deepEqual([recordings, Math.round(seconds!)], [96, 3125]);
  assert.ok(megabytes! < 500 && megabytes! > 20, `${megabytes} MB`);
});
