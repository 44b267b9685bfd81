import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { BasisParameterError } from '../../lib/bases/basis';
import { codecFromId, transformCodecFromId } from '../../lib/codecs/codec-from-id';
import { LappedBasis } from '../../lib/bases/blocks/lapped';
import { STATE_MACHINES } from '../../lib/coding/quantizers/trellis';
import { quantizeInWindows } from '../../lib/coding/quantizers/window-search';
import { hashCodecCode } from '../../lib/measuring/codec-code';
import { uniformNumbers } from '../../lib/numerics/random';

/** Noise with more power at low frequencies. */
function reddish(length: number, seed: number): Uint16Array {
  const uniform = uniformNumbers(seed);
  let slow = 0;
  return Uint16Array.from({ length }, () => {
    slow = 0.95 * slow + 20 * (uniform() + uniform() - 1);
    return Math.max(0, Math.min(1023, Math.round(512 + slow + 8 * (uniform() - 0.5))));
  });
}

describe('codecs whose search looks a few hops ahead', () => {
  const codes = reddish(12_345, 3);

  it('write files that the codec of the whole recording decodes', () => {
    const whole = transformCodecFromId('mdct-256-sine+trellis');
    for (const hops of [0, 1, 4]) {
      const codec = codecFromId(`mdct-256-sine+trellis-window${hops}`);
      for (const step of [2, 16, 64]) {
        const { bytes } = codec.encode(codes, step);
        const decoded = codec.decode(bytes);
        assert.deepEqual(whole.decode(bytes), decoded);
        let error = 0;
        codes.forEach((code, i) => (error += (code - decoded[i]!) ** 2 / codes.length));
        // A trellis of this step loses less than a grid of the step would with a dead zone as wide as the step.
        assert.ok(error < step ** 2 / 3 + 1 / 12, `mean squared error ${error} at step ${step}`);
      }
      assert.deepEqual(codec.decode(codec.encode(codes, 0).bytes), codes);
    }
  });

  it('say their delay, and not that they wait for the whole recording', () => {
    const basis = new LappedBasis(256, 'sine');
    for (const hops of [0, 1, 4]) {
      const codec = codecFromId(`mdct-256-sine+trellis-window${hops}`);
      assert.equal(codec.delay, basis.delay + 256 * hops);
      assert.notEqual(codec.wholeRecording, true);
    }
    const learned = codecFromId('contexts-256+trellis-window1');
    assert.equal(learned.delay, basis.delay + 256);
    assert.notEqual(learned.wholeRecording, true);
  });

  it('decide a hop without what follows the hops that they look ahead', () => {
    const basis = new LappedBasis(256, 'sine');
    const signal = Float64Array.from(codes, (code) => code - 512);
    const { values, layout } = basis.analyze(signal);
    // As many subbands are active in every variant: the highest coefficient of the first hop is large.
    values[layout.subbands.at(-1)!.offset] = 400;
    const changedFrom = 20;
    const changed = values.slice();
    const uniform = uniformNumbers(9);
    for (const { offset, length } of layout.subbands) {
      for (let t = changedFrom; t < length; t++) changed[offset + t] = 90 * (uniform() - 0.5);
    }
    for (const lookAhead of [0, 1, 4]) {
      const [a, b] = [values, changed].map((one) =>
        quantizeInWindows(one, layout, 12, STATE_MACHINES[32], lookAhead),
      ) as [Int32Array, Int32Array];
      let last = 0;
      for (const { offset, length } of layout.subbands) {
        for (let t = 0; t < length; t++) {
          const equal = a[offset + t] === b[offset + t];
          if (t < changedFrom - lookAhead) assert.ok(equal, `hop ${t} with ${lookAhead} ahead`);
          else if (!equal) last = Math.max(last, t);
        }
      }
      assert.ok(last >= changedFrom, 'the change is seen where it may be');
    }
  });

  it('take the search of the whole recording as what costs least, within some percent', () => {
    const long = reddish(60_000, 5);
    const whole = codecFromId('mdct-256-sine+trellis').encode(long, 12).bytes.length;
    const ahead = codecFromId('mdct-256-sine+trellis-window4').encode(long, 12).bytes.length;
    assert.ok(Math.abs(ahead / whole - 1) < 0.1, `${ahead} bytes against ${whole}`);
  });

  it('are refused for bases that choose over the whole recording', () => {
    assert.throws(() => codecFromId('packets-sym13-9-rate+trellis-window1'), BasisParameterError);
    assert.throws(() => codecFromId('lpc-12+trellis-window1'), BasisParameterError);
    assert.throws(() => codecFromId('mdct-256-sine+trellis-window2'), BasisParameterError);
  });

  it('have measurements of their own', async () => {
    const ids = ['mdct-256-sine+trellis', 'mdct-256-sine+trellis-window0', 'mdct-256-sine+trellis-window1'];
    const hashes = await Promise.all(ids.map((id) => hashCodecCode(id)));
    assert.equal(new Set(hashes).size, ids.length);
    assert.ok(hashes.every((hash) => hash !== undefined));
  });
});
