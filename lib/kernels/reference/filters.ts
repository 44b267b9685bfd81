/**
 * Filters with a finite impulse response in plain TypeScript: the specification of the kernel, and its stand-in where
 * SIMD is missing. That of zero-phase filters with an infinite one is `ZeroPhaseFilter` of `../iir.ts`.
 */

type Numbers = Float32Array | Float64Array;

/**
 * output[i] = Σ taps[k] · signal[first + i − k], k rising, with zeros before and behind the signal.
 *
 * @param first - sample of the full convolution that the output starts with
 */
export function convolveSignal(signal: Numbers, taps: Numbers, first: number, output: Numbers): void {
  for (let i = 0; i < output.length; i++) {
    let sum = 0;
    for (let k = 0; k < taps.length; k++) sum += taps[k]! * (signal[first + i - k] ?? 0);
    output[i] = sum;
  }
}
