// Which channels a channel is worth being predicted from, as lib/codecs/lossless/channel-sources.ts chooses. Decoders are
// told, so a choice that rounding turns changes no sample.

import { allocate, mark, reset } from './arena';

const TRIED: u32 = 32;
const LOOKED_AT: u32 = 2048;
const LEAST_SAVING: f64 = 60;
const NEVER: f64 = 1e-9;

function whiten(codes: usize, length: u32, target: usize): void {
  store<f64>(target, 0);
  store<f64>(target, 0, 8);
  let mean: f64 = 0;
  for (let i: usize = 2; i < length; i++) {
    const at = codes + (i << 1);
    const rest = <f64>load<u16>(at) - 1.6 * <f64>load<u16>(at - 2) + 0.7 * <f64>load<u16>(at - 4);
    store<f64>(target + (i << 3), rest);
    mean += rest;
  }
  mean /= max<f64>(1, <f64>length - 2);
  let energy: f64 = 0;
  for (let i: usize = 2; i < length; i++) {
    const rest = load<f64>(target + (i << 3)) - mean;
    store<f64>(target + (i << 3), rest);
    energy += rest * rest;
  }
  const scale = energy > 0 ? 1 / sqrt(energy) : 0;
  for (let i: usize = 0; i < length; i++) store<f64>(target + (i << 3), load<f64>(target + (i << 3)) * scale);
}

/**
 * Fills in, for each channel, how many channels before it tell most about it, and which.
 *
 * @param most - at most so many
 * @param list - five u32 a channel, zeros
 */
export function correlatedSources(codes: usize, channels: u32, samples: u32, most: u32, list: usize): void {
  if (channels < 2) return;
  const before = mark();
  const length = min<u32>(samples, LOOKED_AT);
  const bytes = <usize>length << 3;
  const residuals = allocate(<u64>bytes * <u64>channels + 16);
  const squares = allocate(32);
  for (let c: u32 = 0; c < channels; c++) whiten(codes + 2 * <usize>c * samples, length, residuals + bytes * c);
  for (let c: u32 = 0; c < channels; c++) {
    const own = list + 20 * <usize>c;
    const first = c > TRIED ? c - TRIED : 0;
    // From the nearest on, so that of equal ones the nearer comes first.
    for (let source: i32 = <i32>c - 1; source >= <i32>first; source--) {
      let correlation: f64 = 0;
      for (let i: usize = 2; i < length; i++) {
        const a = load<f64>(residuals + bytes * c + (i << 3));
        correlation += a * load<f64>(residuals + bytes * <usize>source + (i << 3));
      }
      const square = min<f64>(correlation * correlation, 1 - NEVER);
      if (!(-0.5 * <f64>samples * Math.log2(1 - square) > LEAST_SAVING)) continue;
      let count = load<u32>(own);
      let place = count;
      while (place > 0 && load<f64>(squares + (<usize>(place - 1) << 3)) < square) place--;
      if (place >= most) continue;
      if (count < most) store<u32>(own, ++count);
      for (let i = count - 1; i > place; i--) {
        store<f64>(squares + (<usize>i << 3), load<f64>(squares + (<usize>(i - 1) << 3)));
        store<u32>(own + 4 + 4 * <usize>i, load<u32>(own + 4 * <usize>i));
      }
      store<f64>(squares + (<usize>place << 3), square);
      store<u32>(own + 4 + 4 * <usize>place, <u32>source);
    }
  }
  reset(before);
}
