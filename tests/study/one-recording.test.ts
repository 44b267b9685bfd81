import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CosineBasis } from '../../lib/bases/blocks/cosine';
import { BlockMatrixBasis } from '../../lib/bases/parts/block-matrix';
import { NEURALINK_NOISE } from '../../lib/recordings/adc';
import { openCorpus, readCodes } from '../../lib/recordings/corpus';
import { readRecording } from '../../lib/recordings/read-recording';
import { canonicalWav } from '../../lib/recordings/wav';
import { OPERATING_STEPS, operatingStepsFor, stepsFor } from '../../lib/measuring/steps';
import { uniformNumbers } from '../../lib/numerics/random';
import { measure, reconstruct } from '../../lib/study/one-recording';

const folder = mkdtempSync(join(tmpdir(), 'one-recording-'));
after(() => rmSync(folder, { recursive: true }));

/** Twelve bits in steps of 16, noise of 30 codes beside slow waves. */
function writeWav(): string {
  const random = uniformNumbers(5);
  const samples = Int16Array.from({ length: 30_000 }, (_, i) => {
    const noise = 90 * (random() + random() + random() - 1.5);
    return 16 * Math.round(400 * Math.sin(i / 700) + noise);
  });
  const path = join(folder, 'lab.wav');
  writeFileSync(path, canonicalWav(samples, 24_414));
  return path;
}

test('a file becomes an electrode in one line, and the sample the codes that its corpus has', async () => {
  const path = writeWav();
  const read = await readRecording(path, { seconds: 0.5 });
  assert.deepEqual([read.sampleRate, read.digitizer.step, read.codes.length], [24_414, 16, 12_207]);
  assert.deepEqual([read.fullScale.known, read.name], [false, 'lab.wav, electrode 0']);
  const later = await readRecording(path, { fromSecond: 0.25, seconds: 0.25 });
  const shift = (read.digitizer.lowest - later.digitizer.lowest) / 16;
  assert.deepEqual(
    Array.from(later.codes.subarray(0, 100)),
    Array.from(read.codes.subarray(6104, 6204), (code) => code + shift),
  );
  const [first] = openCorpus({ dataset: 'sample' }).recordings;
  const sample = await readRecording(first!.path);
  assert.deepEqual(sample.codes, readCodes(first!));
  assert.deepEqual(sample.fullScale, { codes: 1023, known: true });
  await assert.rejects(readRecording(path, { electrode: 1 }), /no electrode 1: .*lab\.wav \(1\)/);
  await assert.rejects(readRecording(path, { fromSecond: 2 }), /there are none from second 2 on/);
});

test('reconstruct gives codes back, exactly at step 0, and errors in units of the noise', async () => {
  const recording = await readRecording(writeWav());
  const exact = reconstruct(recording, 'mdct-256-sine', 0);
  assert.deepEqual(exact.codes, recording.codes);
  assert.deepEqual([exact.errorInNoise, exact.psnr], [0, Infinity]);
  const coarse = reconstruct(recording, 'mdct-256-sine', 60);
  const error = coarse.codes.reduce((sum, code, i) => sum + (code - recording.codes[i]!) ** 2, 0);
  const deviation = Math.sqrt(error / recording.codes.length);
  // The noise's deviation is 90/2 = 45 codes, a share of it in the spike band.
  const noise = 45 * Math.sqrt((5000 - 300) / (24_414 / 2));
  assert.ok(Math.abs(coarse.errorInNoise / (deviation / noise) - 1) < 0.1, `${coarse.errorInNoise}`);
  assert.ok(coarse.compressionRatio > 3 && coarse.snr > 20);
  assert.equal(coarse.compressionRatio, (2 * 30_000) / coarse.bytes.length);
});

test('measure draws the same curve for an id and for the same basis of a cell', async () => {
  const recording = await readRecording(writeWav());
  const named = 'dct-64';
  const own = new BlockMatrixBasis('pairs', 2, { functions: Float64Array.of(0.6, 0.8, -0.8, 0.6) });
  assert.throws(() => measure(new CosineBasis(64), recording), { name: 'OwnBasisError' });
  const curve = measure(named, recording, [0, 16, 64]);
  assert.deepEqual(
    curve.points.map(({ step }) => step),
    [16, 64],
  );
  assert.equal(
    curve.points[1]!.compressionRatio,
    Number(reconstruct(recording, named, 64).compressionRatio.toPrecision(6)),
  );
  assert.ok(curve.lossless!.compressionRatio > 1);
  assert.ok(measure(own, recording, [0, 30]).points[0]!.compressionRatio > 2);
  const usual = measure(named, recording);
  const ratios = usual.points.map(({ compressionRatio }) => compressionRatio);
  assert.ok(ratios[0]! < 8 && ratios.at(-1)! > 200, ratios.join(' '));
});

test('steps are those of Neuralink where the noise is Neuralink’s, and the same multiples of it elsewhere', () => {
  const corpus = openCorpus({ dataset: 'sample' });
  const { recordings } = corpus;
  const sample = { noise: NEURALINK_NOISE, recordings, synthetic: false };
  assert.equal(operatingStepsFor(sample), OPERATING_STEPS);
  const some = operatingStepsFor(corpus);
  assert.ok(some.length < OPERATING_STEPS.length && some.every((step) => OPERATING_STEPS.includes(step)));
  assert.deepEqual([some[0], some.at(-1)], [OPERATING_STEPS[0], OPERATING_STEPS.at(-1)]);
  const given = [0, 3, 5];
  assert.equal(stepsFor(sample, given), given);
  const wide = recordings.map((one) => ({
    ...one,
    standardDeviation: 0.1,
    digitizer: { ...one.digitizer, kind: 'linear' as const, codes: 4096 },
  }));
  for (const factor of [0.01, 0.3, 1.7, 40, 900]) {
    const steps = operatingStepsFor({
      noise: factor * NEURALINK_NOISE,
      recordings: wide,
      synthetic: false,
    });
    assert.equal(steps[0], 0);
    steps.forEach((step, i) => {
      if (i > 0) assert.ok(step > steps[i - 1]! && Number.isInteger(step * 64));
      const wanted = OPERATING_STEPS.map((one) => one * factor);
      assert.ok(
        wanted.some((one) => Math.abs(one - step) <= Math.max(1 / 64, one / 16)),
        `${step} at ${factor}`,
      );
    });
  }
  // Slow waves that are large beside the noise ask for larger steps.
  const slow = wide.map((one) => ({ ...one, standardDeviation: 2000 }));
  const steps = operatingStepsFor({ noise: NEURALINK_NOISE * 2, recordings: slow, synthetic: false });
  assert.ok(steps.at(-1)! >= (96 / 20) * 2000);
});
