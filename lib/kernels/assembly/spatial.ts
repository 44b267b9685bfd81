// Sums and rotations of channels at each time: the specification is reference/spatial.ts, and results are the same to the
// last bit, as each sum adds its terms in their order.

/** Samples of a tile: sixteen in eight pairs, which wait in registers while all terms of a sum are added. */
const TILE_BYTES: usize = 128;
const TERM_BYTES: usize = 16;
const ROTATION_BYTES: usize = 24;

/**
 * Weighted sums of signals.
 *
 * @param signals, sums - f64, in rows `stride` bytes apart
 * @param bytes - of a signal, a multiple of 128
 * @param starts - u32, the first term of each sum, and their number at the end
 * @param terms - of each the bytes from `signals` to its signal (u32, at 0) and its weight (f64, at 8)
 */
export function sumSignals(
  signals: usize, sums: usize, stride: usize, bytes: usize, count: u32, starts: usize, terms: usize,
): void {
  for (let tile: usize = 0; tile < bytes; tile += TILE_BYTES) {
    const from = signals + tile;
    let target = sums + tile;
    for (let k: u32 = 0; k < count; k++, target += stride) {
      let a = f64x2.splat(0);
      let b = f64x2.splat(0);
      let c = f64x2.splat(0);
      let d = f64x2.splat(0);
      let e = f64x2.splat(0);
      let f = f64x2.splat(0);
      let g = f64x2.splat(0);
      let h = f64x2.splat(0);
      const start = starts + (<usize>k << 2);
      const end = terms + TERM_BYTES * load<u32>(start, 4);
      for (let term = terms + TERM_BYTES * load<u32>(start); term < end; term += TERM_BYTES) {
        const at = from + <usize>load<u32>(term);
        const weight = v128.load_splat<u64>(term, 8);
        a = f64x2.add(a, f64x2.mul(weight, v128.load(at)));
        b = f64x2.add(b, f64x2.mul(weight, v128.load(at, 16)));
        c = f64x2.add(c, f64x2.mul(weight, v128.load(at, 32)));
        d = f64x2.add(d, f64x2.mul(weight, v128.load(at, 48)));
        e = f64x2.add(e, f64x2.mul(weight, v128.load(at, 64)));
        f = f64x2.add(f, f64x2.mul(weight, v128.load(at, 80)));
        g = f64x2.add(g, f64x2.mul(weight, v128.load(at, 96)));
        h = f64x2.add(h, f64x2.mul(weight, v128.load(at, 112)));
      }
      v128.store(target, a);
      v128.store(target, b, 16);
      v128.store(target, c, 32);
      v128.store(target, d, 48);
      v128.store(target, e, 64);
      v128.store(target, f, 80);
      v128.store(target, g, 96);
      v128.store(target, h, 112);
    }
  }
}

/**
 * Rotates pairs of signals in place, one pair after another.
 *
 * @param signals - f64
 * @param bytes - of a signal, a multiple of 128
 * @param rotations - of each the bytes from `signals` to its two signals (u32, at 0 and 4), cosine and sine (f64)
 */
export function rotateSignals(signals: usize, bytes: usize, count: u32, rotations: usize): void {
  let rotation = rotations;
  for (let r: u32 = 0; r < count; r++, rotation += ROTATION_BYTES) {
    let first = signals + <usize>load<u32>(rotation);
    let second = signals + <usize>load<u32>(rotation, 4);
    const cosine = v128.load_splat<u64>(rotation, 8);
    const sine = v128.load_splat<u64>(rotation, 16);
    for (const end = first + bytes; first < end; first += 32, second += 32) {
      const a = v128.load(first);
      const b = v128.load(second);
      const c = v128.load(first, 16);
      const d = v128.load(second, 16);
      v128.store(first, f64x2.add(f64x2.mul(cosine, a), f64x2.mul(sine, b)));
      v128.store(second, f64x2.sub(f64x2.mul(cosine, b), f64x2.mul(sine, a)));
      v128.store(first, f64x2.add(f64x2.mul(cosine, c), f64x2.mul(sine, d)), 16);
      v128.store(second, f64x2.sub(f64x2.mul(cosine, d), f64x2.mul(sine, c)), 16);
    }
  }
}
