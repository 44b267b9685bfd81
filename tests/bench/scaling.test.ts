import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { at, lineThrough } from '../../bench/scaling/costs';
import {
  costsOfLaboratory,
  costsOfPieces,
  shownBytes,
  shownNumber,
  thresholds,
} from '../../bench/scaling/laboratory';
import { longRecording, LONG_RATE, writeLongRecording } from '../../bench/scaling/long-recording';
import { PageTablesError } from '../../lib/files/markdown-tables';
import { SCALING_PAGE, withScalingTables } from '../../bench/scaling/tables';
import { projectRoot } from '../../lib/files/project-root';
import { openRecording } from '../../lib/recordings/recognize';
import { findScalingTableProblems, readScalingResults } from '../../tools/check/scaling-tables';

const folder = mkdtempSync(join(tmpdir(), 'scaling-'));
after(() => rmSync(folder, { recursive: true }));

test('a line goes through points on it, and between others', () => {
  const exact = lineThrough([1, 2, 10], [5, 8, 32]);
  assert.ok(Math.abs(exact.fixed - 2) < 1e-12 && Math.abs(exact.slope - 3) < 1e-12);
  // By hand: means 1 and 1; the slope is (1 + 1) / 2.
  assert.deepEqual(lineThrough([0, 1, 2], [0, 1, 2]), { fixed: 0, slope: 1 });
  assert.deepEqual(lineThrough([0, 0, 2, 2], [0, 2, 4, 6]), { fixed: 1, slope: 2 });
  assert.deepEqual(lineThrough([3], [7]), { fixed: 7, slope: 0 });
  assert.equal(at({ fixed: 1, slope: 2 }, 100), 201);
});

test('a long recording is what it is made of, stretch by stretch, with noise that never repeats', async () => {
  const path = join(folder, 'three.wav');
  writeLongRecording(path, { channels: 3, samples: 900_000, seed: 7 });
  const file = await openRecording(path);
  const [stream] = file.streams;
  assert.deepEqual([stream!.samples, stream!.channels.length, stream!.sampleRate], [900_000, 3, LONG_RATE]);
  const read = await stream!.read([0, 2], 0, 900_000);
  file.close();
  const made = longRecording({ channels: 3, seed: 7 })(0, 1000);
  assert.deepEqual(read[0]!.subarray(0, 1000), made[0]!);
  // The signal comes again after both of its parts do; the noise must not.
  const [channel] = longRecording({ channels: 1, seed: 7 })(0, 400_000);
  const period = 39_367;
  let [same, sum, square] = [0, 0, 0];
  for (let i = 0; i + period < channel!.length; i++) {
    const difference = channel![i]! - channel![i + period]!;
    if (difference === 0) same++;
    sum += difference;
    square += difference * difference;
  }
  const count = channel!.length - period;
  assert.ok(same < count / 5, `${same} of ${count} are the same`);
  // Two noises, each the sum of three numbers from 0 to 3, whose variances are 5/4.
  assert.ok(Math.abs(square / count - (sum / count) ** 2 - 2 * 3 * 1.25) < 0.1, `${square / count}`);
});

const UNIT = {
  ...{ fast: 0.2, best: 1, trellis: 2, fastBytes: 0.5, sweep: 1, sweepTrellis: 3 },
  ...{ keptBytes: 2000, importing: 0.1 },
};

test('what a laboratory costs is what the arithmetic beside it says', () => {
  const rows = costsOfLaboratory(UNIT, { hours: 1000, channels: 384, sampleRate: 30_000 });
  const of = (what: string): (typeof rows)[number] => rows.find((row) => row.what === what)!;
  // 1000 · 3600 · 30,000 · 384
  assert.equal(of('samples').value, 4.1472e13);
  assert.equal(of('samples').result, '4.15 · 10¹³');
  assert.equal(of('samples').arithmetic, '1,000 h · 3,600 · 30,000 Hz · 384');
  assert.equal(of('bytes recorded').result, '82.9 TB');
  // 8.2944e13 / 1.7179869e10 = 4827.9
  assert.equal(of('files of the laboratory, below 16 GiB each').value, 4828);
  // 1.7179869e10 / 2.304e7 = 745.7 s
  assert.equal(of('time in a file').result, '12.4 minutes');
  // 4.1472e13 · 0.2e-6 = 8.2944e6 s
  assert.equal(of('encode, `lossless-fast`').value, 2304);
  assert.equal(of('jobs of ten minutes, `lossless-fast`').value, 13_824);
  assert.equal(of('bytes written, `lossless-fast`').result, '20.7 TB');
  assert.equal(of('bytes read to encode').value, 2 * 8.2944e13);
  assert.equal(of('recordings of five seconds').value, 276_480_000);
  assert.equal(of('sweep of all, `dct-256`, three steps').result, '11,500 core hours');
  // 11,520 · 36 · 11 / 3, and three times as much
  assert.match(
    rows.find(({ what }) => what.startsWith('36 curves'))!.result,
    /^1\.52 · 10⁶ to 4\.56 · 10⁶ core/,
  );
  assert.equal(of('rows kept of a codec').result, '553 GB');
  const drawn = costsOfPieces(UNIT, { sampleRate: 30_000 }, 10_000);
  assert.equal(drawn[0]!.value, 1.5e9);
  // 1500 s · 36 · 11 / 3 = 55 h
  assert.match(drawn.find(({ what }) => what.startsWith('36 curves'))!.result, /^55 to 165 core hours/);
  assert.match(drawn.find(({ what }) => what.startsWith('jobs'))!.result, /^330 to 990 jobs/);
});

test('each design ends where its arithmetic says', () => {
  const [process, machine, cluster, file, night] = thresholds(
    UNIT,
    { sampleRate: 30_000 },
    { fixed: 100, eachRecording: 0.01 },
  );
  // 7200 s / 132 µs
  assert.equal(Math.round(process!.samples), 54_545_455);
  assert.equal(Math.round(machine!.samples), Math.round((8 * 12 * 3600) / 132e-6));
  // 40,000 recordings of 150,000 samples
  assert.ok(Math.abs(cluster!.samples - 6e9) < 1);
  assert.ok(Math.abs(cluster!.hours - 6e9 / 30_000 / 3600) < 1e-9);
  assert.equal(file!.samples, 2 ** 33);
  assert.equal(Math.round(night!.samples), 1_728_000_000_000);
});

test('numbers have three digits, and bytes their unit', () => {
  assert.equal(shownNumber(0.123456), '0.123');
  assert.equal(shownNumber(99_949), '99,900');
  assert.equal(shownNumber(99_990), '1.00 · 10⁵');
  assert.equal(shownNumber(123_456_789_000), '1.23 · 10¹¹');
  assert.equal(shownBytes(999), '999 bytes');
  assert.equal(shownBytes(82.944e12), '82.9 TB');
});

test('the tables of the page are those of the measurements', () => {
  assert.deepEqual(findScalingTableProblems(), []);
  const results = readScalingResults();
  const page = readFileSync(join(projectRoot(), SCALING_PAGE), 'utf8');
  const changed = { ...results, streams: results.streams.map((one) => ({ ...one, megabytes: 4567 })) };
  assert.equal(findScalingTableProblems(page, changed).length, 1);
  assert.throws(() => withScalingTables('an empty page', results), PageTablesError);
});
