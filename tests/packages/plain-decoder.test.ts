/**
 * Whether the plain decoder of the Python package gives the samples of the library where it sums in another order: counted
 * over random recordings in every kind of conventional basis. The golden files, those of learned bases among them, are
 * compared in `tests/coding/golden.test.ts`, weights and events in `tests/codecs/second-decoder.test.ts`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { uniformNumbers } from '../../lib/numerics/random';
import { decodedInPython, noPython } from '../fixtures/second-decoder';

const CODECS = [
  ...['identity', 'dct-2', 'dct-64', 'dct-64+trellis', 'dct-16+rdoq', 'dft-64-rectangular', 'dft-128-sine'],
  ...[
    'walsh-16',
    'walsh-32',
    'haar-4',
    'haar-5+trellis',
    'haar-6',
    'legendre-32',
    'slepian-64-1',
    'ownklt-8',
  ],
  ...['dwt-db1-6-periodic', 'dwt-db4-8-periodic', 'dwt-sym13-6-symmetric', 'stationary-sym4-6-2-16'],
  ...['biorthogonal-bior6.8-5', 'biorthogonal-cdf5.3-5', 'packets-db1-5-rate', 'packets-sym4-6-uniform'],
  ...['mdct-16-vorbis', 'mdct-64-kbd', 'mdct-64-sine+trellis', 'switched-512', 'segments-512-64'],
  ...['lpc-8', 'difference-1', 'difference-2', 'nlms-16-0.004', 'gabor-256-4-16', 'lattice-8-8'],
  ...['hermite-512-3-1.5', 'shapegain-256-4'],
] as const;

/** With powers of 2 signals of Walsh, Haar and lifted bases lie in the middle between two codes most often. */
const STEPS = [1.5, 2, 3, 4, 7.25, 8, 16, 32] as const;
const SAMPLES = 600;

test(
  'no sample of lossy files in any conventional basis differs from that of the library',
  { skip: noPython },
  () => {
    const files = CODECS.flatMap((id) =>
      STEPS.map((step, i) => {
        const random = uniformNumbers(i + 1);
        const [waves, noise] = [
          [0, 3],
          [40, 20],
          [90, 200],
        ][i % 3]!;
        const codes = Uint16Array.from({ length: SAMPLES }, (_, t) =>
          Math.round(500 + waves! * Math.sin(t / 20) + noise! * (random() - 0.5)),
        );
        const codec = codecFromId(id);
        const { bytes } = codec.encode(codes, step);
        return { name: `${id} at ${step}`, codes, bytes, expected: codec.decode(bytes) };
      }),
    );
    const decoded = decodedInPython(
      'views',
      files.map(({ bytes }) => bytes),
    );
    let lost = 0;
    const different = files.flatMap(({ name, codes, expected }, i) => {
      const found = (JSON.parse(decoded[i]!.toString()) as { decoded: number[] }).decoded;
      assert.equal(found.length, expected.length, name);
      lost += codes.reduce((sum, code, t) => sum + Number(code !== expected[t]), 0);
      const count = found.reduce((sum, code, t) => sum + Number(code !== expected[t]), 0);
      return count > 0 ? [`${name}: ${count}`] : [];
    });
    assert.deepEqual(different, []);
    // Files that lost nothing would say nothing of rounding.
    assert.ok(lost > (files.length * SAMPLES) / 2, `${lost} samples`);
  },
);
