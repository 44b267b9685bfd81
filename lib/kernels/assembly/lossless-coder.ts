// The lossless coder in one loop: prediction on the linear scale, the mixture of distributions, the range coder. The
// specification is lib/codecs/lossless/{predictor,code-model,linear-scale}.ts, and the bytes are the same: sums are taken
// in the same order, and what is done two at a time stands alone.

import { expertBelow, learnVariances, learnWeights, mixedBelow, scaleExperts, STEPS_PER_SIGMA } from './expert-mixture';
import {
  encodeSymbol, endDecoder, FAULT_CODE, FREQUENCY_TOTAL, nextTarget, pieceEnd, startPiece, takeSymbol,
} from './frequency-coder';
import { eliminateColumn, gatherMoments, scaleMoments, substituteBack } from './ridge';

export { finishEncoder, hasCarriedOut, startDecoder, startEncoder } from './frequency-coder';

const ADC_CODES: i32 = 1024;
const MAX_CODE: i32 = 1023;
const ORIGIN_CODE: i32 = 526;

const FIXED_ORDER: u32 = 32;
const HISTORY: u32 = 1024;
const BLOCK: u32 = 128;
const FADING: f64 = 1 - 1.0 / 512;
const FIRST_VARIANCE: f64 = 36;
const LEAST_VARIANCE: f64 = 0.01;
const SCALE_RATE: f64 = 1.0 / 1024;
const WEIGHT_RATE: f64 = 1.0 / 256;
const WEIGHT_OFFSET: f64 = 0.3;
const FARTHEST: f64 = 1024;

const SPREAD_TOTAL: f64 = 16776192;

const WIDTH_BLOCK: u32 = 4096;
const WIDTH_WARM_UP: u32 = 200;
const WIDTH_REACH: f64 = 4.5;
const LEAST_WIDTH: f64 = 1.0 / 1024;
const FIRMNESS: f64 = 300;

// Where constants lie, which the caller fills in …
const FIXED: usize = 0;
const PRIOR_WEIGHTS: usize = 256;
const PRECISIONS: usize = 768;
const GIVEN: usize = 1280;
const GAUSSIAN: usize = 9472;
const STUDENT: usize = 25856;
const QUANTILES: usize = 42240;
// … and the state.
const SAMPLES: usize = 44288;
const INNOVATIONS: usize = 52736;
const MEANS: usize = 61184;
const FEATURES: usize = 61696;
const WEIGHTS: usize = 62208;
const COLUMN: usize = 62720;
const VARIANCES: usize = 63232;
const FACTORS: usize = 63264;
const EXPERT_WEIGHTS: usize = 63296;
const LOWER: usize = 63328;
const UPPER: usize = 63360;
const EDGES: usize = 63424;
const LEVELS: usize = 71632;
const RECIPROCALS: usize = 79824;
const EXPECTED: usize = 88016;
const SEEN: usize = 96208;
const WIDTHS: usize = 104400;
const CELLS: usize = 112592;
const MOMENTS: usize = 116688;
const WORK: usize = 149968;
const MODEL_BYTES: usize = 183248;

/** Cells of the map from the linear scale to codes, which says where a search starts. */
const CELL_COUNT: i32 = 2048;
const CELL_CENTER: i32 = 1024;

let state: usize = 0;
let innovationCount: u32 = 0;
let burstCount: u32 = 0;
let averageCount: u32 = 0;
let riseCount: u32 = 0;
let learnsEvery: u32 = 1;
let learnsWidths: bool = false;
let size: u32 = 0;

// The predictor.
let newest: u32 = 0;
let newestSample: f64 = 0;
let newestInnovation: f64 = 0;
let count: u32 = 0;
let fixedPrediction: f64 = 0;
let scaleVariance: f64 = 0;
let weightVariance: f64 = 0;
let prediction: f64 = 0;
let lastAtRail: bool = false;

/** Bytes that {@link startModel} takes: constants, then state. */
export function modelBytes(): usize {
  return MODEL_BYTES;
}

/**
 * A model that has seen nothing.
 *
 * @param model - 32 factors of the fixed predictor, 64 weights and 64 precisions of the prior, 1024 code widths;
 *   the two distributions, each 1024 pairs of an entry and the rise to the next; 256 quantiles of the normal
 *   distribution; all f64; then room for state
 * @param innovations, bursts, averages, rises - number of features of each kind, each even, together a multiple of 8,
 *   at most 64
 * @param every - the predictor learns from every so many samples, a power of two
 * @param learns - whether widths are learned
 */
export function startModel(
  model: usize, innovations: u32, bursts: u32, averages: u32, rises: u32, every: u32, learns: bool,
): void {
  state = model;
  innovationCount = innovations;
  burstCount = bursts;
  averageCount = averages;
  riseCount = rises;
  learnsEvery = every;
  learnsWidths = learns;
  size = innovations + 2 * bursts + averages + 2 * rises;
  memory.fill(state + SAMPLES, 0, MODEL_BYTES - SAMPLES);
  memory.copy(state + WEIGHTS, state + PRIOR_WEIGHTS, <usize>size << 3);
  memory.copy(state + WIDTHS, state + GIVEN, 8 * ADC_CODES);
  place();
  newest = HISTORY;
  newestSample = 0;
  newestInnovation = 0;
  count = 0;
  scaleVariance = FIRST_VARIANCE;
  weightVariance = FIRST_VARIANCE;
  lastAtRail = false;
  for (let k: usize = 0; k < 32; k += 8) {
    store<f64>(state + VARIANCES + k, FIRST_VARIANCE);
    store<f64>(state + EXPERT_WEIGHTS + k, 0.25);
  }
}

/** Edges, levels and the map of cells from the widths. */
function place(): void {
  const edges = state + EDGES;
  store<f64>(edges + 8 * ORIGIN_CODE, 0);
  for (let k = ORIGIN_CODE; k < ADC_CODES; k++) {
    const at = <usize>k << 3;
    store<f64>(edges + at + 8, load<f64>(edges + at) + load<f64>(state + WIDTHS + at));
  }
  for (let k = ORIGIN_CODE - 1; k >= 0; k--) {
    const at = <usize>k << 3;
    store<f64>(edges + at, load<f64>(edges + at + 8) - load<f64>(state + WIDTHS + at));
  }
  for (let k = 0; k < ADC_CODES; k++) {
    const at = <usize>k << 3;
    store<f64>(state + LEVELS + at, 0.5 * (load<f64>(edges + at) + load<f64>(edges + at + 8)));
    store<f64>(state + RECIPROCALS + at, 1 / load<f64>(state + WIDTHS + at));
  }
  store<f64>(edges, -Infinity);
  store<f64>(edges + 8 * ADC_CODES, Infinity);
  let code = 0;
  for (let i = 0; i < CELL_COUNT; i++) {
    const place = <f64>(i - CELL_CENTER);
    while (load<f64>(edges + (<usize>(code + 1) << 3)) <= place) code++;
    store<u16>(state + CELLS + (<usize>i << 1), <u16>code);
  }
}

function learnScale(): void {
  for (let k: usize = 8; k < 8 * MAX_CODE; k += 8) {
    const width =
      (load<f64>(state + SEEN + k) + FIRMNESS * load<f64>(state + GIVEN + k)) /
      (load<f64>(state + EXPECTED + k) + FIRMNESS);
    store<f64>(state + WIDTHS + k, width < LEAST_WIDTH ? LEAST_WIDTH : width);
  }
  place();
}

/**
 * Σ a·b in eight parts, which are joined pair by pair.
 *
 * @param first - what lies at `b`: it may have been stored half by half just before, and then loading it whole takes
 *   long
 */
@inline
function dot(a: usize, b: usize, terms: u32, first: v128): f64 {
  let p = f64x2.mul(v128.load(a), first);
  let q = f64x2.mul(v128.load(a, 16), v128.load(b, 16));
  let r = f64x2.mul(v128.load(a, 32), v128.load(b, 32));
  let s = f64x2.mul(v128.load(a, 48), v128.load(b, 48));
  const end = a + (<usize>terms << 3);
  for (a += 64, b += 64; a < end; a += 64, b += 64) {
    p = f64x2.add(p, f64x2.mul(v128.load(a), v128.load(b)));
    q = f64x2.add(q, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
    r = f64x2.add(r, f64x2.mul(v128.load(a, 32), v128.load(b, 32)));
    s = f64x2.add(s, f64x2.mul(v128.load(a, 48), v128.load(b, 48)));
  }
  const sum = f64x2.add(f64x2.add(p, q), f64x2.add(r, s));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** What exceeds ±threshold, by as much as it does. */
@inline
function excess(values: v128, threshold: v128): v128 {
  return f64x2.add(below(values, threshold), above(values, threshold));
}

@inline
function below(values: v128, threshold: v128): v128 {
  return f64x2.pmin(f64x2.splat(0), f64x2.add(values, threshold));
}

@inline
function above(values: v128, threshold: v128): v128 {
  return f64x2.pmax(f64x2.splat(0), f64x2.sub(values, threshold));
}

/** Two numbers that follow each other in memory, the first of which is at hand. */
@inline
function pairOf(first: f64, address: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, load<f64>(address, 8));
}

/** Writes the features, two at a time. */
@inline
function observe(samples: usize, innovations: usize, newestInnovations: v128): void {
  const deviation = sqrt(scaleVariance);
  let feature = state + FEATURES;
  v128.store(feature, newestInnovations);
  feature += 16;
  for (let i: u32 = 2; i < innovationCount; i += 2, feature += 16) {
    v128.store(feature, v128.load(innovations + (<usize>i << 3)));
  }
  const threshold = f64x2.splat(2 * deviation);
  let pair = newestInnovations;
  const apart = <usize>burstCount << 3;
  for (let i: u32 = 0; i < burstCount; i += 2, feature += 16) {
    if (i > 0) pair = v128.load(innovations + (<usize>i << 3));
    v128.store(feature, below(pair, threshold));
    v128.store(feature + apart, above(pair, threshold));
  }
  feature += apart;
  const last = f64x2.splat(newestSample);
  for (let i: u32 = 0; i < averageCount; i += 2, feature += 16) {
    v128.store(feature, f64x2.sub(last, v128.load(state + MEANS + (<usize>i << 3))));
  }
  const half = f64x2.splat(0.5);
  const small = f64x2.splat(deviation);
  const large = f64x2.splat(3 * deviation);
  for (let i: u32 = 0; i < riseCount; i += 2, feature += 16) {
    const rise = f64x2.mul(half, f64x2.sub(last, v128.load(samples + (<usize>i << 3), 8)));
    v128.store(feature, excess(rise, small));
    v128.store(feature + (<usize>riseCount << 3), excess(rise, large));
  }
}

/** Prediction and the factors of the experts for the next sample. */
@inline
function startSample(): void {
  const samples = state + SAMPLES + (<usize>newest << 3);
  const innovations = state + INNOVATIONS + (<usize>newest << 3);
  const newestInnovations = pairOf(newestInnovation, innovations);
  observe(samples, innovations, newestInnovations);
  fixedPrediction = dot(state + FIXED, samples, FIXED_ORDER, pairOf(newestSample, samples));
  const predicted = fixedPrediction + dot(state + WEIGHTS, state + FEATURES, size, newestInnovations);
  prediction = predicted < -FARTHEST ? -FARTHEST : predicted > FARTHEST ? FARTHEST : predicted;
  scaleExperts(state + VARIANCES, state + FACTORS);
}

/** What all experts say of the codes below this one goes to `target`. @returns the frequencies below it */
@inline
function cumulative(code: i32, target: usize): i32 {
  const mixed = mixedBelow(
    state + GAUSSIAN, state + GAUSSIAN, state + GAUSSIAN, state + STUDENT,
    load<f64>(state + EDGES + (<usize>code << 3)) - prediction, state + FACTORS, state + EXPERT_WEIGHTS, target,
  );
  if (code == ADC_CODES) return FREQUENCY_TOTAL;
  return <i32>(mixed * SPREAD_TOTAL) + code;
}

/** Learns from a code, after LOWER and UPPER were filled in by {@link cumulative}. */
@inline
function updateModel(code: i32): void {
  learnWeights(state + EXPERT_WEIGHTS, state + LOWER, state + UPPER);
  const sample = load<f64>(state + LEVELS + (<usize>code << 3));
  if (learnsWidths) observeWidths(code);
  const error = sample - prediction;
  const fastRates = f64x2(1.0 / 32, 1.0 / 256);
  const slowRates = f64x2(1.0 / 4096, 1.0 / 4096);
  learnVariances(state + VARIANCES, error * error, fastRates, slowRates, LEAST_VARIANCE);
  updatePredictor(sample);
  if (learnsWidths && count % WIDTH_BLOCK == 0) learnScale();
}

@inline
function updatePredictor(sample: f64): void {
  const innovation = sample - fixedPrediction;
  if ((count & (learnsEvery - 1)) == 0) gather(innovation);
  const square = innovation * innovation;
  const near = weightVariance + (square - weightVariance) * WEIGHT_RATE;
  weightVariance = near < LEAST_VARIANCE ? LEAST_VARIANCE : near;
  const wide = scaleVariance + (square - scaleVariance) * SCALE_RATE;
  scaleVariance = wide < LEAST_VARIANCE ? LEAST_VARIANCE : wide;
  if (newest == 0) {
    memory.copy(state + SAMPLES + 8 * HISTORY, state + SAMPLES, 8 * FIXED_ORDER);
    memory.copy(state + INNOVATIONS + 8 * HISTORY, state + INNOVATIONS, 8 * FIXED_ORDER);
    newest = HISTORY;
  }
  newest--;
  newestSample = sample;
  newestInnovation = innovation;
  store<f64>(state + SAMPLES + (<usize>newest << 3), sample);
  store<f64>(state + INNOVATIONS + (<usize>newest << 3), innovation);

  // From then on it is below every rate.
  const share = f64x2.splat(count >> (2 * averageCount) == 0 ? 1 / (<f64>count + 2) : 0);
  const samples = f64x2.splat(sample);
  let rates = f64x2(1.0 / 4, 1.0 / 16);
  for (let i: u32 = 0; i < averageCount; i += 2) {
    const at = state + MEANS + (<usize>i << 3);
    const means = v128.load(at);
    v128.store(at, f64x2.add(means, f64x2.mul(f64x2.pmax(rates, share), f64x2.sub(samples, means))));
    rates = f64x2.mul(rates, f64x2.splat(1.0 / 16));
  }
  count++;
  if (count % BLOCK == 0) solve();
}

@inline
function gather(innovation: f64): void {
  const weight = 1 / (weightVariance + WEIGHT_OFFSET);
  gatherMoments(state + MOMENTS, state + FEATURES, size, weight, innovation);
}

function solve(): void {
  const stride = <usize>size << 3;
  const work = state + WORK;
  const column = state + COLUMN;
  memory.copy(work, state + MOMENTS, (<usize>size + 1) * stride);
  const last = work + size * stride;
  for (let i: u32 = 0; i < size; i++) {
    const at = <usize>i << 3;
    const precision = load<f64>(state + PRECISIONS + at);
    const diagonal = work + i * stride + at;
    store<f64>(diagonal, load<f64>(diagonal) + precision);
    store<f64>(last + at, load<f64>(last + at) + precision * load<f64>(state + PRIOR_WEIGHTS + at));
  }
  for (let k: u32 = 0; k < size; k++) {
    eliminateColumn(work, column, size, k, 0.5 * load<f64>(state + PRECISIONS + (<usize>k << 3)));
  }
  substituteBack(work, size, state + WEIGHTS);
  scaleMoments(state + MOMENTS, size, FADING);
}

function observeWidths(code: i32): void {
  const atRail = code == 0 || code == MAX_CODE;
  const usable = !atRail && !lastAtRail && count >= WIDTH_WARM_UP;
  lastAtRail = atRail;
  if (!usable) return;
  const edges = state + EDGES;
  const factor = load<f64>(state + FACTORS, 16);
  const reach = (WIDTH_REACH * STEPS_PER_SIGMA) / factor;
  const lowest = prediction - reach;
  const highest = prediction + reach;
  let k = <usize>code << 3;
  while (k > 8 && load<f64>(edges + k) > lowest) k -= 8;
  while (k < 8 * (MAX_CODE - 1) && load<f64>(edges + k, 8) <= lowest) k += 8;
  let below = expertBelow(state + GAUSSIAN, load<f64>(edges + k) - prediction, factor);
  for (; k < 8 * MAX_CODE; k += 8) {
    const edge = load<f64>(edges + k, 8);
    const above = expertBelow(state + GAUSSIAN, edge - prediction, factor);
    const expected = state + EXPECTED + k;
    store<f64>(expected, load<f64>(expected) + (above - below) * load<f64>(state + RECIPROCALS + k));
    below = above;
    if (edge > highest) break;
  }
  const seen = state + SEEN + (<usize>code << 3);
  store<f64>(seen, load<f64>(seen) + 1);
}

/**
 * Codes the next samples.
 *
 * @param codes - u16, 0 … 1023
 * @param output - room for all bytes of these samples: four a sample, and eight
 * @returns where the bytes end
 */
export function encodeCodes(codes: usize, length: u32, output: usize): usize {
  startPiece(output);
  for (let i: u32 = 0; i < length; i++) {
    const code = <i32>load<u16>(codes + (<usize>i << 1));
    startSample();
    const start = cumulative(code, state + LOWER);
    encodeSymbol(start, cumulative(code + 1, state + UPPER));
    updateModel(code);
  }
  return pieceEnd();
}

/** Where the search for a code starts: the quantile of the normal distribution that the target stands for. */
@inline
function guess(target: i32): i32 {
  const scales = f64x2.add(
    f64x2.mul(v128.load(state + EXPERT_WEIGHTS), f64x2.sqrt(v128.load(state + VARIANCES))),
    f64x2.mul(v128.load(state + EXPERT_WEIGHTS, 16), f64x2.sqrt(v128.load(state + VARIANCES, 16))),
  );
  const deviation = f64x2.extract_lane(scales, 0) + f64x2.extract_lane(scales, 1);
  const place = prediction + deviation * load<f64>(state + QUANTILES + (<usize>(target >> 16) << 3));
  const cell = <i32>min<f64>(max<f64>(place + <f64>CELL_CENTER, 0), <f64>(CELL_COUNT - 1));
  const code = <i32>load<u16>(state + CELLS + (<usize>cell << 1));
  // A cell begins in this code, and may end in the next.
  return code + i32(load<f64>(state + EDGES + (<usize>code << 3), 8) <= place);
}

/**
 * Decodes the next samples.
 *
 * @param codes - u16, filled in
 * @returns a fault when no encoder wrote these bytes, or 0
 */
export function decodeCodes(codes: usize, length: u32): i32 {
  for (let i: u32 = 0; i < length; i++) {
    startSample();
    const target = nextTarget();
    if (target >= FREQUENCY_TOTAL) return FAULT_CODE;
    let code = guess(target);
    let start = cumulative(code, state + LOWER);
    let next: i32;
    if (start <= target) {
      next = cumulative(code + 1, state + UPPER);
      while (next <= target) {
        code++;
        start = next;
        v128.store(state + LOWER, v128.load(state + UPPER));
        v128.store(state + LOWER, v128.load(state + UPPER, 16), 16);
        next = cumulative(code + 1, state + UPPER);
      }
    } else {
      do {
        code--;
        next = start;
        v128.store(state + UPPER, v128.load(state + LOWER));
        v128.store(state + UPPER, v128.load(state + LOWER, 16), 16);
        start = cumulative(code, state + LOWER);
      } while (start > target);
    }
    const fault = takeSymbol(start, next);
    if (fault != 0) return fault;
    store<u16>(codes + (<usize>i << 1), <u16>code);
    updateModel(code);
  }
  return 0;
}

/** @returns a fault when bytes are left, so that no encoder wrote them, or 0 */
export function finishDecoder(): i32 {
  return endDecoder(false);
}
