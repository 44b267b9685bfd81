import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BasisParameterError, SideInformationError } from '../../lib/bases/basis';
import { SPIKE_WEIGHT, spikeBandBytes, spikeBandFrom } from '../../lib/bases/parts/frequency-weight';
import { codecFromId, EVENT_CODEC_IDS } from '../../lib/codecs/codec-from-id';
import { decodeWideCodes } from '../../lib/codecs/files/decoded-wav';
import { decodeRecordingFile } from '../../lib/codecs/files/recording-encoder';
import { encodeWav } from '../../lib/codecs/files/wav-file';
import { readBitstream } from '../../lib/coding/bitstream';
import { LOSSLESS } from '../../lib/coding/codec';
import { inBandPowerResponse } from '../../lib/metrics/in-band-response';
import { uniformNumbers } from '../../lib/numerics/random';
import { NEURALINK_ELECTRODE, pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import type { Digitizer } from '../../lib/recordings/digitizer';
import { sampleRangeOf } from '../../lib/recordings/recording';
import { canonicalWav } from '../../lib/recordings/wav';

const digitizerOf = (bits: number): Digitizer => ({
  ...({ kind: 'linear', lowest: 0, highest: 2 ** bits - 1, step: 1 } as const),
  ...{ codes: 2 ** bits, bits, used: 2 ** bits },
});

/** Slow waves and noise within a range of codes. */
function codesOf(bits: number, length: number, seed: number): Uint16Array {
  const uniform = uniformNumbers(seed);
  const middle = 2 ** (bits - 1);
  let slow = 0;
  return Uint16Array.from({ length }, () => {
    slow = 0.97 * slow + 0.01 * middle * (uniform() + uniform() - 1);
    const value = middle + slow + 0.01 * middle * (uniform() + uniform() + uniform() - 1.5);
    return Math.max(0, Math.min(2 * middle - 1, Math.round(value)));
  });
}

const rangeOf = (bits: number, sampleRate: number): ReturnType<typeof sampleRangeOf> =>
  sampleRangeOf({ digitizer: digitizerOf(bits), sampleRate, models: 'neuralink' });

const IDS = [
  'mdct-256-sine+trellis-window0',
  'mdct-256-sine+trellis-window1',
  'contexts-256+trellis-window1',
  'mdct-256-sine+weight-spikes',
  'packets-sym13-9-rate+weight-spikes+rdoq',
  'mdct-256-sine+weight-12-0-0-0-6-24+trellis',
  'mdct-256-sine+fill',
  'dct-256+weight-spikes+trellis+fill',
];

test('windows, weights and noise code any digitizer at any rate, lossless and lossy', () => {
  for (const [bits, rate] of [
    [12, 30_000],
    [16, 40_000],
    [10, 25_000],
  ] as const) {
    const codes = codesOf(bits, 3001, bits);
    for (const id of IDS) {
      const codec = codecFromId(id, rangeOf(bits, rate));
      const lossless = codec.encode(codes, LOSSLESS).bytes;
      assert.equal(readBitstream(lossless).header.version, 3, id);
      assert.deepEqual(codec.decode(lossless), codes, `${id}, ${bits} bits`);
      assert.deepEqual(decodeWideCodes(lossless), codes, `${id}, ${bits} bits`);
      const step = 2 ** (bits - 6);
      const { bytes } = codec.encode(codes, step);
      assert.ok(bytes.length < lossless.length, id);
      const decoded = codec.decode(bytes);
      assert.deepEqual(decodeWideCodes(bytes), decoded, id);
      assert.ok(decoded.every((code) => code < 2 ** bits));
      // What the weight lets pass may be far off, but not the slow waves that no octave is without here.
      if (!id.includes('weight')) {
        const squares = codes.reduce((sum, code, i) => sum + (code - decoded[i]!) ** 2, 0);
        assert.ok(squares / codes.length < step ** 2, id);
      }
    }
  }
});

test('noise stands for zeros at other rates too, and only in the view that says so', () => {
  const codes = codesOf(12, 4000, 3);
  const codec = codecFromId('mdct-256-sine+fill', rangeOf(12, 30_000));
  const { bytes } = codec.encode(codes, 512);
  const { background } = codec.decodeViews!(bytes);
  assert.notDeepEqual(background, codec.decode(bytes));
});

test('the weight of spikes is the response of the filter that measures them, at any rate', () => {
  fc.assert(
    fc.property(fc.integer({ min: 5000, max: 60_000 }), (rate) => {
      const { weight, rest } = spikeBandFrom(spikeBandBytes(rate)!);
      assert.equal(rest.length, 0);
      const power = inBandPowerResponse(4096, rate);
      for (let bin = 4; bin < 2040; bin += 7) {
        const found = weight.weightOf((bin - 0.5) / 4096, (bin + 0.5) / 4096) ** 2;
        assert.ok(Math.abs(found - power[bin]!) < 4e-3, `${rate} Hz, ${bin}: ${found}, not ${power[bin]}`);
      }
    }),
    { numRuns: 20 },
  );
});

test('at the rate of Neuralink files have the weight of their number, at others they say the band', () => {
  const codes = codesOf(10, 2000, 1);
  const id = 'mdct-256-sine+weight-spikes';
  const { digitizer } = NEURALINK_ELECTRODE;
  const known = codecFromId(id).encode(codes, 8).bytes;
  assert.deepEqual(codecFromId(id, sampleRangeOf(NEURALINK_ELECTRODE)).encode(codes, 8).bytes, known);
  assert.equal(readBitstream(known).header.parameter % 4, 1);
  const faster = codecFromId(id, sampleRangeOf({ digitizer, sampleRate: 40_000 })).encode(codes, 8).bytes;
  assert.equal(readBitstream(faster).header.parameter % 4, 3);
  assert.equal(spikeBandBytes(SAMPLE_RATE), undefined);
  // The band is the lower part of a faster recording: its waves above are weighted less.
  const { weight } = spikeBandFrom(spikeBandBytes(40_000)!);
  assert.ok(weight.weightOf(0.2, 0.21) < 0.5 * SPIKE_WEIGHT.weightOf(0.2, 0.21));
});

test('where there is no spike band nothing is weighted for spikes', () => {
  assert.throws(
    () => codecFromId('mdct-256-sine+weight-spikes', rangeOf(12, 1000)),
    (error: Error) =>
      error instanceof BasisParameterError && /At 1000 Hz there is no spike band/.test(error.message),
  );
  for (const bytes of [[], [1, 0, 1], [0, 0, 5, 0], [5, 0, 5, 0], [9, 0, 5, 0], [9, 0, 0, 128]]) {
    assert.throws(() => spikeBandFrom(Uint8Array.from(bytes)), SideInformationError);
  }
});

test('codecs of events are refused for other digitizers and for other rates of the same one', () => {
  const { digitizer } = NEURALINK_ELECTRODE;
  for (const id of EVENT_CODEC_IDS) {
    assert.doesNotThrow(() => codecFromId(id, sampleRangeOf(NEURALINK_ELECTRODE)));
    for (const range of [
      rangeOf(10, SAMPLE_RATE),
      rangeOf(12, SAMPLE_RATE),
      sampleRangeOf({ digitizer, sampleRate: 30_000 }),
    ]) {
      assert.throws(
        () => codecFromId(id, range),
        (error: Error) => error instanceof BasisParameterError && /at 19531 Hz alone/.test(error.message),
        id,
      );
    }
  }
});

test('a WAV file is coded at its own rate, with every id that a sweep takes', () => {
  const codes = codesOf(10, 3000, 9);
  const wavAt = (rate: number): Uint8Array => canonicalWav(pcm16FromCodes(codes), rate);
  for (const id of [...IDS, 'mdct-256-sine+trellis', 'spike-times']) {
    const file = encodeWav(wavAt(SAMPLE_RATE), 'a.wav', id, 8);
    const known = codecFromId(id, sampleRangeOf(NEURALINK_ELECTRODE)).encode(codes, 8).bytes;
    assert.deepEqual(file, known, id);
    if (id === 'spike-times') continue;
    const faster = wavAt(30_000);
    const back = decodeRecordingFile(encodeWav(faster, 'a.wav', id, 0));
    assert.ok(Buffer.from(back).equals(faster), id);
  }
  assert.throws(() => encodeWav(wavAt(30_000), 'a.wav', 'spike-times', 8), BasisParameterError);
  const weighted = encodeWav(wavAt(30_000), 'a.wav', 'mdct-256-sine+weight-spikes', 8);
  assert.equal(readBitstream(weighted).header.parameter % 4, 3);
});
