/**
 * Predicts the next sample: a fixed linear predictor, followed by one that learns from the recording.
 *
 * The second predicts the residual of the first (the innovation) from features of the past: earlier innovations, bursts
 * (large innovations), distances to running means, and large rises. Its weights are those of least squares with a
 * prior, each sample weighted by the reciprocal of the local variance (ridge regression; C. M. Bishop, Pattern
 * Recognition and Machine Learning, 2006, eq. 3.50–3.55). They are solved anew every 128 samples, so no signal can make
 * them diverge.
 */
import { featureCount, FIXED_ORDER, SUM_PARTS, type LosslessPreset } from './preset';
import { eliminateColumn, gatherMoments, substituteBack } from './ridge';

/** Samples from one solution to the next. */
export const BLOCK = 128;
/** Factor of the moments after each block: a memory of 65,536 samples. */
const FADING = 1 - 1 / 512;

/** Variances to start from, in the square of a mean code width. */
export const FIRST_VARIANCE = 36;
export const LEAST_VARIANCE = 0.01;
/**
 * Share of the newest squared innovation in two running variances: the scale of bursts and rises, and the weight of a
 * sample.
 */
const SCALE_RATE = 1 / 1024;
const WEIGHT_RATE = 1 / 256;
/** Keeps the weight of a sample finite. */
const WEIGHT_OFFSET = 0.3;

/** Threshold of a burst, in standard deviations. */
const BURST = 2;
/** Thresholds of half a rise, in standard deviations. */
const RISES = [1, 3];

/** Predictions lie within ±1024. */
const FARTHEST = 1024;

/** Length of the history buffer; when it is full, the newest samples move to its other end. */
const HISTORY = 1024;

/** Σ a[i]·b[at + i] in eight parts, which are joined pair by pair: the order of additions in the kernel. */
export function dot(a: Float64Array, b: Float64Array, at: number): number {
  let p0 = 0;
  let p1 = 0;
  let p2 = 0;
  let p3 = 0;
  let p4 = 0;
  let p5 = 0;
  let p6 = 0;
  let p7 = 0;
  for (let i = 0; i < a.length; i += SUM_PARTS) {
    const j = at + i;
    p0 += a[i]! * b[j]!;
    p1 += a[i + 1]! * b[j + 1]!;
    p2 += a[i + 2]! * b[j + 2]!;
    p3 += a[i + 3]! * b[j + 3]!;
    p4 += a[i + 4]! * b[j + 4]!;
    p5 += a[i + 5]! * b[j + 5]!;
    p6 += a[i + 6]! * b[j + 6]!;
    p7 += a[i + 7]! * b[j + 7]!;
  }
  return p0 + p2 + (p4 + p6) + (p1 + p3 + (p5 + p7));
}

/** The signed amount by which a value exceeds ±threshold; 0 within it. */
function excess(value: number, threshold: number): number {
  const above = value - threshold;
  const below = value + threshold;
  return above > 0 ? above : below < 0 ? below : 0;
}

/** The fields of a preset that the predictor uses. */
export type PredictorPreset = Pick<LosslessPreset, 'features' | 'fixed' | 'prior' | 'learnsEvery'>;

/** Predicts one sample after another on the linear scale. */
export class Predictor {
  /** Features of the next sample; filled in by {@link predict}. */
  readonly features: Float64Array;
  /** The innovation of the last sample. */
  innovation = 0;
  /** Past samples and innovations, the newest at `newest`, older ones after it. */
  private readonly samples = new Float64Array(HISTORY + FIXED_ORDER);
  private readonly innovations = new Float64Array(HISTORY + FIXED_ORDER);
  private newest = HISTORY;
  private readonly means: Float64Array;
  private readonly fixed: Float64Array;
  private readonly weights: Float64Array;
  private readonly priorWeights: Float64Array;
  private readonly precisions: Float64Array;
  private fixedPrediction = 0;
  private scaleVariance = FIRST_VARIANCE;
  private weightVariance = FIRST_VARIANCE;
  /** Samples seen. */
  private count = 0;
  /** Lower triangle, row by row, of Σ w·f·fᵀ; and Σ w·f·innovation as one row more. */
  private readonly moments: Float64Array;
  private readonly work: Float64Array;
  private readonly column: Float64Array;
  private readonly size: number;

  constructor(private readonly preset: PredictorPreset) {
    this.size = featureCount(preset.features);
    this.features = new Float64Array(this.size);
    this.means = new Float64Array(preset.features.averages);
    this.fixed = Float64Array.from(preset.fixed);
    this.priorWeights = Float64Array.from(preset.prior.weights);
    this.precisions = Float64Array.from(preset.prior.precisions);
    this.weights = this.priorWeights.slice();
    this.moments = new Float64Array((this.size + 1) * this.size);
    this.work = new Float64Array((this.size + 1) * this.size);
    this.column = new Float64Array(this.size);
  }

  /** Weight of the next sample: the reciprocal of the local variance. */
  get weight(): number {
    return 1 / (this.weightVariance + WEIGHT_OFFSET);
  }

  /** The sample to come, −1024…1024. */
  predict(): number {
    this.fixedPrediction = dot(this.fixed, this.samples, this.newest);
    this.observe();
    const prediction = this.fixedPrediction + dot(this.weights, this.features, 0);
    return prediction < -FARTHEST ? -FARTHEST : prediction > FARTHEST ? FARTHEST : prediction;
  }

  /** Learns from the sample that came, after {@link predict}. */
  update(sample: number): void {
    const innovation = sample - this.fixedPrediction;
    this.innovation = innovation;
    if (this.count % this.preset.learnsEvery === 0)
      gatherMoments(this.moments, this.features, this.size, this.weight, innovation);

    const square = innovation * innovation;
    const near = this.weightVariance + (square - this.weightVariance) * WEIGHT_RATE;
    this.weightVariance = near < LEAST_VARIANCE ? LEAST_VARIANCE : near;
    const wide = this.scaleVariance + (square - this.scaleVariance) * SCALE_RATE;
    this.scaleVariance = wide < LEAST_VARIANCE ? LEAST_VARIANCE : wide;
    this.remember(sample, innovation);

    const { means } = this;
    const share = 1 / (this.count + 2);
    let rate = 0.25;
    for (let i = 0; i < means.length; i++) {
      means[i]! += (share > rate ? share : rate) * (sample - means[i]!);
      rate *= 0.25;
    }
    this.count++;
    if (this.count % BLOCK === 0) this.solve();
  }

  private remember(sample: number, innovation: number): void {
    if (this.newest === 0) {
      this.samples.copyWithin(HISTORY, 0, FIXED_ORDER);
      this.innovations.copyWithin(HISTORY, 0, FIXED_ORDER);
      this.newest = HISTORY;
    }
    this.newest--;
    this.samples[this.newest] = sample;
    this.innovations[this.newest] = innovation;
  }

  private observe(): void {
    const { features, samples, innovations, means, newest } = this;
    const { innovations: linear, bursts, averages, rises } = this.preset.features;
    const deviation = Math.sqrt(this.scaleVariance);
    let at = 0;
    for (let i = 0; i < linear; i++) features[at++] = innovations[newest + i]!;
    const threshold = BURST * deviation;
    for (let i = 0; i < bursts; i++) {
      const below = innovations[newest + i]! + threshold;
      features[at++] = below < 0 ? below : 0;
    }
    for (let i = 0; i < bursts; i++) {
      const above = innovations[newest + i]! - threshold;
      features[at++] = above > 0 ? above : 0;
    }
    const last = samples[newest]!;
    for (let i = 0; i < averages; i++) features[at++] = last - means[i]!;
    for (const factor of RISES) {
      for (let i = 0; i < rises; i++) {
        features[at++] = excess(0.5 * (last - samples[newest + i + 1]!), factor * deviation);
      }
    }
  }

  /** Weights from the moments and the prior, by L·D·Lᵀ without pivoting; then lets the moments fade. */
  private solve(): void {
    const { moments, work, column, size, weights, precisions, priorWeights } = this;
    work.set(moments);
    const last = size * size;
    for (let i = 0; i < size; i++) {
      work[i * size + i]! += precisions[i]!;
      work[last + i]! += precisions[i]! * priorWeights[i]!;
    }
    for (let k = 0; k < size; k++) eliminateColumn(work, column, size, k, 0.5 * precisions[k]!);
    substituteBack(work, size, weights);
    for (let i = 0; i < moments.length; i++) moments[i]! *= FADING;
  }
}
