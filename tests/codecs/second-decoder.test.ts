/**
 * The second decoder of weights, noise, events and layers, which was written from the page on the format, beside the
 * library's.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { ADC_RANGE } from '../../lib/coding/sample-range';
import { uniformNumbers } from '../../lib/numerics/random';
import { decodedInPython, noPython } from '../fixtures/second-decoder';

/** Weights, noise, events and layers over bases of several kinds. */
const CASES: readonly (readonly [id: string, step: number, sampleRate?: number, largest?: number])[] = [
  ['mdct-256-sine+weight-spikes+trellis', 9],
  ['dct-64+weight-spikes', 5],
  ['mdct-128-kbd+weight-30-12-0-3+trellis8', 7],
  ['segments-512-64+weight-spikes+rdoq', 8],
  ['dct-128+weight-9-0', 0],
  ['mdct-64-sine+fill', 24],
  ['dwt-db4-8-periodic+weight-spikes', 9],
  ['packets-sym13-9-rate+weight-spikes+fill', 14],
  ['biorthogonal-bior6.8-5+weight-spikes', 11],
  ['legendre-32', 12],
  ['slepian-64-4', 9],
  ['hermite-512-3-1.5+trellis', 14],
  ['shapegain-256-8', 14],
  ['stationary-sym4-8-2-16', 16],
  ['ownklt-16', 8],
  ['mdct-256-sine+weight-spikes+trellis+fill', 30],
  ['switched-512+weight-0-3+fill', 30],
  ['spike-times', 1],
  ['spike-shapes', 1],
  ['band-power', 1],
  ['layers-256', 20],
  ['layers-1024', 50],
  // At another rate than Neuralink's the spike band is in the file.
  ['mdct-256-sine+weight-spikes+trellis', 12, 30_000],
  ['segments-512-64+weight-spikes', 0, 12_000],
  ['dct-64+weight-spikes+fill', 16, 40_000],
  // So is the rate of events, and how large the codes are.
  ['spike-times', 1, 30_000],
  ['spike-shapes', 1, 25_000, 4095],
  ['band-power', 1, 15_625, 65_535],
  ['layers-256', 20, 40_000, 4095],
  ['layers-512', 20, 12_000],
];

function recording(samples: number): Uint16Array {
  const random = uniformNumbers(samples);
  const signal = Float64Array.from(
    { length: samples },
    (_, i) => 480 + 70 * Math.sin(i / 500) + 30 * (random() + random() + random() - 1.5),
  );
  for (let at = 200; at < samples - 40; at += 150 + Math.floor(400 * random())) {
    [-30, -90, -140, -80, -20, 30, 50, 30, 10].forEach(
      (value, i) => (signal[at + i]! += value * (0.7 + random())),
    );
  }
  return Uint16Array.from(signal, (value) => Math.max(0, Math.min(1023, Math.round(value))));
}

test('a decoder written from docs/format.md gives the same codes and views', { skip: noPython }, () => {
  const files = CASES.map(([id, step, sampleRate, largest = ADC_RANGE.largest]) => {
    const codec = codecFromId(id, { ...ADC_RANGE, largest, ...(sampleRate !== undefined && { sampleRate }) });
    const { bytes } = codec.encode(recording(4000), step);
    return { id, bytes, expected: { decoded: codec.decode(bytes), ...codec.decodeViews?.(bytes) } };
  });
  const decoded = decodedInPython(
    'views',
    files.map(({ bytes }) => bytes),
  );
  files.forEach(({ id, expected }, i) => {
    assert.deepEqual(
      JSON.parse(decoded[i]!.toString()),
      Object.fromEntries(Object.entries(expected).map(([view, codes]) => [view, [...codes]])),
      id,
    );
  });
});
