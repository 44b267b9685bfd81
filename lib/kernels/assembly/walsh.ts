// The Walsh–Hadamard transform of groups of blocks: the specification is reference/walsh.ts.
import { lanes, loadLanes, storeLanes, VECTOR } from './lanes';

/** All butterflies of a group of blocks; two stages at a time, so that vectors are loaded half as often. */
@inline
function butterflies<T>(vectors: usize, length: usize): void {
  let reach: usize = 1;
  for (; reach * 2 < length; reach *= 4) {
    const near = reach * VECTOR;
    for (let start: usize = 0; start < length; start += 4 * reach) {
      let at = vectors + start * VECTOR;
      const end = at + near;
      for (; at < end; at += VECTOR) {
        const a = v128.load(at);
        const b = v128.load(at + near);
        const c = v128.load(at + 2 * near);
        const d = v128.load(at + 3 * near);
        const abSum = v128.add<T>(a, b);
        const abDifference = v128.sub<T>(a, b);
        const cdSum = v128.add<T>(c, d);
        const cdDifference = v128.sub<T>(c, d);
        v128.store(at, v128.add<T>(abSum, cdSum));
        v128.store(at + near, v128.add<T>(abDifference, cdDifference));
        v128.store(at + 2 * near, v128.sub<T>(abSum, cdSum));
        v128.store(at + 3 * near, v128.sub<T>(abDifference, cdDifference));
      }
    }
  }
  if (reach < length) {
    const near = reach * VECTOR;
    const end = vectors + near;
    for (let at = vectors; at < end; at += VECTOR) {
      const a = v128.load(at);
      const b = v128.load(at + near);
      v128.store(at, v128.add<T>(a, b));
      v128.store(at + near, v128.sub<T>(a, b));
    }
  }
}

/**
 * @param signal, coefficients - blocks one after another; they may be the same array
 * @param groups - number of groups of `lanes` blocks
 * @param length - samples of a block, a power of two, not less than `lanes`
 * @param order - for each sequency, where the coefficient is in the order of the butterflies (u32)
 * @param scratch - room for `length` vectors
 */
@inline
function transform<T>(
  signal: usize, coefficients: usize, groups: usize, length: usize, order: usize, scratch: usize,
): void {
  const bytes = length * sizeof<T>();
  const scale = v128.splat<T>(<T>(1.0 / sqrt<f64>(<f64>length)));
  for (let group: usize = 0; group < groups; group++) {
    const source = signal + group * lanes<T>() * bytes;
    const target = coefficients + group * lanes<T>() * bytes;
    for (let i: usize = 0; i < length; i += lanes<T>()) {
      loadLanes<T>(source + i * sizeof<T>(), bytes, scratch + i * VECTOR, VECTOR);
    }
    butterflies<T>(scratch, length);
    for (let i: usize = 0; i < length; i += lanes<T>()) {
      const at = order + i * 4;
      const a = v128.mul<T>(v128.load(scratch + <usize>load<u32>(at) * VECTOR), scale);
      const b = v128.mul<T>(v128.load(scratch + <usize>load<u32>(at, 4) * VECTOR), scale);
      if (sizeof<T>() == 4) {
        const c = v128.mul<T>(v128.load(scratch + <usize>load<u32>(at, 8) * VECTOR), scale);
        const d = v128.mul<T>(v128.load(scratch + <usize>load<u32>(at, 12) * VECTOR), scale);
        storeLanes<T>(a, b, c, d, target + i * sizeof<T>(), bytes);
      } else {
        storeLanes<T>(a, b, a, b, target + i * sizeof<T>(), bytes);
      }
    }
  }
}

export function transformFloat32(
  signal: usize, coefficients: usize, groups: usize, length: usize, order: usize, scratch: usize,
): void {
  transform<f32>(signal, coefficients, groups, length, order, scratch);
}

export function transformFloat64(
  signal: usize, coefficients: usize, groups: usize, length: usize, order: usize, scratch: usize,
): void {
  transform<f64>(signal, coefficients, groups, length, order, scratch);
}
