/**
 * The stationary Gaussian bound of a corpus, computed once and kept.
 */
import type { CorpusBoundPoint } from '../results/curve-details';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { readKept, writeKept } from '../files/kept-file';
import { gaussianBound, type RecordingSpectrum } from '../metrics/gaussian-bound';
import { SpectrumEstimator } from '../metrics/spectrum';
import { SAMPLE_RATE } from '../recordings/adc';
import { corpusHash, readCodes, type Corpus } from '../recordings/corpus';
import { hashCode } from '../measuring/code-fingerprint';
import { projectRoot } from '../files/project-root';

/** Samples of a segment of the spectral estimate: long enough to resolve the slow power. */
const SEGMENT = 4096;

/** Compression ratios at which the bound is given. */
const RATIOS = [4, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 400];

/**
 * Highest PSNR at a compression ratio, if the recordings were stationary and Gaussian (see `gaussianBound`). The
 * estimate takes some seconds for a large corpus; it is kept under `.cache/bounds/`.
 */
export async function corpusBound(corpus: Corpus): Promise<readonly CorpusBoundPoint[]> {
  const code = await hashCode(['lib/metrics/gaussian-bound.ts', 'lib/metrics/spectrum.ts']);
  const key = createHash('sha256')
    .update(JSON.stringify([code, corpusHash(corpus), SEGMENT, RATIOS]))
    .digest('hex');
  const path = join(projectRoot(), '.cache', 'bounds', `${key.slice(0, 32)}.json`);
  const kept = readKept(path);
  if (kept) return JSON.parse(kept.toString()) as CorpusBoundPoint[];
  const estimator = new SpectrumEstimator(SEGMENT, SAMPLE_RATE);
  const recordings: RecordingSpectrum[] = [];
  for (const recording of corpus.recordings) {
    const spectrum = estimator.estimate(Float64Array.from(readCodes(recording)));
    recordings.push({ spectrum, samples: recording.samples });
    // Lets an interrupt in.
    await setImmediate();
  }
  const bound = gaussianBound(recordings, RATIOS).map(({ compressionRatio, psnr }) => ({
    compressionRatio: Number(compressionRatio.toPrecision(6)),
    psnr: Number(psnr.toPrecision(6)),
  }));
  writeKept(path, JSON.stringify(bound));
  return bound;
}
