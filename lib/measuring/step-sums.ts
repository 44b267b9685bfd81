/**
 * Rate–distortion curves of some recordings together: bytes and squared errors are added over recordings, then made PSNRs.
 */
import { meanSquaredError, peakSignalToNoiseRatio } from '../metrics/distortion';
import { cheapestPoints, type RatePoint } from '../numerics/bjontegaard';
import type { RecordingMeasurement } from './sweep';

/** What recordings cost and lose at each step. */
export interface StepSums {
  readonly samples: number;
  readonly bytes: Float64Array;
  /** In ADC codes². */
  readonly squaredError: Float64Array;
}

/** Of one recording. */
export function stepSumsOf({ facts, points }: RecordingMeasurement): StepSums {
  return {
    samples: facts.samples,
    bytes: Float64Array.from(points, ({ compressedBytes }) => compressedBytes),
    squaredError: Float64Array.from(points, ({ comparison }) => comparison.squaredError),
  };
}

/**
 * Of several recordings, or groups of them.
 *
 * @param parts - one or more, all with the same steps
 */
export function addedSums(parts: readonly StepSums[]): StepSums {
  const steps = parts[0]!.bytes.length;
  const bytes = new Float64Array(steps);
  const squaredError = new Float64Array(steps);
  let samples = 0;
  for (const part of parts) {
    samples += part.samples;
    for (let i = 0; i < steps; i++) {
      bytes[i]! += part.bytes[i]!;
      squaredError[i]! += part.squaredError[i]!;
    }
  }
  return { samples, bytes, squaredError };
}

/**
 * The curve for `bjontegaardDelta`, its rate in bytes: {@link cheapestPoints}.
 *
 * @param fullScale - of the PSNR: that of the corpus where a range of PSNR is given, else any
 */
export function ratePoints({ samples, bytes, squaredError }: StepSums, fullScale: number): RatePoint[] {
  return cheapestPoints(
    Array.from(bytes, (rate, i) => ({
      rate,
      psnr: peakSignalToNoiseRatio(meanSquaredError(squaredError[i]!, samples), fullScale),
    })),
  );
}
