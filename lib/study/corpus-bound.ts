/**
 * The stationary Gaussian bound of a corpus, computed once and kept.
 */
import type { CorpusBoundPoint } from '../results/curve-details';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { readKept, writeKept } from '../files/kept-file';
import { gaussianBound, type RecordingSpectrum } from '../metrics/gaussian-bound';
import { inBandPowerResponse } from '../metrics/in-band-response';
import { SpectrumEstimator } from '../metrics/spectrum';
import { median } from '../numerics/statistics';
import { corpusHash, readCodes, type Corpus } from '../recordings/corpus';
import { hashCode } from '../measuring/code-fingerprint';
import { projectRoot } from '../files/project-root';
import { boundIntervals } from './bound-intervals';

/** Samples of a segment of the spectral estimate: long enough to resolve the slow power. */
const SEGMENT = 4096;

/** Compression ratios at which the bound is given. */
const RATIOS = [4, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 400];

/** What the bound is computed by. */
const CODE = [
  'lib/metrics/gaussian-bound.ts',
  'lib/metrics/in-band-response.ts',
  'lib/metrics/rounded-error.ts',
  'lib/metrics/spectrum.ts',
  'lib/metrics/spike-band.ts',
  'lib/numerics/digamma.ts',
  'lib/study/bound-intervals.ts',
  'lib/study/corpus-bound.ts',
];

/**
 * Highest PSNR at a compression ratio, if the recordings were stationary and Gaussian (see `gaussianBound`), with and
 * without rounding to ADC codes, its uncertainty, and the highest in-band SNR. The estimate takes some seconds for a
 * large corpus; it is kept under `.cache/bounds/`.
 */
export async function corpusBound(corpus: Corpus): Promise<readonly CorpusBoundPoint[]> {
  const code = await hashCode(CODE);
  const key = createHash('sha256')
    .update(
      JSON.stringify([code, corpusHash(corpus), SEGMENT, RATIOS, corpus.sampleRate, corpus.fullScale.codes]),
    )
    .digest('hex');
  const path = join(projectRoot(), '.cache', 'bounds', `${key.slice(0, 32)}.json`);
  const kept = readKept(path);
  if (kept) return JSON.parse(kept.toString()) as CorpusBoundPoint[];
  const fullScale = corpus.fullScale.codes;
  const estimator = new SpectrumEstimator(SEGMENT, corpus.sampleRate);
  const recordings: RecordingSpectrum[] = [];
  for (const recording of corpus.recordings) {
    const spectrum = estimator.estimate(Float64Array.from(readCodes(recording)));
    recordings.push({ spectrum, samples: recording.samples });
    // Lets an interrupt through.
    await setImmediate();
  }
  const weights = inBandPowerResponse(SEGMENT, corpus.sampleRate);
  const points = gaussianBound(recordings, RATIOS, fullScale);
  const inBand = gaussianBound(
    recordings.map((recording) => ({ ...recording, weights })),
    RATIOS,
    fullScale,
  );
  const intervals = boundIntervals(recordings, points, fullScale);
  const bound = points.map(({ compressionRatio, psnr, rounded, standardError }, i): CorpusBoundPoint => ({
    compressionRatio: digits(compressionRatio),
    psnr: digits(rounded.psnr),
    psnrUnrounded: digits(psnr),
    interval: [digits(intervals[i]![0]), digits(intervals[i]![1])],
    standardError: digits(standardError),
    inBandSnrMedian: digits(median(inBand[i]!.rounded.snr)!),
  }));
  writeKept(path, JSON.stringify(bound));
  return bound;
}

/** As many digits as are kept. */
function digits(value: number): number {
  return Number(value.toPrecision(6));
}
