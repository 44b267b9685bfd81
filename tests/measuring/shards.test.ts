import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { MeasurementCache } from '../../lib/measuring/cache';
import { curveCodec } from '../../lib/measuring/curve-codec';
import type { StepMeasurement } from '../../lib/measuring/measure';
import {
  joinedPoint,
  MeasurementConflictError,
  recordingsOfShard,
  shardResults,
  ShardResultError,
  shardsFolder,
} from '../../lib/measuring/shards';
import { sweep, SweepStoppedError } from '../../lib/measuring/sweep';
import { digestOf } from '../../lib/study/measurement-digests';
import { codecOfCell, createSmallCorpus } from '../study/small-corpus';
import { EXAMPLE_FACTS, examplePoint } from './example-measurement';

const folder = mkdtempSync(join(tmpdir(), 'shards-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
/** Rows are checked with the name of their file, so all have the same. */
const newPath = (): string => join(folder, String(files++), 'codec.jsonl');

function point(step: number, encodeSeconds: number, decodeSeconds = 0.5, bytes = 100): StepMeasurement {
  return examplePoint(step, bytes, encodeSeconds, decodeSeconds);
}

/** Measurements that several machines made, some of them the same ones; durations differ. */
const measured = fc.array(
  fc.record({
    machine: fc.nat(3),
    recording: fc.constantFrom('a', 'b', 'c'),
    step: fc.constantFrom(0, 2, 8),
    seconds: fc.tuple(fc.nat(3), fc.nat(3)),
  }),
  { maxLength: 30 },
);

const RECORDINGS = ['a', 'b', 'c'];
const STEPS = [0, 2, 8];

function everything(cache: MeasurementCache): unknown {
  return RECORDINGS.map((recording) => cache.find(recording, STEPS));
}

test('joining two measurements is associative, commutative and idempotent', () => {
  const points = fc.tuple(fc.nat(2), fc.nat(2)).map(([encode, decode]) => point(4, encode, decode));
  fc.assert(
    fc.property(points, points, points, (a, b, c) => {
      const join = (x: StepMeasurement, y: StepMeasurement): StepMeasurement => joinedPoint(x, y)!;
      assert.deepEqual(join(join(a, b), c), join(a, join(b, c)));
      assert.deepEqual(join(a, b), join(b, a));
      assert.deepEqual(join(a, a), a);
    }),
  );
  assert.equal(joinedPoint(point(4, 1), point(4, 1, 0.5, 101)), undefined);
});

test('results of shards give the same whichever machine measured what, and in whatever order they are read', () => {
  fc.assert(
    fc.property(measured, fc.array(fc.nat(3)), (rows, order) => {
      const alone = newPath();
      const path = newPath();
      for (const { machine, recording, step, seconds } of rows) {
        const measurement = { facts: EXAMPLE_FACTS, points: [point(step, ...seconds)] };
        new MeasurementCache(alone).add(recording, measurement);
        // A shard may stop, and go on in another process.
        const shard = new MeasurementCache(path, { number: machine + 1, count: 4 });
        shard.add(recording, measurement);
        if (seconds[0] === 3) shard.writeShard();
      }
      for (const machine of [...order, 0, 1, 2, 3]) {
        const shard = new MeasurementCache(path, { number: machine + 1, count: 4 });
        shard.writeShard();
      }
      assert.ok(
        readdirSafe(path).every((name) => name.endsWith('.jsonl')),
        'no journal is left',
      );
      assert.deepEqual(everything(new MeasurementCache(path)), everything(new MeasurementCache(alone)));

      // Copied together from two folders, twice.
      const copied = newPath();
      mkdirSync(shardsFolder(copied), { recursive: true });
      for (let i = 0; i < 2; i++) {
        if (existsSync(shardsFolder(path)))
          cpSync(shardsFolder(path), shardsFolder(copied), { recursive: true });
      }
      assert.deepEqual(everything(new MeasurementCache(copied)), everything(new MeasurementCache(alone)));
    }),
    { numRuns: 60 },
  );
});

function readdirSafe(path: string): string[] {
  return existsSync(shardsFolder(path)) ? readdirSync(shardsFolder(path)) : [];
}

test('a result that is there twice is one file', () => {
  const path = newPath();
  const write = (): string | undefined => {
    const shard = new MeasurementCache(path, { number: 1, count: 2 });
    shard.add('a', { facts: EXAMPLE_FACTS, points: [point(2, 1)] });
    return shard.writeShard();
  };
  assert.equal(write(), write());
  assert.equal(shardResults(path).length, 1);
});

test('measurements that disagree are refused, by name', () => {
  const path = newPath();
  for (const [number, bytes] of [
    [1, 100],
    [2, 101],
  ] as const) {
    const shard = new MeasurementCache(newPath(), { number, count: 2 });
    shard.add('a', { facts: EXAMPLE_FACTS, points: [point(2, 1, 1, bytes)] });
    const result = shard.writeShard()!;
    cpSync(result, join(shardsFolder(path), result.split('/').at(-1)!));
  }
  assert.throws(
    () => new MeasurementCache(path),
    (error: Error) =>
      error instanceof MeasurementConflictError && /step 2.*remove .*codec\.shards/.test(error.message),
  );
});

test('a result with any bit flipped costs a row, and is mended by the next sweep', () => {
  const path = newPath();
  const measurement = { facts: EXAMPLE_FACTS, points: [point(2, 1)] };
  const shard = new MeasurementCache(path, { number: 1, count: 2 });
  shard.add('a', measurement);
  const result = shard.writeShard()!;
  const whole = readFileSync(result);
  for (let at = 0; at < whole.length - 1; at += 5) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1;
    writeFileSync(result, damaged);
    const cache = new MeasurementCache(path, { number: 1, count: 2 });
    assert.deepEqual(cache.find('a', [2]).missing, [2]);
    assert.match(cache.damage!, /1 damaged row/);
    cache.add('a', measurement);
    assert.equal(cache.writeShard(), result);
    assert.deepEqual(readFileSync(result), whole);
  }
});

test('a result that cannot be written is an error, and what was measured is in the journal', () => {
  const path = newPath();
  const shard = new MeasurementCache(path, { number: 1, count: 2 });
  shard.add('a', { facts: EXAMPLE_FACTS, points: [point(2, 1)] });
  const result = shard.writeShard()!;
  rmSync(result);
  mkdirSync(join(result, 'something'), { recursive: true });
  shard.add('a', { facts: EXAMPLE_FACTS, points: [point(2, 1)] });
  assert.throws(
    () => shard.writeShard(),
    (error: Error) => {
      assert.ok(error instanceof ShardResultError);
      assert.match(error.message, /run the same command again/);
      return true;
    },
  );
  rmSync(result, { recursive: true });
  assert.equal(new MeasurementCache(path, { number: 1, count: 2 }).writeShard(), result);
});

test('each recording is in one shard, and shards are about as long', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(100000), { maxLength: 40 }),
      fc.integer({ min: 1, max: 20 }),
      (lengths, count) => {
        const recordings = lengths.map((samples, i) => ({ name: `${i}.wav`, samples }));
        const shards = Array.from({ length: count }, (_, i) =>
          recordingsOfShard(recordings, { number: i + 1, count }),
        );
        const all = shards.flat().map(({ name }) => name);
        assert.deepEqual([...all].sort(), recordings.map(({ name }) => name).sort());
        const sums = shards.map((shard) => shard.reduce((sum, { samples }) => sum + samples, 0));
        assert.ok(Math.max(...sums) - Math.min(...sums) <= Math.max(0, ...lengths));
      },
    ),
  );
});

test('shards of a sweep, one stopped on the way, give what one sweep gives, and nothing is measured twice', async () => {
  const lengths = [3000, 0, 20000, 1, 700, 20001, 5000, 12000];
  for (const id of ['haar-3', 'haar-3~4']) {
    const { corpus, remove } = createSmallCorpus(lengths);
    try {
      const codec = curveCodec(id);
      const steps = [0, 4];
      const stop = new AbortController();
      stop.abort();
      await assert.rejects(
        sweep(codec, corpus, steps, { shard: { number: 2, count: 3 }, signal: stop.signal }),
        SweepStoppedError,
      );
      for (const number of [3, 1, 2]) {
        const result = await sweep(codec, corpus, steps, { shard: { number, count: 3 }, jobs: 1 });
        assert.equal(result.reused, 0);
        assert.deepEqual(
          result.recordings.map(({ recording }) => recording.name),
          recordingsOfShard(corpus.recordings, { number, count: 3 }).map(({ name }) => name),
        );
      }
      const merged = await sweep(codec, corpus, steps);
      assert.equal(merged.reused, lengths.length);
      // A codec of no catalog is measured here, without a cache.
      const alone = await sweep({ ...codecOfCell(curveCodec(id)), id: 'of-a-cell' }, corpus, steps);
      assert.deepEqual(
        merged.recordings.map(({ facts, points }) => digestOf({ facts, points })),
        alone.recordings.map(({ facts, points }) => digestOf({ facts, points })),
      );
      // Rerun, a shard finds everything.
      const again = await sweep(codec, corpus, steps, { shard: { number: 1, count: 3 } });
      assert.equal(again.reused, again.recordings.length);
    } finally {
      remove();
    }
  }
});
