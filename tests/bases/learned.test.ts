import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NEURALINK_ELECTRODE } from '../../lib/recordings/adc';
import { SideInformationError } from '../../lib/bases/basis';
import { KarhunenLoeveBasis } from '../../lib/bases/blocks/klt';
import { OwnKarhunenLoeveBasis } from '../../lib/bases/blocks/own-klt';
import { orthonormalRows } from '../../lib/bases/parts/orthonormal-rows';
import {
  gainNumber,
  gainOf,
  spikeBytes,
  spikesFrom,
  type CodedSpike,
} from '../../lib/bases/parts/spike-train';
import { SpikeDictionaryBasis } from '../../lib/bases/frames/spikes';
import { TransformCodec } from '../../lib/codecs/transform-codec';
import { MissingModelError, modelLearnedOn } from '../../lib/models/model-store';
import { createRecordingMetrics } from '../../lib/metrics/recording-metrics';
import { readCodes, openCorpus } from '../../lib/recordings/corpus';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { spikeScores } from '../../lib/metrics/spikes';

test('a recording is coded with the model of the fold that it is not in, and the file names it', () => {
  const basis = new KarhunenLoeveBasis(16);
  for (const length of [1000, 1001]) {
    const side = basis.choose(new Float64Array(length).fill(3), 8);
    const { sha256 } = modelLearnedOn('klt-16', length % 2 === 0 ? 1 : 0);
    assert.equal(Buffer.from(side).toString('hex'), sha256.slice(0, 6));
  }
});

test('side information that names no model, or has more than a name, is an error', () => {
  const basis = new KarhunenLoeveBasis(16);
  const side = basis.choose(new Float64Array(100), 8);
  assert.throws(() => basis.chosen(Uint8Array.of(1, 2, 3), 100), MissingModelError);
  assert.throws(() => basis.chosen(side.subarray(1), 100), SideInformationError);
  assert.throws(() => basis.chosen(Uint8Array.of(...side, 0), 100), SideInformationError);
  // A model of another basis does not do.
  assert.throws(() => new KarhunenLoeveBasis(32).chosen(side, 100), MissingModelError);
});

test('rows are made orthonormal, and those that are stay', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(1000), (length, seed) => {
      const rows = new Float64Array(length * length).map(
        (_, i) => Math.sin(i * i + seed) + (i % (length + 1) ? 0 : 4),
      );
      const found = orthonormalRows(rows, length);
      for (let i = 0; i < length; i++) {
        for (let j = 0; j < length; j++) {
          let product = 0;
          for (let n = 0; n < length; n++) product += found[i * length + n]! * found[j * length + n]!;
          assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-12);
        }
      }
      orthonormalRows(found, length).forEach((value, i) => assert.ok(Math.abs(value - found[i]!) < 1e-14));
    }),
  );
});

test('a transform of the recording: short ones have cosines, damage is an error', () => {
  const basis = new OwnKarhunenLoeveBasis(8);
  assert.equal(basis.choose(new Float64Array(100)).length, 0);
  const signal = new Float64Array(1000).map((_, i) =>
    Math.round(50 * Math.sin(i / 9) + 20 * Math.cos(i * i)),
  );
  const side = basis.choose(signal);
  assert.equal(side.length, 64);
  assert.throws(() => basis.chosen(side.subarray(1)), SideInformationError);
  assert.throws(() => basis.chosen(new Uint8Array(64)), SideInformationError);
  assert.throws(() => basis.chosen(Uint8Array.from(side).fill(127)), SideInformationError);
});

const trains = fc
  .uniqueArray(fc.nat(5000), { maxLength: 60 })
  .chain((places) =>
    fc.tuple(
      ...places
        .sort((a, b) => a - b)
        .map((place) =>
          fc.record(
            { place: fc.constant(place), waveform: fc.nat(7), gain: fc.nat(31) },
            { noNullPrototype: true },
          ),
        ),
    ),
  );

test('spikes come back from their bytes; damaged bytes are an error or other spikes, never more', () => {
  fc.assert(
    fc.property(trains, fc.nat(), fc.nat(7), (spikes: CodedSpike[], at, bit) => {
      const side = spikeBytes(spikes, 3);
      assert.deepEqual(spikesFrom(side, 3, 5001), spikes);
      if (side.length === 0) return;
      side[at % side.length]! ^= 1 << bit;
      try {
        assert.deepEqual(spikeBytes(spikesFrom(side, 3, 5001), 3), side);
      } catch (error) {
        assert.ok(error instanceof SideInformationError, String(error));
      }
    }),
  );
});

test('gains are a quarter of an octave apart', () => {
  for (let number = 0; number < 32; number++) {
    assert.equal(gainNumber(gainOf(number)), number);
    if (number > 0) assert.ok(Math.abs(gainOf(number) / gainOf(number - 1) - 2 ** 0.25) < 1e-12);
  }
  assert.equal(gainNumber(0), 0);
  assert.equal(gainNumber(1e9), 31);
});

test('learned spikes keep what the cosines beneath them lose, for few bytes', () => {
  const { recordings } = openCorpus({ dataset: 'sample', recordings: 8 });
  const totals = ['mdct-256-sine', 'spikes-256-4'].map((id) => {
    const codec = codecFromId(id);
    const sum = { bytes: 0, matched: 0, missed: 0, spurious: 0 };
    for (const recording of recordings.slice(0, 8)) {
      const codes = readCodes(recording);
      const { bytes } = codec.encode(codes, 64);
      const { matched, missed, spurious } = createRecordingMetrics(codes, NEURALINK_ELECTRODE).compare(
        codec.decode(bytes),
      ).spikes;
      sum.bytes += bytes.length;
      sum.matched += matched;
      sum.missed += missed;
      sum.spurious += spurious;
    }
    return { ...sum, f1: spikeScores(sum).f1 ?? 0 };
  });
  const [without, withSpikes] = totals;
  assert.ok(withSpikes!.f1 > 0.8 && withSpikes!.f1 > without!.f1 + 0.2, `${without!.f1}, ${withSpikes!.f1}`);
  assert.ok(withSpikes!.bytes < 1.5 * without!.bytes);
});

test('a model that was not learned is an error that says how to', () => {
  const codec = new TransformCodec(new SpikeDictionaryBasis(64, 4), { family: 35, parameter: 0 });
  assert.throws(() => codec.encode(new Uint16Array(500), 8), /npm run learn -- --basis spikes-64-4/);
});
