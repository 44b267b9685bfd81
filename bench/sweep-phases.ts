/**
 * Time of a sweep by phases: measuring one recording at all operating points, with the plain versions of the
 * kernels and with WebAssembly.
 */
import { performance } from 'node:perf_hooks';
import { CosineBasis } from '../lib/bases/blocks/cosine';
import { decodeCoefficients, encodeCoefficients } from '../lib/coding/entropy/entropy-coder';
import { centroidOffsets, quantize, reconstruct } from '../lib/coding/quantizers/quantizer';
import { BlockCosineTransform } from '../lib/kernels/cosine';
import { createRecordingMetrics } from '../lib/metrics/recording-metrics';
import { NEURALINK_ELECTRODE } from '../lib/recordings/adc';
import { generateSampleRecording } from '../lib/recordings/sample';
import { OPERATING_STEPS } from '../lib/measuring/steps';
import { round } from './measure';

const BLOCK_LENGTH = 512;
const RECORDINGS = 4;

/** One phase, milliseconds for a recording at one operating point. */
export interface SweepPhase {
  readonly phase: string;
  readonly plain: number;
  readonly webAssembly: number;
}

/** Times the phases on a few recordings of the synthetic sample, with the DCT of 512 samples. */
export function measureSweepPhases(): SweepPhase[] {
  const plain = timePhases(false);
  const fast = timePhases(true);
  const scale = RECORDINGS * OPERATING_STEPS.length;
  return [...plain].map(([phase, milliseconds]) => ({
    phase,
    plain: round(milliseconds / scale),
    webAssembly: round(fast.get(phase)! / scale),
  }));
}

function timePhases(simd: boolean): Map<string, number> {
  const spent = new Map<string, number>();
  const timed = <T>(phase: string, work: () => T): T => {
    const start = performance.now();
    const result = work();
    spent.set(phase, (spent.get(phase) ?? 0) + performance.now() - start);
    return result;
  };
  const basis = new CosineBasis(BLOCK_LENGTH);
  const transform = new BlockCosineTransform(BLOCK_LENGTH, 'float64', simd);
  const recordings = Array.from({ length: RECORDINGS }, (_, i) => generateSampleRecording(i));
  // The first recording is run once more in front, to warm up.
  for (const [i, codes] of [recordings[0]!, ...recordings].entries()) {
    if (i === 1) spent.clear();
    const metrics = createRecordingMetrics(codes, NEURALINK_ELECTRODE);
    const layout = basis.layout(codes.length);
    for (const step of OPERATING_STEPS) {
      const values = timed('transform, both ways', () => {
        const padded = new Float64Array(layout.coefficientCount).fill(codes[codes.length - 1]! - 512);
        for (let n = 0; n < codes.length; n++) padded[n] = codes[n]! - 512;
        return transform.toSubbands(padded);
      });
      const quantized = timed('quantizer, both ways', () => quantize(values, step));
      const { offsets } = timed('quantizer, both ways', () => centroidOffsets(values, quantized, step));
      const bytes = timed('entropy encoder', () => encodeCoefficients([{ values: quantized, layout }], simd));
      timed('entropy decoder', () => decodeCoefficients([{ layout }], bytes, 0, bytes.length, false, simd));
      const restored = timed('quantizer, both ways', () => reconstruct(quantized, step, offsets));
      const signal = timed('transform, both ways', () => transform.fromSubbands(restored));
      const decoded = timed('rounding', () => {
        const samples = new Uint16Array(codes.length);
        for (let n = 0; n < samples.length; n++) {
          samples[n] = Math.min(1023, Math.max(0, Math.floor(signal[n]! + 512.5)));
        }
        return samples;
      });
      timed('metrics', () => metrics.compare(decoded));
    }
  }
  transform.release();
  return spent;
}
