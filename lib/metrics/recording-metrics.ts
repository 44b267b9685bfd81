/**
 * Everything that is measured on one decoded recording against its original, in one object that prepares the
 * original once and then compares any number of decoded signals with it.
 */

import { designButterworthBandpass, ZeroPhaseFilter } from '../kernels/iir';
import { SAMPLE_RATE, standardDeviation } from '../recordings/adc';
import { binnedPower, correlation } from './band-power';
import { LengthMismatchError, squaredError, variance } from './distortion';
import {
  DEAD_TIME,
  energyOver,
  MATCHING_TOLERANCE,
  matchSpikes,
  spikeStretches,
  spikeThreshold,
  squaredErrorOver,
  thresholdCrossings,
  WAVEFORM_LEAD,
  WAVEFORM_WINDOW,
} from './spikes';
import type { SpikeCounts } from './spikes';

/**
 * The band of spikes, Hz. The filter is a Butterworth band-pass of order 2 (four poles, the usual choice for
 * spike detection: H. G. Rey, C. Pedreira and R. Quian Quiroga, "Past, present and future of spike sorting
 * techniques", Brain Research Bulletin 119, 2015, who ask for zero phase too), run forward and backward.
 */
export const SPIKE_BAND = [300, 5000] as const;

/** The band whose power motor decoders read, Hz; the filter is of the same kind. */
export const SPIKE_POWER_BAND = [300, 1000] as const;

/** Order of the low-pass prototype of both filters. */
export const FILTER_ORDER = 2;

/** Seconds of one bin of spike-band power. */
export const POWER_BIN = 0.05;

/** ADC codes: in-band amplitudes below this are rounding errors of the filter, not signal. */
const ROUNDING = 1e-6;

/**
 * ADC codes: the standard deviation of the converter's own rounding error (uniform, one code wide) within the
 * spike band. No noise can be less, so no estimate of noise is taken that is: it matters for recordings that sit
 * at a rail for most of their samples.
 */
export const LEAST_NOISE = Math.sqrt((SPIKE_BAND[1] - SPIKE_BAND[0]) / (SAMPLE_RATE / 2) / 12);

/** The dead time after a crossing, and how far two may be apart and still be the same spike, in samples. */
export const DEAD_SAMPLES = Math.ceil(DEAD_TIME * SAMPLE_RATE);
export const TOLERANCE_SAMPLES = Math.floor(MATCHING_TOLERANCE * SAMPLE_RATE);
const WINDOW_SAMPLES = Math.round(WAVEFORM_WINDOW * SAMPLE_RATE);
const LEAD_SAMPLES = Math.round(WAVEFORM_LEAD * SAMPLE_RATE);
const BIN_SAMPLES = POWER_BIN * SAMPLE_RATE;

/** One decoded recording against its original: sums and counts, so that recordings can be added up. */
export interface RecordingComparison {
  /** Number of samples. */
  readonly samples: number;
  /** Sum over all samples of the squared difference of the ADC codes. */
  readonly squaredError: number;
  /** The same after the zero-phase 300–5000 Hz filter on both. */
  readonly inBandSquaredError: number;
  /** Threshold crossings kept, lost and made up. */
  readonly spikes: SpikeCounts;
  /** Sum of squared in-band differences over the windows about the original's spikes. */
  readonly spikeWaveformSquaredError: number;
  /**
   * Correlation over 50 ms bins of 300–1000 Hz power; null when the original's power does not vary (constant, or
   * shorter than two bins).
   */
  readonly spikeBandPowerCorrelation: number | null;
}

/** What {@link createRecordingMetrics} makes. */
export interface RecordingMetrics {
  /** Number of samples. */
  readonly samples: number;
  /** Seconds. */
  readonly duration: number;
  /** Population variance of the ADC codes, codes². */
  readonly variance: number;
  /** Population variance after the 300–5000 Hz filter, codes². */
  readonly inBandVariance: number;
  /** Detection threshold, ADC codes, negative. */
  readonly threshold: number;
  /** The original after the 300–5000 Hz filter, ADC codes. Not to be written to. */
  readonly inBand: Float64Array;
  /** Sample numbers of the original's threshold crossings, ascending. Not to be written to. */
  readonly crossings: Int32Array;
  /** Sum of squares of the in-band original over the windows about its spikes. */
  readonly spikeWaveformEnergy: number;
  /**
   * Measures what was decoded from this recording.
   *
   * @param decoded - as many ADC codes as the original has
   * @throws LengthMismatchError when there are more or fewer
   */
  compare(decoded: Uint16Array): RecordingComparison;
}

/** Filters ADC codes; owns its memory and hands out the same output array every time. */
class BandExtractor {
  private readonly spikeFilter = new ZeroPhaseFilter(
    designButterworthBandpass(FILTER_ORDER, SPIKE_BAND[0], SPIKE_BAND[1], SAMPLE_RATE),
  );
  private readonly powerFilter = new ZeroPhaseFilter(
    designButterworthBandpass(FILTER_ORDER, SPIKE_POWER_BAND[0], SPIKE_POWER_BAND[1], SAMPLE_RATE),
  );
  private readonly codes: Float64Array;
  private readonly power: Float64Array;

  constructor(samples: number) {
    this.codes = new Float64Array(samples);
    this.power = new Float64Array(samples);
  }

  /** Writes the spike band to `inBand` and returns the binned power of the spike-power band. */
  extract(codes: Uint16Array, inBand: Float64Array): Float64Array {
    this.codes.set(codes);
    this.spikeFilter.apply(this.codes, inBand);
    this.powerFilter.apply(this.codes, this.power);
    return binnedPower(this.power, BIN_SAMPLES);
  }
}

/**
 * Prepares the metrics of a recording. The object keeps about 50 bytes of memory a sample; make one, compare all
 * operating points, let it go.
 *
 * @param codes - ADC codes of the original, any number of them; kept, so not to be changed afterwards
 */
export function createRecordingMetrics(codes: Uint16Array): RecordingMetrics {
  const samples = codes.length;
  const extractor = new BandExtractor(samples);
  const inBand = new Float64Array(samples);
  const power = extractor.extract(codes, inBand);
  const decodedInBand = new Float64Array(samples);
  const threshold = spikeThreshold(inBand, LEAST_NOISE, decodedInBand);
  const crossings = thresholdCrossings(inBand, threshold, DEAD_SAMPLES);
  const stretches = spikeStretches(crossings, LEAD_SAMPLES, WINDOW_SAMPLES, samples);
  const whole = Int32Array.of(0, samples);

  return {
    samples,
    duration: samples / SAMPLE_RATE,
    variance: standardDeviation(codes) ** 2,
    inBandVariance: variance(inBand),
    threshold,
    inBand,
    crossings,
    spikeWaveformEnergy: energyOver(stretches, inBand),
    compare(decoded: Uint16Array): RecordingComparison {
      if (decoded.length !== samples) throw new LengthMismatchError(samples, decoded.length);
      const decodedPower = extractor.extract(decoded, decodedInBand);
      const decodedCrossings = thresholdCrossings(decodedInBand, threshold, DEAD_SAMPLES);
      return {
        samples,
        squaredError: squaredError(codes, decoded),
        inBandSquaredError: squaredErrorOver(whole, inBand, decodedInBand),
        spikes: matchSpikes(crossings, decodedCrossings, TOLERANCE_SAMPLES),
        spikeWaveformSquaredError: squaredErrorOver(stretches, inBand, decodedInBand),
        spikeBandPowerCorrelation: correlation(power, decodedPower, ROUNDING * ROUNDING),
      };
    },
  };
}
