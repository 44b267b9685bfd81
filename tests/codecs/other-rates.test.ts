import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BasisParameterError, SideInformationError } from '../../lib/bases/basis';
import { SPIKE_WEIGHT, spikeBandBytes, spikeBandFrom } from '../../lib/bases/parts/frequency-weight';
import { codecFromId, EVENT_CODEC_IDS } from '../../lib/codecs/codec-from-id';
import { decodeWideCodes } from '../../lib/codecs/files/decoded-wav';
import { decodeRecordingFile } from '../../lib/codecs/files/recording-encoder';
import { encodeWav } from '../../lib/codecs/files/wav-file';
import { readBitstream, writeBitstream } from '../../lib/coding/bitstream';
import { LOSSLESS } from '../../lib/coding/codec';
import { inBandPowerResponse } from '../../lib/metrics/in-band-response';
import { createRecordingMetrics } from '../../lib/metrics/recording-metrics';
import { spikeScores } from '../../lib/metrics/spikes';
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

/** Noise, slow waves and spikes of 0.3 ms: peaks of 12 to 20 deviations of the noise. */
function spikingCodes(bits: number, rate: number, length: number): Uint16Array {
  const uniform = uniformNumbers(rate);
  const middle = 2 ** (bits - 1);
  const noise = middle / 100;
  const signal = Float64Array.from(
    { length },
    (_, i) =>
      middle +
      20 * noise * Math.sin((2 * Math.PI * 8 * i) / rate) +
      2 * noise * (uniform() + uniform() + uniform() - 1.5),
  );
  for (let at = 0.02 * rate; at < length - 0.01 * rate; at += rate * (0.01 + 0.05 * uniform())) {
    const height = noise * (12 + 8 * uniform());
    for (let i = Math.ceil(at - 0.001 * rate); i < at + 0.001 * rate; i++) {
      const u = ((i - at) / (0.00015 * rate)) ** 2;
      signal[i]! += (height * (u - 1)) / (1 + u / 4) ** 4;
    }
  }
  return Uint16Array.from(signal, (value) => Math.max(0, Math.min(2 * middle - 1, Math.round(value))));
}

test('events are found and kept at any rate and of any digitizer, and files say both', () => {
  const { digitizer } = NEURALINK_ELECTRODE;
  for (const [bits, rate] of [
    [10, SAMPLE_RATE],
    [10, 30_000],
    [12, 15_625.4],
    [12, SAMPLE_RATE],
    [16, 40_000],
  ] as const) {
    const range = bits === 10 ? sampleRangeOf({ digitizer, sampleRate: rate }) : rangeOf(bits, rate);
    const codes = spikingCodes(bits, rate, Math.round(rate));
    const metrics = createRecordingMetrics(codes, {
      digitizer: bits === 10 ? digitizer : digitizerOf(bits),
      sampleRate: rate,
    });
    for (const id of EVENT_CODEC_IDS) {
      const which = `${id}, ${bits} bits at ${rate} Hz`;
      const codec = codecFromId(id, range);
      const { bytes } = codec.encode(codes, 2 ** (bits - 8));
      const { header } = readBitstream(bytes);
      assert.equal(header.version, bits === 10 ? 2 : 3, which);
      assert.equal(Math.floor(header.parameter / 16), rate === SAMPLE_RATE ? 0 : Math.round(rate), which);
      const decoded = codec.decode(bytes);
      assert.deepEqual(decodeWideCodes(bytes), decoded, which);
      assert.ok(
        decoded.every((code) => code < 2 ** bits),
        which,
      );
      assert.ok(metrics.crossings.length > 10, which);
      const { spikes } = metrics.compare(decoded);
      if (id !== 'band-power')
        assert.ok(spikeScores(spikes).f1! > 0.9, `${which}: ${JSON.stringify(spikes)}`);
    }
  }
});

test('where there is no spike band, codecs of events say so, and no file is believed that says such a rate', () => {
  for (const id of EVENT_CODEC_IDS) {
    assert.throws(
      () => codecFromId(id, rangeOf(12, 1000)),
      (error: Error) =>
        error instanceof BasisParameterError && /At 1000 Hz there is no spike band/.test(error.message),
    );
    const codec = codecFromId(id, rangeOf(12, 30_000));
    const { header, start, end, ...rest } = readBitstream(codec.encode(codesOf(12, 3000, 5), 8).bytes);
    assert.deepEqual(rest, {});
    assert.ok(end > start);
    for (const rate of [1, 1000, SAMPLE_RATE, 2 ** 20 + 1]) {
      const forged = writeBitstream(
        { ...header, parameter: (header.parameter % 16) + 16 * rate },
        new Uint8Array(9),
      );
      assert.throws(() => decodeWideCodes(forged), { name: 'BitstreamError' }, `${id}, ${rate} Hz`);
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
    const faster = wavAt(30_000);
    if (id === 'spike-times') {
      const other = encodeWav(faster, 'a.wav', id, 8);
      assert.equal(readBitstream(other).header.parameter, 16 * 30_000);
      continue;
    }
    const back = decodeRecordingFile(encodeWav(faster, 'a.wav', id, 0));
    assert.ok(Buffer.from(back).equals(faster), id);
  }
  const weighted = encodeWav(wavAt(30_000), 'a.wav', 'mdct-256-sine+weight-spikes', 8);
  assert.equal(readBitstream(weighted).header.parameter % 4, 3);
});
