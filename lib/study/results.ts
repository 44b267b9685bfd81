/**
 * The results of a study as data: what `figures/<dataset>/results.json` holds and every picture is drawn from.
 */

/** Summary of one operating point over a corpus. Sums are over the corpus, medians over its recordings. */
export interface OperatingPoint {
  /** Quantizer step in ADC codes. */
  readonly step: number;
  readonly compressedBytes: number;
  /** WAV bytes over compressed bytes. */
  readonly compressionRatio: number;
  readonly bitsPerSample: number;
  /** dB, of the corpus: full scale 1023 over the mean squared error of all samples; null when lossless. */
  readonly psnr: number | null;
  /** dB, median and quartiles over recordings of variance over mean squared error; null when lossless. */
  readonly snrMedian: number | null;
  readonly snrLowerQuartile: number | null;
  readonly snrUpperQuartile: number | null;
  /** dB, median over recordings, after the zero-phase 300–5000 Hz filter on both; null when lossless. */
  readonly inBandSnrMedian: number | null;
  /** Nonzero coefficients over samples. */
  readonly nonzeroFraction: number;
  /** Of threshold crossings, over recordings with at least one spike a second; null when there is none such. */
  readonly spikePrecision: number | null;
  readonly spikeRecall: number | null;
  readonly spikeF1: number | null;
  /** dB, median over those recordings of the SNR of the spike waveforms (1.6 ms windows). */
  readonly spikeWaveformSnrMedian: number | null;
  /** Pearson correlation of 300–1000 Hz power in 50 ms bins, median over recordings. */
  readonly spikeBandPowerCorrelation: number | null;
}

/** Every operating point of one codec on one corpus. */
export interface Curve {
  /** Id of the codec. */
  readonly basis: string;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly family: string;
  readonly learned: boolean;
  /** File name of the notebook that made it. */
  readonly notebook: string;
  /** Ascending step. */
  readonly points: readonly OperatingPoint[];
  readonly lossless: {
    readonly compressedBytes: number;
    readonly compressionRatio: number;
    readonly compressionRatioTenBit: number;
    readonly bitsPerSample: number;
    /** Mean over recordings of the compression ratio of each. */
    readonly meanCompressionRatio: number;
  } | null;
  readonly delayMs: number;
  readonly multiplyAddsPerSample: number;
}

/** One dataset with all its curves. */
export interface Results {
  readonly dataset: {
    readonly name: string;
    readonly label: string;
    readonly synthetic: boolean;
    readonly recordings: number;
    readonly samples: number;
    readonly wavBytes: number;
    /** SHA-256 over the names and hashes of the recordings. */
    readonly sha256: string;
  };
  readonly curves: readonly Curve[];
}
