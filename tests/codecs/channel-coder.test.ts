import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeChannels, encodeChannels } from '../../lib/codecs/lossless/channel-coder';
import { CHANNEL_PRESET_NAMES } from '../../lib/codecs/lossless/channel-model';

/** A generator of numbers in 0…1 and of normal ones. */
function randomFrom(seed: number): { uniform: () => number; normal: () => number } {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

interface Shape {
  readonly seed: number;
  readonly channels: number;
  readonly samples: number;
  readonly center: number;
  /** Deviation of what the channels share, and of what they do not. */
  readonly common: number;
  readonly own: number;
  /** Codes that occur are multiples of it. */
  readonly stride: number;
}

function channelsOf({ seed, channels, samples, center, common, own, stride }: Shape): Uint16Array[] {
  const { uniform, normal } = randomFrom(seed);
  let level = 0;
  const shared = Float64Array.from({ length: samples }, () => (level = 0.95 * level + common * normal()));
  return Array.from({ length: channels }, () =>
    Uint16Array.from(shared, (value) => {
      const spike = uniform() < 0.004 ? 30 * own * normal() : 0;
      const code = stride * Math.round((center + value + own * normal() + spike) / stride);
      return Math.max(0, Math.min(65_535, code));
    }),
  );
}

const shapes = fc.record({
  seed: fc.nat(10_000),
  channels: fc.integer({ min: 1, max: 6 }),
  samples: fc.oneof(fc.nat(200), fc.integer({ min: 1000, max: 6000 })),
  center: fc.constantFrom(0, 3, 512, 32_768, 65_535),
  common: fc.constantFrom(0, 1, 40, 3000),
  own: fc.constantFrom(0, 0.4, 5, 150, 20_000),
  stride: fc.constantFrom(1, 1, 3, 64),
});

for (const preset of CHANNEL_PRESET_NAMES) {
  test(`${preset}: channels come back, and the kernel gives the bytes of the plain version`, () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const channels = channelsOf(shape);
        const bytes = encodeChannels(channels, preset);
        assert.deepEqual(Buffer.from(encodeChannels(channels, preset, false)), Buffer.from(bytes));
        for (const simd of [true, false]) {
          const given = decodeChannels(bytes, 0, bytes.length, shape.channels, shape.samples, preset, simd);
          assert.deepEqual(given, channels);
        }
      }),
      { numRuns: 25 },
    );
  });

  test(`${preset}: damaged bytes are an error or other samples, in bounded time`, () => {
    const shape = { seed: 3, channels: 3, samples: 1500, center: 900, common: 30, own: 6, stride: 1 };
    const bytes = encodeChannels(channelsOf(shape), preset);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at]! ^= change;
        const decoded = (simd: boolean): unknown => {
          try {
            return decodeChannels(damaged, 0, damaged.length, 3, 1500, preset, simd);
          } catch (error) {
            return (error as Error).name;
          }
        };
        const found = decoded(true);
        assert.deepEqual(found, decoded(false));
        if (typeof found === 'string') assert.equal(found, 'BitstreamError');
      }),
      { numRuns: 40 },
    );
    assert.throws(() => decodeChannels(bytes, 0, 20, 3, 2 ** 27, preset), { name: 'BitstreamError' });
  });
}

test('silence takes next to nothing, and claims no more samples than its bytes may', () => {
  const silent = [new Uint16Array(5_000_000).fill(700)];
  const bytes = encodeChannels(silent, 'fast');
  assert.ok(bytes.length < 40, `${bytes.length}`);
  assert.deepEqual(decodeChannels(bytes, 0, bytes.length, 1, 5_000_000, 'fast'), silent);
});

test('what a channel shares with another is paid once', () => {
  const shape = { seed: 8, channels: 2, samples: 20_000, center: 5000, common: 400, own: 2, stride: 1 };
  const [first, second] = channelsOf(shape) as [Uint16Array, Uint16Array];
  const alone = encodeChannels([first], 'best').length + encodeChannels([second], 'best').length;
  assert.ok(encodeChannels([first, second], 'best').length < 0.7 * alone);
});

test('codes that never occur, and wide ones, are learned', () => {
  const { normal } = randomFrom(5);
  const samples = 60_000;
  const even = Uint16Array.from({ length: samples }, () => Math.round(8000 + 20 * normal()));
  // Every fourth code is three times as wide as the others: which makes it take two neighbors.
  const uneven = even.map((code) => (code % 4 === 1 || code % 4 === 3 ? code - (code % 4) + 2 : code));
  const saved = encodeChannels([even], 'best').length - encodeChannels([uneven], 'best').length;
  // 1.19 bits a sample are lost by the merging; none would be saved if all codes were taken to be equally wide.
  assert.ok(saved > (0.35 * samples) / 8, `${(8 * saved) / samples} bits`);
});
