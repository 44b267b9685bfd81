import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import {
  CorpusOptionError,
  corpusHash,
  IncompleteDatasetError,
  openCorpus,
  readCodes,
  type Recording,
  RecordingError,
  stratifiedSubset,
} from '../../lib/recordings/corpus';
import { foldOf } from '../../lib/recordings/folds';
import { formatManifest } from '../../lib/recordings/manifest';
import { canonicalWav } from '../../lib/recordings/wav';

const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
after(() => rmSync(folder, { recursive: true }));

// Ten recordings of 1…10 samples, with codes 0, 1, 2 …
const lengths = Array.from({ length: 10 }, (_, i) => i + 1);
const codesOf = (length: number): Uint16Array => Uint16Array.from({ length }, (_, i) => i);
const nameOf = (length: number): string => `r${String(length).padStart(2, '0')}.wav`;

/** Puts all recordings in place anew. */
function writeDataset(): void {
  mkdirSync(join(folder, 'neuralink'), { recursive: true });
  const entries = lengths.map((length) => {
    const wav = canonicalWav(pcm16FromCodes(codesOf(length)), SAMPLE_RATE);
    writeFileSync(join(folder, 'neuralink', nameOf(length)), wav);
    const sha256 = createHash('sha256').update(wav).digest('hex');
    return { name: nameOf(length), bytes: wav.length, samples: length, standardDeviation: length, sha256 };
  });
  writeFileSync(join(folder, 'neuralink.manifest.tsv'), formatManifest(entries));
}

beforeEach(() => {
  delete process.env['NEUROBASIS_DATASET'];
  delete process.env['NEUROBASIS_RECORDINGS'];
  writeDataset();
});

test('a complete dataset is opened in the order of the names, and gives the codes', () => {
  const corpus = openCorpus({ folder });
  assert.equal(corpus.name, 'neuralink');
  assert.equal(corpus.label, '10 Neuralink recordings');
  assert.equal(corpus.synthetic, false);
  assert.deepEqual(
    corpus.recordings.map(({ name }) => name),
    lengths.map(nameOf),
  );
  for (const recording of corpus.recordings) {
    assert.deepEqual(readCodes(recording), codesOf(recording.samples));
  }
});

test('an incomplete dataset is refused, asked for or not, and never replaced by the sample', () => {
  rmSync(join(folder, 'neuralink', nameOf(3)));
  appendFileSync(join(folder, 'neuralink', nameOf(4)), 'x');
  for (const dataset of ['neuralink', undefined] as const) {
    assert.throws(
      () => openCorpus({ folder, dataset }),
      (error: unknown) =>
        error instanceof IncompleteDatasetError &&
        error.message.includes('Of the 10 Neuralink recordings in') &&
        error.message.includes('1 are missing and 1 are not as long as they should be') &&
        error.message.includes('npm run data -- --from') &&
        error.message.includes('--dataset sample'),
    );
  }
  assert.equal(openCorpus({ folder, dataset: 'sample' }).name, 'sample');
});

test('the sample serves when no recording is there, unless they are asked for', () => {
  rmSync(join(folder, 'neuralink'), { recursive: true });
  const corpus = openCorpus({ folder });
  assert.equal(corpus.name, 'sample');
  assert.equal(corpus.label, 'synthetic sample (4 recordings)');
  assert.equal(corpus.synthetic, true);
  const first = corpus.recordings[0]!;
  assert.equal(readCodes(first).length, first.samples);

  process.env['NEUROBASIS_DATASET'] = 'neuralink';
  assert.throws(() => openCorpus({ folder }), IncompleteDatasetError);
});

test('options go before the environment, and both name the subset', () => {
  process.env['NEUROBASIS_DATASET'] = 'sample';
  process.env['NEUROBASIS_RECORDINGS'] = '3';
  const sample = openCorpus({ folder });
  assert.equal(sample.name, 'sample-3');
  assert.equal(sample.label, '3 of 4 synthetic recordings (stratified subset)');
  assert.equal(sample.recordings.length, 3);
  const more = openCorpus({ folder, recordings: 6 });
  assert.equal(more.name, 'sample-6');
  assert.equal(more.label, '6 of 8 synthetic recordings (stratified subset)');
  const longer = openCorpus({ folder, recordings: 99 });
  assert.equal(longer.name, 'sample-8');
  assert.equal(longer.label, 'synthetic sample (8 recordings)');

  const subset = openCorpus({ folder, dataset: 'neuralink', recordings: 4 });
  assert.equal(subset.name, 'neuralink-4');
  assert.equal(subset.label, '4 of 10 Neuralink recordings (stratified subset)');
  assert.equal(openCorpus({ folder, dataset: 'neuralink', recordings: 10 }).name, 'neuralink');
  assert.equal(openCorpus({ folder, dataset: 'neuralink', recordings: 99 }).name, 'neuralink');
});

test('a dataset or a number of recordings that cannot be is refused', () => {
  for (const recordings of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => openCorpus({ folder, recordings }), CorpusOptionError);
  }
  process.env['NEUROBASIS_RECORDINGS'] = 'many';
  assert.throws(() => openCorpus({ folder }), /"many" recordings/);
  delete process.env['NEUROBASIS_RECORDINGS'];
  process.env['NEUROBASIS_DATASET'] = 'cats';
  assert.throws(() => openCorpus({ folder }), /no dataset "cats"/);
});

test('a subset takes half from each fold, spread over the standard deviations', () => {
  const { recordings } = openCorpus({ folder });
  const shuffled = [...recordings].reverse();
  for (let count = 1; count <= recordings.length; count++) {
    const subset = stratifiedSubset(recordings, count);
    assert.equal(new Set(subset).size, count);
    const even = subset.filter(({ samples }) => foldOf(samples) === 0).length;
    assert.equal(even, Math.floor(count / 2));
    assert.deepEqual(
      subset,
      recordings.filter((recording) => subset.includes(recording)),
    );
    assert.deepEqual(stratifiedSubset(shuffled, count), subset);
  }
  assert.deepEqual(
    stratifiedSubset(recordings, 2).map(({ samples }) => samples),
    [5, 6],
  );
});

test('a subset takes from one fold what the other has not', () => {
  const { recordings } = openCorpus({ folder });
  const lopsided = recordings.filter(({ samples }) => samples % 2 === 1 || samples === 2);
  const subset = stratifiedSubset(lopsided, 5);
  assert.equal(subset.length, 5);
  assert.equal(subset.filter(({ samples }) => foldOf(samples) === 0).length, 1);
});

test('a subset of as many recordings as there are, or more, has each of them once', () => {
  const { recordings } = openCorpus({ folder });
  for (const more of [0, 1, 24]) {
    assert.deepEqual(stratifiedSubset([...recordings].reverse(), recordings.length + more), recordings);
  }
  assert.deepEqual(stratifiedSubset([], 24), []);
});

test('the hash of a corpus depends on names and contents', () => {
  const corpus = openCorpus({ folder });
  const change = (patch: Partial<Recording>): string =>
    corpusHash({ ...corpus, recordings: [{ ...corpus.recordings[0]!, ...patch }] });
  assert.match(corpusHash(corpus), /^[0-9a-f]{64}$/);
  assert.equal(corpusHash(corpus), corpusHash(openCorpus({ folder })));
  const hashes = [
    corpusHash(corpus),
    change({}),
    change({ name: 'z.wav' }),
    change({ sha256: 'f'.repeat(64) }),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
});

test('a recording that has changed or is off the ADC grid is refused', () => {
  const recording = openCorpus({ folder }).recordings[4]!;
  writeFileSync(recording.path, canonicalWav(Int16Array.of(1), SAMPLE_RATE));
  assert.throws(() => readCodes(recording), /has 46 bytes, its manifest says 54/);
  const offGrid = canonicalWav(Int16Array.of(1, 2, 3, 4, 5), SAMPLE_RATE);
  writeFileSync(recording.path, offGrid);
  assert.throws(() => readCodes(recording), /its SHA-256 is not that of its manifest.*npm run data/);
  assert.throws(
    () => readCodes({ ...recording, sha256: createHash('sha256').update(offGrid).digest('hex') }),
    (error: unknown) => error instanceof RecordingError && /not on the ADC grid/.test(error.message),
  );
});
