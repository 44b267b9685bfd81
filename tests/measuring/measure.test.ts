import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DecodedLengthError,
  LosslessMismatchError,
  measureCodes,
  type RecordingFacts,
} from '../../lib/measuring/measure';
import { NEURALINK_ELECTRODE } from '../../lib/recordings/adc';
import { createPlainCodec, noiseCodes } from '../study/small-corpus';

test('bytes, nonzero coefficients and errors are those of the codec', () => {
  const codes = Uint16Array.of(500, 501, 502, 503, 504);
  const { facts, points } = measureCodes(createPlainCodec(), codes, [0, 4, 2048], NEURALINK_ELECTRODE);
  assert.equal(facts.samples, 5);
  assert.ok(Math.abs(facts.variance - 2) < 1e-12);
  assert.deepEqual(
    points.map(({ step, compressedBytes, nonzero, comparison }) => [
      step,
      compressedBytes,
      nonzero,
      comparison.squaredError,
    ]),
    [
      [0, 14, 5, 0],
      [4, 14, 5, 1 + 4 + 1],
      // All become 0.
      [2048, 14, 0, 500 ** 2 + 501 ** 2 + 502 ** 2 + 503 ** 2 + 504 ** 2],
    ],
  );
});

test('recordings of no and of one sample are measured', () => {
  for (const length of [0, 1]) {
    const { facts, points } = measureCodes(
      createPlainCodec(),
      noiseCodes(length, 1),
      [0, 8],
      NEURALINK_ELECTRODE,
    );
    assert.equal(facts.samples, length);
    assert.equal(points.length, 2);
    for (const text of [JSON.stringify(facts), JSON.stringify(points)]) {
      assert.deepEqual(JSON.parse(text), text.startsWith('[') ? points : facts, 'survives JSON');
    }
  }
});

test('a codec that is not lossless where it should be is found out, with the first wrong sample', () => {
  const codec = createPlainCodec();
  const forgetful = createPlainCodec({
    decode: (bytes) => codec.decode(bytes).map((code, i) => (i === 3 ? code + 1 : code)),
  });
  assert.throws(
    () => measureCodes(forgetful, Uint16Array.of(1, 2, 3, 4, 5), [0], NEURALINK_ELECTRODE),
    (error: Error) =>
      error instanceof LosslessMismatchError && /sample 3 was 4 and came back as 5/.test(error.message),
  );
  assert.doesNotThrow(() => measureCodes(forgetful, Uint16Array.of(1, 2, 3, 4, 5), [1], NEURALINK_ELECTRODE));
});

test('a codec that loses samples is found out', () => {
  const codec = createPlainCodec();
  const short = createPlainCodec({ decode: (bytes) => codec.decode(bytes).subarray(1) });
  assert.throws(() => measureCodes(short, noiseCodes(9, 1), [2], NEURALINK_ELECTRODE), DecodedLengthError);
});

test('bands, times and rails are those of the electrode', () => {
  const codes = noiseCodes(30_000, 1);
  const at = (sampleRate: number, count = 1024): RecordingFacts => {
    const digitizer = { ...NEURALINK_ELECTRODE.digitizer, codes: count };
    return measureCodes(createPlainCodec(), codes, [], { sampleRate, digitizer }).facts;
  };
  assert.deepEqual(
    at(NEURALINK_ELECTRODE.sampleRate),
    measureCodes(createPlainCodec(), codes, [], NEURALINK_ELECTRODE).facts,
  );
  assert.equal(at(30_000).duration, 1);
  // White noise: the share of its power in the band is that of the band among all frequencies.
  const share = ({ inBandVariance, variance }: RecordingFacts): number => inBandVariance / variance;
  assert.ok(Math.abs(share(at(20_000)) / share(at(30_000)) - 1.5) < 0.1);
  // Field potentials have no band of spikes.
  assert.deepEqual([at(1000).inBandVariance, at(1000).spikes], [0, 0]);
  assert.equal(at(30_000).railFraction, 0);
  assert.ok(at(30_000, 524).railFraction > 0.01);
});
