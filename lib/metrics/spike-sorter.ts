/**
 * A small spike sorter. It tells whether a sorter finds the same cells in a decoded signal as in the
 * original.
 *
 * The usual steps (M. S. Lewicki, "A review of methods for spike sorting: the detection and classification of
 * neural action potentials", Network 9, 1998): waveforms around the peaks, their first principal components,
 * and a mixture of Gaussian distributions. The number of distributions is chosen by the integrated completed
 * likelihood (C. Biernacki, G. Celeux and G. Govaert, "Assessing a mixture model for clustering with the
 * integrated completed likelihood", IEEE Transactions on Pattern Analysis and Machine Intelligence 22, 2000):
 * the Bayesian information criterion plus twice the entropy of the assignment. Without the entropy, spikes
 * whose amplitudes end at the threshold are taken for several cells. It is deterministic and has no state:
 * the same signal is sorted in the same way every time.
 */
import {
  certainResponsibilities,
  expectation,
  fitMixture,
  mixtureOf,
  mostProbable,
  type GaussianMixture,
} from '../numerics/gaussian-mixture';
import { kMeans, spreadCenters } from '../numerics/k-means';
import { principalComponents } from '../numerics/principal-components';
import { uniformNumbers } from '../numerics/random';

/** Number of principal components used for clustering. */
const COMPONENTS = 3;

/** Largest number of clusters that is tried. */
const MOST_CLUSTERS = 5;

/** Fewest spikes for each cluster that is tried: its seven numbers cannot be estimated from fewer. */
const SPIKES_PER_CLUSTER = 10;

/** Most iterations of k-means, and of expectation–maximization after it. */
const ITERATIONS = 20;

/**
 * Least standard deviation of a cluster, relative to the noise: without it, a few equal spikes would count as
 * a cell.
 */
const NARROWEST = 0.5;

/** Number of random starts of each mixture: a single start finds the best mixture too seldom. */
const STARTS = 5;

/** Clusters learned from the spikes of one signal. */
export interface SpikeClusters {
  /** Number of clusters, 1 or more. */
  readonly count: number;
  /** Number of the cluster of each waveform. */
  readonly labels: Uint8Array;
  /**
   * Assigns other waveforms to the clusters.
   *
   * @param waveforms - whole windows, one after another
   */
  assign(waveforms: Float64Array): Uint8Array;
}

/**
 * Positions of spike peaks between samples: the vertex of the parabola through the peak and the samples
 * beside it. With peaks at whole samples, waveforms of one cell that are a sample apart look like two cells.
 *
 * @param peaks - sample numbers of local maxima of the magnitude
 * @returns within half a sample of the peaks
 */
export function peaksBetweenSamples(signal: Float64Array, peaks: Int32Array): Float64Array {
  return Float64Array.from(peaks, (peak) => {
    if (peak < 1 || peak + 1 >= signal.length) return peak;
    const [before, at, after] = [signal[peak - 1]!, signal[peak]!, signal[peak + 1]!];
    const curvature = before - 2 * at + after;
    const shift = curvature === 0 ? 0 : (before - after) / (2 * curvature);
    return peak + Math.max(-0.5, Math.min(0.5, shift));
  });
}

/**
 * The windows around peaks, by cubic interpolation (R. Keys, "Cubic convolution interpolation for digital
 * image processing", IEEE Transactions on Acoustics, Speech, and Signal Processing 29, 1981); a peak whose
 * window does not lie within the signal is left out.
 *
 * @param peaks - positions in samples, ascending, whole or not
 * @param lead - samples of a window before the peak
 * @param window - samples of a window
 * @param unit - divisor of the waveforms
 * @returns the waveforms, one after another, and the index of the peak of each
 */
export function cutWaveforms(
  signal: Float64Array,
  peaks: Float64Array,
  lead: number,
  window: number,
  unit: number,
): { readonly waveforms: Float64Array; readonly indices: number[] } {
  const indices: number[] = [];
  peaks.forEach((peak, k) => {
    const start = Math.floor(peak) - lead;
    if (start >= 1 && start + window + 2 <= signal.length) indices.push(k);
  });
  const waveforms = new Float64Array(indices.length * window);
  indices.forEach((k, row) => {
    const first = Math.floor(peaks[k]!);
    const t = peaks[k]! - first;
    const weights = [
      t * (-0.5 + t * (1 - 0.5 * t)),
      1 + t * t * (-2.5 + 1.5 * t),
      t * (0.5 + t * (2 - 1.5 * t)),
      t * t * (-0.5 + 0.5 * t),
    ];
    for (let i = 0; i < window; i++) {
      const at = first - lead + i;
      let sum = 0;
      for (let j = 0; j < 4; j++) sum += weights[j]! * signal[at - 1 + j]!;
      waveforms[row * window + i] = sum / unit;
    }
  });
  return { waveforms, indices };
}

/**
 * Learns the clusters of waveforms. Numbers of clusters from 1 to 5 are tried while there are ten waveforms
 * for each; the lowest integrated completed likelihood criterion decides, and among equal ones the smallest
 * number.
 *
 * @param waveforms - whole windows, one after another, in standard deviations of the noise
 * @param window - samples of a window, 3 or more
 */
export function learnClusters(waveforms: Float64Array, window: number): SpikeClusters {
  const spikes = waveforms.length / window;
  const most = Math.max(1, Math.min(MOST_CLUSTERS, Math.floor(spikes / SPIKES_PER_CLUSTER)));
  if (most === 1) {
    return {
      count: 1,
      labels: new Uint8Array(spikes),
      assign: (others) => new Uint8Array(others.length / window),
    };
  }
  const { mean, components } = principalComponents(waveforms, window);
  const scoresOf = (others: Float64Array): Float64Array => {
    const count = others.length / window;
    const scores = new Float64Array(count * COMPONENTS);
    for (let k = 0; k < count; k++) {
      for (let c = 0; c < COMPONENTS; c++) {
        let sum = 0;
        for (let i = 0; i < window; i++) {
          sum += components[c * window + i]! * (others[k * window + i]! - mean[i]!);
        }
        scores[k * COMPONENTS + c] = sum;
      }
    }
    return scores;
  };
  const points = scoresOf(waveforms);
  let best: { readonly mixture: GaussianMixture; readonly criterion: number } | undefined;
  for (let count = 1; count <= most; count++) {
    const { mixture, logLikelihood } = fitted(points, count);
    const parameters = count * (2 * COMPONENTS + 1) - 1;
    const { responsibilities } = expectation(points, COMPONENTS, mixture);
    const criterion =
      parameters * Math.log(spikes) - 2 * spikes * logLikelihood + 2 * assignmentEntropy(responsibilities);
    if (best === undefined || criterion < best.criterion) best = { mixture, criterion };
  }
  const { mixture } = best!;
  const count = mixture.weights.length;
  const labelsOf = (scores: Float64Array): Uint8Array =>
    mostProbable(expectation(scores, COMPONENTS, mixture).responsibilities, count);
  return { count, labels: labelsOf(points), assign: (others) => labelsOf(scoresOf(others)) };
}

/** Entropy of the assignment of all points to distributions, nats. */
function assignmentEntropy(responsibilities: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < responsibilities.length; i++) {
    const share = responsibilities[i]!;
    if (share > 0) sum -= share * Math.log(share);
  }
  return sum;
}

interface Fitted {
  readonly mixture: GaussianMixture;
  /** Mean over the points. */
  readonly logLikelihood: number;
}

/** The most likely mixture of so many distributions, over several starts. */
function fitted(points: Float64Array, count: number): Fitted {
  const floor = NARROWEST * NARROWEST;
  let best: Fitted | undefined;
  // A single distribution comes out the same from every start.
  for (let start = 1; start <= (count === 1 ? 1 : STARTS); start++) {
    const centers = spreadCenters(points, COMPONENTS, count, uniformNumbers(start));
    const { labels } = kMeans(points, COMPONENTS, centers, ITERATIONS);
    const initial = mixtureOf(points, COMPONENTS, certainResponsibilities(labels, count), floor);
    const { mixture, logLikelihood } = fitMixture(points, COMPONENTS, initial, floor, ITERATIONS);
    const last = logLikelihood[logLikelihood.length - 1]!;
    if (best === undefined || last > best.logLikelihood) best = { mixture, logLikelihood: last };
  }
  return best!;
}
