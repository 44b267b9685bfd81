import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BitstreamError } from '../../lib/coding/bitstream-errors';
import {
  CENTROIDS,
  CONTEXTS,
  ContextMixingCoder,
  GROUPS,
  WEIGHTS,
  type ContextModel,
} from '../../lib/coding/contexts/context-mixing';
import { contextOffsets, reconstructInContext } from '../../lib/coding/contexts/context-reconstruction';
import { codingOrder } from '../../lib/coding/entropy/coding-order';
import {
  LinearNeighborhood,
  NEIGHBOR_CLASSES,
  REGRESSORS,
} from '../../lib/coding/contexts/linear-neighborhood';
import type { NewNeighborhood } from '../../lib/coding/contexts/neighborhood';
import { HIDDEN, NetworkNeighborhood, SEEN } from '../../lib/coding/contexts/network-neighborhood';
import { RangeDecoder, RangeEncoder } from '../../lib/coding/entropy/range-coder';
import { reconstructTrellis, TRELLIS } from '../../lib/coding/quantizers/trellis';
import { frameLayout } from '../../lib/bases/parts/frames-of-blocks';

const numbers = (length: number, value: (i: number) => number): Float32Array =>
  Float32Array.from({ length }, (_, i) => value(i));

const model: ContextModel = {
  priors: numbers(GROUPS * CONTEXTS, (i) => 0.2 + 0.6 * ((i * 0.618) % 1)),
  weights: numbers(WEIGHTS, (i) => 0.05 + 0.02 * (i % 5)),
  centroids: numbers(CENTROIDS, (i) => 0.01 * (i % 9)),
};

const neighbors = numbers(NEIGHBOR_CLASSES * REGRESSORS, (i) => 0.05 + 0.01 * (i % 7));
const network = {
  hidden: numbers(HIDDEN * (SEEN + 1), (i) => Math.sin(i * i) / 4),
  output: numbers(HIDDEN + 1, (i) => Math.cos(i * i) / 4),
};
const neighborhoods: readonly (readonly [string, NewNeighborhood])[] = [
  ['weighted sums', (subbands) => new LinearNeighborhood(neighbors, subbands)],
  ['a network', (subbands) => new NetworkNeighborhood(network, subbands)],
];
const [[, linear]] = neighborhoods as [[string, NewNeighborhood]];

const signals = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 20 }))
  .chain(([bands, frames]) =>
    fc
      .array(
        fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: -3, max: 3 }) },
          fc.integer({ min: -99999, max: 99999 }),
        ),
        {
          minLength: bands * frames,
          maxLength: bands * frames,
        },
      )
      .map((values) => ({ layout: frameLayout(bands, bands * frames), values: Int32Array.from(values) })),
  );

describe('coefficients coded in learned contexts', () => {
  for (const [name, newNeighborhood] of neighborhoods) {
    it(`of ${name} come back as they were, and so do the levels that place them`, () => {
      fc.assert(
        fc.property(signals, ({ layout, values }) => {
          const encoder = new RangeEncoder();
          const levels = new Uint8Array(values.length);
          const active = new ContextMixingCoder(encoder, model, newNeighborhood).code(
            layout,
            values.slice(),
            levels,
          );
          const bytes = encoder.finish();
          const decoded = new Int32Array(values.length);
          const found = new Uint8Array(values.length);
          const decoder = new RangeDecoder(bytes, 0, bytes.length);
          assert.equal(
            new ContextMixingCoder(decoder, model, newNeighborhood).code(layout, decoded, found),
            active,
          );
          decoder.finish();
          assert.deepEqual(decoded, values);
          assert.deepEqual(found, levels);
        }),
      );
    });
  }

  it('are an error when there are more subbands than the layout has', () => {
    const encoder = new RangeEncoder();
    encoder.codeBits(5, 15);
    const bytes = encoder.finish();
    const coder = new ContextMixingCoder(new RangeDecoder(bytes, 0, bytes.length), model, linear);
    assert.throws(() => coder.code(frameLayout(4, 8), new Int32Array(8), new Uint8Array(8)), BitstreamError);
  });

  it('are put back as any trellis puts them where nothing was learned of their places', () => {
    fc.assert(
      fc.property(signals, ({ layout, values }) => {
        const order = codingOrder(layout, layout.subbands.length).positions;
        const offsets = { one: -5, more: 3 };
        const nothing = new Float32Array(CENTROIDS);
        const levels = new Uint8Array(values.length);
        assert.deepEqual(
          reconstructInContext(values, order, levels, nothing, 3, offsets),
          reconstructTrellis(values, order, 3, offsets, TRELLIS),
        );
      }),
    );
  });

  it('have offsets that make up for what the learned places miss', () => {
    const layout = frameLayout(1, 400);
    const values = new Int32Array(400).fill(2);
    const order = codingOrder(layout, 1).positions;
    const levels = new Uint8Array(400);
    const { centroids } = model;
    const placed = reconstructInContext(values, order, levels, centroids, 8, { one: 0, more: 0 });
    const shifted = placed.map((value) => value - 8 * (2 / 32));
    assert.deepEqual(contextOffsets(shifted, values, order, levels, centroids, 8), { one: 0, more: 2 });
  });

  it('are expected by a network from what came before alone', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 24, maxLength: 24 }), fc.nat(23), (magnitudes, last) => {
        const expectations = (given: readonly number[]): number[] => {
          const neighborhood = new NetworkNeighborhood(network, 6);
          return given.map((magnitude, i) => {
            if (i % 6 === 0) neighborhood.startFrame();
            const expected = neighborhood.expect(i % 6, 1.5, 2, i % 2);
            neighborhood.learn(i % 6, magnitude);
            return expected;
          });
        };
        const changed = magnitudes.map((magnitude, i) => (i < last ? magnitude : magnitude + 7));
        assert.deepEqual(
          expectations(changed).slice(0, last + 1),
          expectations(magnitudes).slice(0, last + 1),
        );
        assert.ok(expectations(magnitudes).every((expected) => expected > 0 && expected < 100));
      }),
    );
  });
});
