import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, afterEach, test } from 'node:test';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import type { Corpus } from '../../lib/recordings/corpus';
import { openMeasurementCache } from '../../lib/measuring/cache';
import { hashCodecCode } from '../../lib/measuring/codec-code';
import { listenToProgress, type Progress } from '../../lib/files/progress';
import {
  sweep,
  SweepError,
  SweepStepsError,
  SweepStoppedError,
  type SweepResult,
} from '../../lib/measuring/sweep';
import { listenToWarnings } from '../../lib/files/warnings';
import { codecOfCell, createPlainCodec, createSmallCorpus } from '../study/small-corpus';

const cataloged = codecFromId('identity');
const cleanings: (() => void)[] = [];
after(() => cleanings.forEach((clean) => clean()));
afterEach(() => listenToProgress(undefined));

function newCorpus(lengths: readonly number[]): Corpus {
  const { corpus, remove } = createSmallCorpus(lengths);
  cleanings.push(remove);
  return corpus;
}

/** The result without the times, which change from run to run. */
function withoutTimes(result: SweepResult): unknown {
  return result.recordings.map(({ recording, facts, points }) => ({
    name: recording.name,
    facts,
    points: points.map(({ step, compressedBytes, nonzero, comparison }) => ({
      step,
      compressedBytes,
      nonzero,
      comparison,
    })),
  }));
}

const LENGTHS = [3000, 0, 20000, 1, 700, 20000, 5000, 12000];

test('a sweep gives the recordings in the order of the corpus and the steps in ascending order', async () => {
  const corpus = newCorpus(LENGTHS);
  for (const codec of [cataloged, createPlainCodec()]) {
    const result = await sweep(codec, corpus, [8, 0, 2, 8]);
    assert.deepEqual(result.steps, [0, 2, 8]);
    assert.deepEqual(
      result.recordings.map(({ recording, facts }) => [recording.name, facts.samples]),
      LENGTHS.map((length, i) => [`${i}.wav`, length]),
    );
    for (const { points } of result.recordings)
      assert.deepEqual(
        points.map(({ step }) => step),
        [0, 2, 8],
      );
    assert.equal(result.reused, 0);
  }
});

test('the result is the same with one thread, with three, and in this one', async () => {
  const [one, three, here] = [1, 2, 3].map(() => newCorpus(LENGTHS));
  const withOne = await sweep(cataloged, one!, [0, 4], { jobs: 1 });
  const withThree = await sweep(cataloged, three!, [0, 4], { jobs: 3 });
  const inThis = await sweep({ ...codecOfCell(cataloged), id: 'identity-of-a-cell' }, here!, [0, 4]);
  assert.deepEqual(withoutTimes(withThree), withoutTimes(withOne));
  // The id is part of the file, so its length counts.
  const size = (result: SweepResult): number => result.recordings[2]!.points[1]!.comparison.squaredError;
  assert.equal(size(inThis), size(withOne));
});

test('a second sweep measures nothing, and one with more steps only those', async () => {
  const corpus = newCorpus(LENGTHS);
  const first = await sweep(cataloged, corpus, [0, 8]);
  const second = await sweep(cataloged, corpus, [0, 8]);
  assert.equal(second.reused, LENGTHS.length);
  assert.deepEqual(second.recordings, first.recordings);
  const third = await sweep(cataloged, corpus, [0, 4, 8]);
  assert.equal(third.reused, 0);
  third.recordings.forEach(({ points }, i) => {
    assert.deepEqual([points[0], points[2]], first.recordings[i]!.points);
  });
});

test('a sweep that is stopped and called again gives what it would have given', async () => {
  const whole = newCorpus(LENGTHS);
  const stopped = newCorpus(LENGTHS);
  const expected = await sweep(cataloged, whole, [0, 2, 8]);
  for (const stopAfter of [1, 3]) {
    const controller = new AbortController();
    let fresh = 0;
    listenToProgress(({ done, reused, finished }) => {
      fresh = done - reused;
      if (!finished && fresh >= stopAfter) controller.abort();
    });
    await assert.rejects(
      sweep(cataloged, stopped, [0, 2, 8], { jobs: 1, signal: controller.signal }),
      (error: Error) =>
        error instanceof SweepStoppedError && /the same call goes on from there/.test(error.message),
    );
    listenToProgress(undefined);
    const cache = openMeasurementCache(cataloged.id, (await hashCodecCode(cataloged.id))!);
    const kept = stopped.recordings.filter(
      ({ sha256 }) => cache.find(sha256, [0, 2, 8]).missing.length === 0,
    );
    assert.ok(kept.length >= stopAfter, `${kept.length} recordings are kept`);
  }
  const resumed = await sweep(cataloged, stopped, [0, 2, 8]);
  assert.ok(resumed.reused > 0);
  assert.deepEqual(withoutTimes(resumed), withoutTimes(expected));
});

test('an interrupt stops a sweep, in worker threads and in this one', async () => {
  for (const codec of [cataloged, createPlainCodec()]) {
    const corpus = newCorpus(LENGTHS);
    listenToProgress(({ done, finished }) => {
      if (done === 1 && !finished) process.kill(process.pid, 'SIGINT');
    });
    await assert.rejects(sweep(codec, corpus, [0, 2, 4, 8, 16], { jobs: 1 }), SweepStoppedError);
    assert.equal(process.listenerCount('SIGINT'), 0);
  }
});

test('a sweep that was stopped before it began measures nothing', async () => {
  const corpus = newCorpus([100]);
  const signal = AbortSignal.abort();
  await assert.rejects(sweep(cataloged, corpus, [0], { signal }), SweepStoppedError);
  await assert.rejects(sweep(createPlainCodec(), corpus, [0], { signal }), SweepStoppedError);
  assert.equal((await sweep(cataloged, corpus, [0])).reused, 0);
});

test('a failure names the recording and the codec, and what was measured before is kept', async () => {
  const corpus = newCorpus([20000, 4000, 300]);
  rmSync(corpus.recordings[1]!.path);
  for (const codec of [cataloged, createPlainCodec()]) {
    await assert.rejects(sweep(codec, corpus, [0], { jobs: 1 }), (error: Error) => {
      assert.ok(error instanceof SweepError);
      assert.match(error.message, new RegExp(`${codec.id} could not be measured on 1\\.wav: .*ENOENT`));
      return true;
    });
  }
  const others = { ...corpus, recordings: [corpus.recordings[0]!] };
  assert.equal((await sweep(cataloged, others, [0])).reused, 1);
});

test('a codec that is in no catalog is measured each time', async () => {
  const corpus = newCorpus([100, 200]);
  await sweep(createPlainCodec(), corpus, [0]);
  assert.equal((await sweep(createPlainCodec(), corpus, [0])).reused, 0);
});

test('progress goes from none to all, and ends once', async () => {
  const corpus = newCorpus(LENGTHS);
  for (const reused of [0, LENGTHS.length]) {
    const reports: Progress[] = [];
    listenToProgress((progress) => reports.push(progress));
    await sweep(cataloged, corpus, [0, 4], { jobs: 2 });
    assert.equal(reports.filter(({ finished }) => finished).length, 1);
    assert.ok(reports.at(-1)!.finished);
    assert.equal(reports.at(-1)!.done, LENGTHS.length);
    assert.deepEqual(
      reports.map(({ done }) => done),
      reports.map(({ done }) => done).sort((a, b) => a - b),
    );
    assert.ok(reports.every((report) => report.reused === reused && report.total === LENGTHS.length));
  }
});

test('an empty corpus is measured at once', async () => {
  assert.deepEqual((await sweep(cataloged, newCorpus([]), [0, 1])).recordings, []);
});

test('steps that are none are refused', async () => {
  const corpus = newCorpus([10]);
  for (const step of [-1, NaN, Infinity]) {
    await assert.rejects(sweep(cataloged, corpus, [step]), SweepStepsError);
  }
});

test('a recording that is not the one of the manifest is measured under no name, not even when it changes midway', async () => {
  const corpus = newCorpus([3000, 3000, 3000]);
  const changed = corpus.recordings[2]!;
  const whole = readFileSync(changed.path);
  const expected = await sweep(createPlainCodec(), corpus, [4]);
  const change = (): void => {
    const other = Buffer.from(whole);
    other.fill(other.subarray(44, 46), 44, 44 + 2 * changed.samples);
    writeFileSync(changed.path, other);
  };
  const refused = (error: Error): boolean =>
    error instanceof SweepError && /2\.wav has changed since it was imported.*SHA-256/.test(error.message);

  change();
  for (const codec of [cataloged, createPlainCodec()]) {
    await assert.rejects(sweep(codec, corpus, [4], { jobs: 1 }), refused);
  }
  writeFileSync(changed.path, whole);
  const slow = createPlainCodec({
    encode(codes, step) {
      change();
      return createPlainCodec().encode(codes, step);
    },
  });
  await assert.rejects(sweep(slow, corpus, [4]), refused);

  writeFileSync(changed.path, whole);
  assert.deepEqual(withoutTimes(await sweep(createPlainCodec(), corpus, [4])), withoutTimes(expected));
  const result = await sweep(cataloged, corpus, [4]);
  assert.equal(result.reused, 2, 'what was measured before the failure');
});

test('a damaged row is measured again, and said once while it is missing', async () => {
  const corpus = newCorpus([3000, 2000]);
  const expected = await sweep(cataloged, corpus, [0, 4]);
  const { path } = openMeasurementCache(cataloged.id, (await hashCodecCode(cataloged.id))!);
  const text = readFileSync(path, 'utf8');
  // Bytes of the compressed file, one more or less.
  const row = text.split('\n').find((line) => line.includes(corpus.recordings[1]!.sha256))!;
  const damaged = row.replace(
    /"compressedBytes":(\d+)/,
    (_, bytes: string) => `"compressedBytes":${Number(bytes) + 1}`,
  );
  assert.notEqual(damaged, row);
  writeFileSync(path, text.replace(row, damaged));
  const warnings: string[] = [];
  listenToWarnings((warning) => warnings.push(warning));
  cleanings.push(() => listenToWarnings(undefined));
  const again = await sweep(cataloged, corpus, [0, 4]);
  assert.equal(again.reused, 1);
  assert.deepEqual(withoutTimes(again), withoutTimes(expected));
  assert.equal(warnings.length, 1);
  assert.ok(warnings[0]!.includes(path));
  assert.equal((await sweep(cataloged, corpus, [0, 4])).reused, 2);
  assert.equal(warnings.length, 1);
  writeFileSync(path, text);
});
