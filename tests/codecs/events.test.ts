import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codecFromId, codecWithoutBasis } from '../../lib/codecs/codec-from-id';
import {
  amplitudesOf,
  carrierOf,
  powerSeries,
  powerSeriesBytes,
  powerSeriesFrom,
} from '../../lib/codecs/events/band-power-series';
import { BandPowerCodec, SpikeShapesCodec } from '../../lib/codecs/events/event-codecs';
import { eventScale } from '../../lib/codecs/events/event-scale';
import { codeTimes } from '../../lib/codecs/events/event-times';
import { LayeredCodec } from '../../lib/codecs/events/layered-codec';
import { SHAPE_COSINES } from '../../lib/codecs/events/spike-shapes';
import { addSpikes, MOST_SPREAD, spikeTrainBytes, spikeTrainFrom } from '../../lib/codecs/events/spike-train';
import { decodeWav, encodeWav } from '../../lib/codecs/files/wav-file';
import { readBitstream, writeBitstream } from '../../lib/coding/bitstream';
import { LOSSLESS } from '../../lib/coding/codec';
import { RangeDecoder, RangeEncoder } from '../../lib/coding/entropy/range-coder';
import { binnedPower } from '../../lib/metrics/band-power';
import { createRecordingMetrics } from '../../lib/metrics/recording-metrics';
import { spikeScores } from '../../lib/metrics/spikes';
import { uniformNumbers } from '../../lib/numerics/random';
import { NEURALINK_ELECTRODE, pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';
import { forgedFiles } from './forged-files';

/** Of Neuralink's recordings, and of a digitizer of 16 bits at another rate. */
const SCALES = [eventScale(), eventScale({ smallest: 0, largest: 65_535, sampleRate: 30_000 })] as const;

const IDS = ['spike-times', 'spike-shapes', 'band-power', 'layers-256', 'layers-512'];

/** Noise, slow waves, and spikes of two cells at random times. */
function spiking(samples: number, seed: number): Uint16Array {
  const random = uniformNumbers(seed);
  const signal = Float64Array.from({ length: samples }, (_, i) => {
    const noise = (random() + random() + random() - 1.5) * 12;
    return 512 + 60 * Math.sin(i / 700) + noise;
  });
  const shapes = [
    [-20, -70, -120, -80, -10, 40, 45, 30, 15, 5],
    [-15, -40, -55, -60, -50, -30, -10, 15, 25, 25, 20, 10],
  ];
  for (let at = 300; at < samples - 100; at += 200 + Math.floor(900 * random())) {
    shapes[random() < 0.6 ? 0 : 1]!.forEach(
      (value, i) => (signal[at + i]! += value * (0.8 + 0.4 * random())),
    );
  }
  return Uint16Array.from(signal, (value) => Math.max(0, Math.min(1023, Math.round(value))));
}

const recording = spiking(20000, 1);

test('times come back, however dense, with the events that each one brings', () => {
  const cases = fc
    .record({
      end: fc.integer({ min: 1, max: 5000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      seed: fc.nat(),
    })
    .map(({ end, share, seed }) => {
      const random = uniformNumbers(seed);
      return { end, times: Array.from({ length: end }, (_, i) => i).filter(() => random() < share) };
    });
  fc.assert(
    fc.property(cases, ({ end, times }) => {
      const encoder = new RangeEncoder();
      codeTimes(encoder, times, end, Infinity, (i) => encoder.codeBits(i & 3, 2));
      const bytes = encoder.finish();
      const decoder = new RangeDecoder(bytes, 0, bytes.length);
      const told: number[] = [];
      const found = codeTimes(decoder, [], end, end, () => told.push(decoder.codeBits(0, 2)));
      decoder.finish();
      assert.deepEqual(found, times);
      assert.deepEqual(
        told,
        times.map((_, i) => i & 3),
      );
    }),
  );
});

test('times at random cost within 3% of the logarithm of the number of ways to choose them', () => {
  const random = uniformNumbers(3);
  const end = 200000;
  const times = Array.from({ length: end }, (_, i) => i).filter(() => random() < 0.004);
  const encoder = new RangeEncoder();
  codeTimes(encoder, times, end, Infinity);
  let ideal = 0;
  for (let i = 0; i < times.length; i++) ideal += Math.log2((end - i) / (times.length - i));
  const bits = 8 * encoder.finish().length;
  assert.ok(bits > ideal && bits < 1.03 * ideal, `${bits} bits, ideal ${ideal}`);
});

test('trains of spikes come back, with their shapes and noise', () => {
  const trains = fc.record({
    shapes: fc.array(
      fc.array(fc.integer({ min: -63, max: 63 }), { minLength: SHAPE_COSINES, maxLength: SHAPE_COSINES }),
      { maxLength: 7 },
    ),
    noise: fc.nat(127),
    lowest: fc.nat(30),
    spikes: fc.uniqueArray(
      fc.record({
        time: fc.nat(3999),
        shape: fc.nat(7),
        level: fc.nat(MOST_SPREAD),
        inverted: fc.boolean(),
      }),
      { selector: ({ time }) => time },
    ),
  });
  fc.assert(
    fc.property(trains, fc.constantFrom(...SCALES), ({ shapes, noise, lowest, spikes }, scale) => {
      const events = spikes
        .map(({ time, shape, level, inverted }) => ({
          time,
          shape: shape % (shapes.length + 1),
          inverted,
          level: lowest + level,
        }))
        .sort((a, b) => a.time - b.time);
      const train = { noise, shapes: shapes.map((shape) => Int8Array.from(shape)), events };
      const bytes = spikeTrainBytes(train, 4000, scale);
      assert.deepEqual(
        spikeTrainFrom({ bytes, start: 0, end: bytes.length, samples: 4000, scale, filled: false }),
        train,
      );
    }),
  );
});

test('a series of power comes back, for as many bins as the recording has', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 63 }),
      fc.array(fc.nat(4095), { maxLength: 40 }),
      fc.nat(900),
      fc.constantFrom(...SCALES),
      (step, levels, more, scale) => {
        const samples = Math.round(levels.length * 0.05 * scale.sampleRate) + more;
        const bytes = powerSeriesBytes({ step, levels });
        assert.deepEqual(
          powerSeriesFrom({ bytes, start: 0, end: bytes.length, samples, scale, filled: false }),
          {
            step,
            levels,
          },
        );
      },
    ),
  );
});

test('the signal shown for a series has its power in each bin', () => {
  const signal = Float64Array.from(recording, (code) => code - 512);
  for (const scale of SCALES) {
    const series = powerSeries(signal, scale);
    const shown = binnedPower(carrierOf(series, signal.length, scale), 0.05 * scale.sampleRate);
    amplitudesOf(series).forEach((amplitude, bin) => {
      assert.ok(Math.abs(shown[bin]! / amplitude ** 2 - 1) < 0.03, `bin ${bin} at ${scale.sampleRate} Hz`);
    });
  }
});

for (const id of IDS) {
  test(`${id}: any codes give as many back, whole files too, and the same bytes again`, () => {
    const codec = codecFromId(id);
    const codes = fc.oneof(
      fc.array(fc.nat(1023), { maxLength: 60 }),
      fc
        .record({ samples: fc.nat(3000), seed: fc.nat() })
        .map(({ samples, seed }) => [...spiking(samples, seed)]),
      fc.nat(3000).map((length) => Array.from({ length }, () => 700)),
      fc.nat(2500).map((length) => Array.from({ length }, (_, i) => (i % 50 < 25 ? 0 : 1023))),
    );
    fc.assert(
      fc.property(codes, fc.double({ min: 1, max: 300, noNaN: true }), (list, step) => {
        const samples = Uint16Array.from(list);
        const { bytes } = codec.encode(samples, step);
        assert.deepEqual(codec.encode(samples, step).bytes, bytes);
        assert.deepEqual(codec.prepare?.(samples).encode(step).bytes ?? bytes, bytes);
        const decoded = codec.decode(bytes);
        assert.equal(decoded.length, samples.length);
        assert.ok(decoded.every((code) => code <= 1023));
        const wav = canonicalWav(pcm16FromCodes(samples), SAMPLE_RATE);
        assert.deepEqual(
          new Uint8Array(decodeWav(encodeWav(wav, 'any', id, step))),
          new Uint8Array(canonicalWav(pcm16FromCodes(decoded), SAMPLE_RATE)),
        );
        for (const view of Object.values(codec.decodeViews?.(bytes) ?? {})) {
          assert.equal(view!.length, samples.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  test(`${id}: lossless is refused by name`, () => {
    assert.throws(() => codecFromId(id).encode(recording, LOSSLESS), { name: 'EventsOnlyError' });
  });

  test(`${id}: every truncation and every changed byte is an error by name`, () => {
    const codec = codecFromId(id);
    const { bytes } = codec.encode(recording.slice(0, 1200), 40);
    const readers = [
      (file: Uint8Array): unknown => codec.decode(file),
      ...(codec.decodeViews ? [(file: Uint8Array): unknown => codec.decodeViews!(file)] : []),
    ];
    for (const read of readers) {
      for (let length = 0; length < bytes.length; length++) {
        assert.throws(() => read(bytes.subarray(0, length)), { name: 'BitstreamError' });
      }
      for (let i = 0; i < bytes.length; i++) {
        const damaged = bytes.slice();
        for (const change of [1, 16, 255]) {
          damaged[i] = bytes[i]! ^ change;
          assert.throws(() => read(damaged), { name: 'BitstreamError' });
        }
      }
    }
  });

  test(`${id}: damage that a forged check hides is refused by name, or decoded to as many codes`, () => {
    const codec = codecFromId(id);
    const { bytes } = codec.encode(recording.slice(0, 1200), 40);
    const { start } = readBitstream(bytes);
    let refused = 0;
    for (const forged of forgedFiles(bytes)) {
      try {
        const decoded = codec.decode(forged.bytes);
        assert.ok(decoded.every((code) => code <= 1023));
        if (forged.at >= start) assert.equal(decoded.length, 1200);
      } catch (error) {
        assert.equal((error as Error).name, 'BitstreamError', String(error));
        refused++;
      }
    }
    assert.ok(refused > 0);
  });

  test(`${id}: any payload is refused by name or decoded, and a few bytes that claim millions of samples in seconds`, () => {
    const codec = codecFromId(id);
    const { header } = readBitstream(codec.encode(Uint16Array.of(1, 2), 2).bytes);
    const decode = (samples: number, payload: Uint8Array): void => {
      try {
        assert.equal(codec.decode(writeBitstream({ ...header, samples }, payload)).length, samples);
      } catch (error) {
        assert.equal((error as Error).name, 'BitstreamError', String(error));
      }
    };
    fc.assert(fc.property(fc.nat(3000), fc.uint8Array({ maxLength: 60 }), decode), { numRuns: 300 });
    for (const payload of [
      [],
      [0],
      [1, 0, 0, 0],
      [255, 255, 255, 254, 255, 255],
      [0, 0, 255, 255, 255, 255],
    ]) {
      const started = performance.now();
      decode(2 ** 21, Uint8Array.from(payload));
      assert.ok(performance.now() - started < 10000, String(payload));
    }
  });
}

test('spikes of a file cross the threshold of the original where the original does, and that of the decoded signal', () => {
  const metrics = createRecordingMetrics(recording, NEURALINK_ELECTRODE);
  assert.ok(metrics.crossings.length > 15);
  for (const id of ['spike-times', 'spike-shapes', 'layers-256']) {
    const codec = codecFromId(id);
    const { bytes } = codec.encode(recording, 40);
    assert.ok(spikeScores(metrics.compare(codec.decode(bytes)).spikes).f1! >= 0.99, id);
    if (id === 'spike-times') continue;
    const { background } = codec.decodeViews!(bytes);
    assert.ok(spikeScores(metrics.compare(background!).ownThresholdSpikes).f1! > 0.9, id);
  }
});

test('band power of a file correlates with that of the recording', () => {
  const metrics = createRecordingMetrics(recording, NEURALINK_ELECTRODE);
  for (const id of ['band-power', 'layers-256']) {
    const codec = codecFromId(id);
    const { bytes } = codec.encode(recording, 40);
    const shown = codec.decodeViews?.(bytes).power ?? codec.decode(bytes);
    assert.ok(metrics.compare(shown).spikeBandPowerCorrelation! > 0.97, id);
  }
});

test('each layer decodes alone, to what codecs of this one thing give, whatever the bytes of the others are', () => {
  const codec = new LayeredCodec(256);
  const { bytes } = codec.encode(recording, 40);
  const spikes = codec.decodeLayer(bytes, 'spikes');
  const power = codec.decodeLayer(bytes, 'power');
  const slow = codec.decodeLayer(bytes, 'slow');
  const alone = new BandPowerCodec();
  assert.deepEqual(power, alone.decodePower(alone.encode(recording, 1).bytes));
  const shapes = new SpikeShapesCodec();
  const events = shapes.decodeEvents(shapes.encode(recording, 1).bytes).events;
  assert.equal(spikes.events.length, events.length);
  // All layers together are what the file decodes to.
  const { header, start, end } = readBitstream(bytes);
  const sum = Float64Array.from(slow, (code) => code - header.mean);
  addSpikes(sum, spikes);
  assert.deepEqual(
    codec.decode(bytes),
    Uint16Array.from(sum, (value) => Math.max(0, Math.min(1023, Math.floor(value + header.mean + 0.5)))),
  );
  // Bytes of one layer are spoiled, under a right check: the others are still what they were.
  const sizes = codec.layerBytes(bytes);
  const places = { spikes: start + 1, power: start + 2 + sizes.spikes, slow: end - sizes.slow };
  for (const spoiled of ['spikes', 'power', 'slow'] as const) {
    const payload = bytes.slice(start, end);
    payload.fill(255, places[spoiled] - start, places[spoiled] - start + 4);
    const file = writeBitstream(header, payload);
    assert.throws(() => codec.decode(file), { name: 'BitstreamError' }, spoiled);
    assert.throws(() => codec.decodeLayer(file, spoiled), { name: 'BitstreamError' }, spoiled);
    if (spoiled !== 'spikes') assert.deepEqual(codec.decodeLayer(file, 'spikes'), spikes);
    if (spoiled !== 'power') assert.deepEqual(codec.decodeLayer(file, 'power'), power);
    if (spoiled !== 'slow') assert.deepEqual(codec.decodeLayer(file, 'slow'), slow);
  }
});

test('measures that mean nothing are named, and those that the encoder works toward too', () => {
  for (const id of IDS) {
    const { leavesOut = [], optimizes = [] } = codecWithoutBasis(id)!;
    assert.ok(optimizes.length > 0, id);
    assert.deepEqual(
      optimizes.filter((measure) => leavesOut.includes(measure)),
      [],
      id,
    );
  }
  assert.equal(codecWithoutBasis('layers-100'), undefined);
  for (const id of ['layers-100', 'layers-256+trellis', 'spike-time']) {
    assert.throws(() => codecFromId(id), {
      name: 'BasisParameterError',
      message: /Codecs of events are spike-times,.*layers-2048/,
    });
  }
});
