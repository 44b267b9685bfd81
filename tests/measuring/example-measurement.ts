import type { CodesMeasurement, StepMeasurement } from '../../lib/measuring/measure';

/** Facts of a recording, with numbers that only all of their digits tell from others. */
export const EXAMPLE_FACTS: CodesMeasurement['facts'] = {
  samples: 10,
  duration: 1,
  variance: 0.1 + 0.2,
  inBandVariance: 1 / 3,
  railFraction: 0,
  spikes: 1,
  spikeWaveformEnergy: 5,
  sortedSpikes: 0,
};

/** A measurement at a step, of so many bytes and the step. */
export function examplePoint(
  step: number,
  bytes: number,
  encodeSeconds: number,
  decodeSeconds: number,
): StepMeasurement {
  return {
    step,
    compressedBytes: bytes + step,
    nonzero: 3,
    comparison: {
      samples: 10,
      squaredError: step,
      inBandSquaredError: step / 7,
      spikes: { matched: 1, missed: 0, spurious: 0 },
      ownThresholdSpikes: { matched: 1, missed: 0, spurious: 0 },
      spikeAmplitudes: { original: 0, decoded: 0, products: 0 },
      spikeWaveformSquaredError: 0,
      spikeBandPowerCorrelation: null,
      sorting: null,
    },
    encodeSeconds,
    decodeSeconds,
  };
}
