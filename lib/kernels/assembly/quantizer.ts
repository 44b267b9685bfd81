// The dead-zone quantizer: the specification is reference/quantizer.ts.
import { VECTOR } from './lanes';

/**
 * @param coefficients - of `count` (f64), a multiple of 2
 * @param scale - 1/step
 * @param bias - what is added to a magnitude before it is cut
 * @param quantized - receives them (i32)
 */
export function quantize(
  coefficients: usize, count: usize, scale: f64, bias: f64, maxMagnitude: f64, quantized: usize,
): void {
  const scales = f64x2.splat(scale);
  const biases = f64x2.splat(bias);
  const largest = f64x2.splat(maxMagnitude);
  for (const end = quantized + count * sizeof<i32>(); quantized < end; quantized += VECTOR / 2) {
    const scaled = f64x2.mul(v128.load(coefficients), scales);
    const magnitude = f64x2.min(largest, f64x2.add(biases, f64x2.abs(scaled)));
    // What is no number becomes 0.
    const integers = i32x4.trunc_sat_f64x2_s_zero(magnitude);
    const negative = f64x2.lt(scaled, f64x2.splat(0));
    const sign = i32x4.shuffle(negative, negative, 0, 2, 0, 2);
    v128.store64_lane(quantized, i32x4.sub(v128.xor(integers, sign), sign), 0);
    coefficients += VECTOR;
  }
}

/**
 * @param quantized - of `count` (i32), a multiple of 2
 * @param one - what the magnitude 1 becomes
 * @param more - what is taken from larger magnitudes
 * @param coefficients - receives them (f64)
 */
export function reconstruct(
  quantized: usize, count: usize, step: f64, one: f64, more: f64, coefficients: usize,
): void {
  const steps = f64x2.splat(step);
  const ones = f64x2.splat(one);
  const offsets = f64x2.splat(more);
  const signBit = f64x2.splat(-0.0);
  const unit = f64x2.splat(1);
  const zero = f64x2.splat(0);
  for (const end = quantized + count * sizeof<i32>(); quantized < end; quantized += VECTOR / 2) {
    const values = f64x2.convert_low_i32x4_s(v128.load64_zero(quantized));
    const sign = v128.and(values, signBit);
    const inner = v128.xor(ones, sign);
    const outer = f64x2.sub(f64x2.mul(values, steps), v128.xor(offsets, sign));
    const isOne = f64x2.eq(f64x2.abs(values), unit);
    const isZero = f64x2.eq(values, zero);
    v128.store(coefficients, v128.andnot(v128.bitselect(inner, outer, isOne), isZero));
    coefficients += VECTOR;
  }
}
