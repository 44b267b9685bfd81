// Channels of any digitizer in one loop: prediction, the mixture of distributions, the range coder. The specification is
// lib/codecs/lossless/{channel-model,channel-coder}.ts, and the bytes are the same: sums are taken in the
// same order.

import { expertBelow, learnVariances, learnWeights, mixedBelow, scaleExperts, STEPS_PER_SIGMA } from './expert-mixture';
import {
  encodeSymbol, endDecoder, FAULT_CODE, FREQUENCY_TOTAL, nextTarget, pieceEnd, startPiece, takeSymbol,
} from './frequency-coder';
import { addTo, eliminateColumn, gatherMoments, scaleMoments, substituteBack } from './ridge';

export { finishEncoder, hasCarriedOut, startDecoder, startEncoder } from './frequency-coder';

const REFERENCE_LAGS: u32 = 4;
const FIRST_VARIANCE: f64 = 400;
const LEAST_VARIANCE: f64 = 1.0 / 64;
const WEIGHT_RATE: f64 = 1.0 / 16;
const WEIGHT_OFFSET: f64 = 0.3;
const BLOCK: u32 = 128;
const FIRST_SOLUTION: u32 = 32;
const FADING: f64 = 1 - 1.0 / 128;
const CARRIED: f64 = 1.0 / 16;
const SECOND_RATE: f64 = 0.01;
const SECOND: u32 = 16;

const CLASSES: i32 = 64;
const WIDTH_BLOCK: u32 = 4096;
const WIDTH_WARM_UP: u32 = 100;
const WIDTH_REACH: f64 = 4.5;
const NEAR_REACH: f64 = 64;
const FAR_REACH: f64 = 512;
const MOST_CODES_BESIDE: i32 = 1024;
const LEAST_WIDTH: f64 = 1.0 / 1024;
const FIRMNESS: f64 = 300;

// Where constants lie, which the caller fills in …
const GAUSSIAN: usize = 0;
const HEAVY: usize = 16384;
// … and the state.
const FEATURES: usize = 32768;
const WEIGHTS: usize = 33280;
const COLUMN: usize = 33792;
const RESIDUALS: usize = 34304;
const SECOND_FACTORS: usize = 34432;
const VARIANCES: usize = 34560;
const FACTORS: usize = 34592;
const EXPERT_WEIGHTS: usize = 34624;
const LOWER: usize = 34656;
const UPPER: usize = 34688;
const CLASS_SEEN: usize = 34720;
const CLASS_EXPECTED: usize = 35232;
const CLASS_WIDTHS: usize = 35744;
const REFERENCES: usize = 36256;
const MOMENTS: usize = 36288;
const WORK: usize = 49664;
const PER_CODE: usize = 63040;

let state: usize = 0;
let own: u32 = 0;
let size: u32 = 0;
let second: u32 = 0;
let learnsEvery: u32 = 1;
let widthsEvery: u32 = 1;
let lowest: i32 = 0;
let codes: i32 = 1;
let samples: i32 = 0;
let spread: f64 = 0;
let evenly: i32 = 0;
let edges: usize = 0;
let levels: usize = 0;
let widths: usize = 0;
let seen: usize = 0;
let expected: usize = 0;

let referenceCount: u32 = 0;
let weightVariance: f64 = 0;
let base: f64 = 0;
let firstPrediction: f64 = 0;
let secondPrediction: f64 = 0;
let prediction: f64 = 0;
let count: u32 = 0;
let total: u32 = 0;

/** Bytes that {@link startModel} takes: the constants, then state. */
export function modelBytes(codeCount: i32): usize {
  return PER_CODE + 8 * (5 * <usize>codeCount + 2);
}

/**
 * A model that has seen nothing.
 *
 * @param model - two distributions, each 1024 pairs (f64) of an entry and the rise to the next; then room for state
 * @param lowestCode, codeCount - codes are numbered from 0 here
 * @param ownLags, references - number of features of each kind
 * @param secondLags - 16, or 0
 * @param every - the first predictor learns from every so many samples, a power of two
 * @param widthEvery - widths are learned from every so many, a power of two
 * @param sampleCount - samples of each channel
 */
export function startModel(
  model: usize, lowestCode: i32, codeCount: i32, ownLags: u32, references: u32, secondLags: u32, every: u32,
  widthEvery: u32, sampleCount: i32,
): void {
  state = model;
  lowest = lowestCode;
  codes = codeCount;
  own = ownLags;
  size = ownLags + references * REFERENCE_LAGS;
  second = secondLags;
  learnsEvery = every;
  widthsEvery = widthEvery;
  samples = sampleCount;
  spread = <f64>(FREQUENCY_TOTAL - codeCount);
  evenly = FREQUENCY_TOTAL / codeCount;
  memory.fill(state + FEATURES, 0, modelBytes(codeCount) - FEATURES);
  const bytes = <usize>codeCount << 3;
  edges = state + PER_CODE;
  levels = edges + bytes + 8;
  widths = levels + bytes;
  seen = widths + bytes;
  expected = seen + bytes;
  for (let k: usize = 0; k < bytes; k += 8) store<f64>(widths + k, 1);
  for (let k: usize = 0; k < 32; k += 8) store<f64>(state + EXPERT_WEIGHTS + k, 0.25);
  store<f64>(state + VARIANCES, FIRST_VARIANCE, 16);
  total = 0;
  place(0, 0);
}

/** Edges and levels from the widths; `code` gets this level. */
function place(code: i32, level: f64): void {
  const at = <usize>code << 3;
  const end = <usize>codes << 3;
  store<f64>(edges + at, level - 0.5 * load<f64>(widths + at));
  for (let k = at; k < end; k += 8) store<f64>(edges + k, load<f64>(edges + k) + load<f64>(widths + k), 8);
  for (let k = at; k > 0; k -= 8) store<f64>(edges + k - 8, load<f64>(edges + k) - load<f64>(widths + k - 8));
  for (let k: usize = 0; k < end; k += 8) {
    store<f64>(levels + k, 0.5 * (load<f64>(edges + k) + load<f64>(edges + k, 8)));
  }
  store<f64>(edges, -Infinity);
  store<f64>(edges + end, Infinity);
}

/** The four addresses of what a channel is predicted from (u32): all samples of each, u16. */
export function references(): usize {
  return state + REFERENCES;
}

/** Begins a channel. @param references - how many of {@link references} it has */
export function startChannel(references: u32): void {
  referenceCount = references;
  const slow = load<f64>(state + VARIANCES, 16);
  for (let k: usize = 0; k < 32; k += 8) store<f64>(state + VARIANCES + k, slow);
  weightVariance = slow;
  scaleMoments(state + MOMENTS, size, CARRIED);
  solve();
  memory.fill(state + FEATURES, 0, 512);
  memory.fill(state + RESIDUALS, 0, 256);
  count = 0;
}

/** Σ a·b in eight parts, which are joined pair by pair. */
@inline
function dot(a: usize, b: usize, terms: u32): f64 {
  let p = f64x2.splat(0);
  let q = f64x2.splat(0);
  let r = f64x2.splat(0);
  let s = f64x2.splat(0);
  const end = a + (<usize>terms << 3);
  for (; a < end; a += 64, b += 64) {
    p = f64x2.add(p, f64x2.mul(v128.load(a), v128.load(b)));
    q = f64x2.add(q, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
    r = f64x2.add(r, f64x2.mul(v128.load(a, 32), v128.load(b, 32)));
    s = f64x2.add(s, f64x2.mul(v128.load(a, 48), v128.load(b, 48)));
  }
  const sum = f64x2.add(f64x2.add(p, q), f64x2.add(r, s));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Prediction and the factors of the experts for the next sample. */
@inline
function startSample(): void {
  if (count == 0) return;
  for (let r: u32 = 0; r < referenceCount; r++) {
    const reference = <usize>load<u32>(state + REFERENCES + (<usize>r << 2));
    const first = <i32>load<u16>(reference);
    const target = state + FEATURES + (<usize>(own + r * REFERENCE_LAGS) << 3);
    for (let j = 0; j < <i32>REFERENCE_LAGS; j++) {
      const at = <i32>count + 1 - j;
      const inside = at >= 0 && at < samples;
      store<f64>(target + (<usize>j << 3), inside ? <f64>(<i32>load<u16>(reference + (<usize>at << 1)) - first) : 0);
    }
  }
  firstPrediction = dot(state + WEIGHTS, state + FEATURES, size);
  secondPrediction = second > 0 ? dot(state + SECOND_FACTORS, state + RESIDUALS, SECOND) : 0;
  const predicted = base + (firstPrediction + secondPrediction);
  const least = -<f64>codes;
  const largest = <f64>(2 * codes);
  prediction = predicted < least ? least : predicted > largest ? largest : predicted;
  scaleExperts(state + VARIANCES, state + FACTORS);
}

/** What all experts say of the codes below this one goes to `target`. @returns the frequencies below it */
@inline
function cumulative(code: i32, target: usize): i32 {
  if (count == 0) return code == codes ? FREQUENCY_TOTAL : code * evenly;
  const mixed = mixedBelow(
    state + GAUSSIAN, state + GAUSSIAN, state + HEAVY, state + HEAVY,
    load<f64>(edges + (<usize>code << 3)) - prediction, state + FACTORS, state + EXPERT_WEIGHTS, target,
  );
  if (code == codes) return FREQUENCY_TOTAL;
  return <i32>(mixed * spread) + code;
}

/** Learns from a code, after LOWER and UPPER were filled in by {@link cumulative}. */
@inline
function updateModel(code: i32): void {
  const level = load<f64>(levels + (<usize>code << 3));
  if (count == 0) base = level;
  else learn(code, level);
  count++;
  total++;
  if (count % BLOCK == 0) {
    solve();
    scaleMoments(state + MOMENTS, size, FADING);
  } else if (count == FIRST_SOLUTION || count == 2 * FIRST_SOLUTION) {
    solve();
  }
  if (total % WIDTH_BLOCK == 0) learnScale(code);
}

@inline
function learn(code: i32, level: f64): void {
  learnWeights(state + EXPERT_WEIGHTS, state + LOWER, state + UPPER);
  const sample = level - base;
  const error = level - prediction;
  const residual = sample - firstPrediction;
  observeWidths(code);
  const share = 1 / (<f64>count + 1);
  const shares = f64x2.splat(share);
  const nearRates = f64x2.pmax(f64x2(1.0 / 8, 1.0 / 128), shares);
  const farRates = f64x2.pmax(f64x2(1.0 / 4096, 1.0 / 64), shares);
  learnVariances(state + VARIANCES, error * error, nearRates, farRates, LEAST_VARIANCE);
  if ((count & (learnsEvery - 1)) == 0) gather(sample);
  const rate = WEIGHT_RATE > share ? WEIGHT_RATE : share;
  const variance = weightVariance + (residual * residual - weightVariance) * rate;
  weightVariance = variance < LEAST_VARIANCE ? LEAST_VARIANCE : variance;
  if (second > 0) {
    const residuals = state + RESIDUALS;
    const gain = (SECOND_RATE * (residual - secondPrediction)) / (dot(residuals, residuals, SECOND) + 1);
    addTo(state + SECOND_FACTORS, residuals, residuals + (SECOND << 3), gain);
    shift(residuals, SECOND, residual);
  }
  shift(state + FEATURES, own, sample);
}

/** Moves an even number of values on by one; the newest comes first. */
@inline
function shift(values: usize, length: u32, newest: f64): void {
  let at = values + (<usize>length << 3) - 16;
  for (; at > values; at -= 16) v128.store(at, v128.load(at - 8));
  store<f64>(values, load<f64>(values), 8);
  store<f64>(values, newest);
}

@inline
function gather(sample: f64): void {
  const weight = 1 / (weightVariance + WEIGHT_OFFSET);
  gatherMoments(state + MOMENTS, state + FEATURES, size, weight, sample);
}

function solve(): void {
  const stride = <usize>size << 3;
  const work = state + WORK;
  const column = state + COLUMN;
  memory.copy(work, state + MOMENTS, (<usize>size + 1) * stride);
  const last = work + size * stride;
  for (let i: u32 = 0; i < size; i++) {
    const diagonal = work + i * stride + (<usize>i << 3);
    store<f64>(diagonal, load<f64>(diagonal) + 1);
  }
  store<f64>(last, load<f64>(last) + 1);
  for (let k: u32 = 0; k < size; k++) eliminateColumn(work, column, size, k, 0.5);
  substituteBack(work, size, state + WEIGHTS);
}

function observeWidths(code: i32): void {
  if ((total & (widthsEvery - 1)) != 0) return;
  const factor = load<f64>(state + FACTORS, 16);
  const reach = (WIDTH_REACH * STEPS_PER_SIGMA) / factor;
  if (count < WIDTH_WARM_UP || reach > FAR_REACH) return;
  if ((total & ((reach > NEAR_REACH ? 8 * widthsEvery : widthsEvery) - 1)) != 0) return;
  if (code == 0 || code == codes - 1) return;
  const lowestCode = max(1, code - MOST_CODES_BESIDE);
  const beyond = min(codes - 1, code + MOST_CODES_BESIDE);
  const near = prediction - reach;
  const far = prediction + reach;
  let k = code;
  while (k > lowestCode && load<f64>(edges + (<usize>k << 3)) > near) k--;
  let below = expertBelow(state + GAUSSIAN, load<f64>(edges + (<usize>k << 3)) - prediction, factor);
  for (; k < beyond; k++) {
    const at = <usize>k << 3;
    const edge = load<f64>(edges + at, 8);
    const above = expertBelow(state + GAUSSIAN, edge - prediction, factor);
    const share = (above - below) / load<f64>(widths + at);
    store<f64>(expected + at, load<f64>(expected + at) + share);
    const ofClass = state + CLASS_EXPECTED + (<usize>((k + lowest) & (CLASSES - 1)) << 3);
    store<f64>(ofClass, load<f64>(ofClass) + share);
    below = above;
    if (edge > far) break;
  }
  const at = seen + (<usize>code << 3);
  store<f64>(at, load<f64>(at) + 1);
  const ofClass = state + CLASS_SEEN + (<usize>((code + lowest) & (CLASSES - 1)) << 3);
  store<f64>(ofClass, load<f64>(ofClass) + 1);
}

/** @param code - keeps its level */
function learnScale(code: i32): void {
  let sum: f64 = 0;
  for (let at: usize = 0; at < <usize>CLASSES << 3; at += 8) {
    const width =
      (load<f64>(state + CLASS_SEEN + at) + FIRMNESS) / (load<f64>(state + CLASS_EXPECTED + at) + FIRMNESS);
    store<f64>(state + CLASS_WIDTHS + at, width);
    sum += width;
  }
  const scale = <f64>CLASSES / sum;
  for (let k = 0; k < codes; k++) {
    const at = <usize>k << 3;
    const given = load<f64>(state + CLASS_WIDTHS + (<usize>((k + lowest) & (CLASSES - 1)) << 3)) * scale;
    const width = (load<f64>(seen + at) + FIRMNESS * given) / (load<f64>(expected + at) + FIRMNESS);
    store<f64>(widths + at, width < LEAST_WIDTH ? LEAST_WIDTH : width);
  }
  place(code, load<f64>(levels + (<usize>code << 3)));
}

/**
 * Codes the next samples of a channel.
 *
 * @param source - u16, numbered from 0
 * @param output - room for all bytes of these samples: four a sample, and eight
 * @returns where the bytes end
 */
export function encodeSamples(source: usize, length: u32, output: usize): usize {
  startPiece(output);
  for (let i: u32 = 0; i < length; i++) {
    const code = <i32>load<u16>(source + (<usize>i << 1));
    startSample();
    const start = cumulative(code, state + LOWER);
    encodeSymbol(start, cumulative(code + 1, state + UPPER));
    updateModel(code);
  }
  return pieceEnd();
}

/** Where the search for a code starts: at the prediction. Edges are near the numbers of codes. */
@inline
function nearestCode(): i32 {
  if (count == 0) return 0;
  const place = prediction + 0.5;
  return place < 0 ? 0 : place >= <f64>codes ? codes - 1 : <i32>place;
}

/**
 * Decodes the next samples of a channel.
 *
 * @param target - u16, filled in
 * @returns a fault when no encoder wrote these bytes, or 0
 */
export function decodeSamples(target: usize, length: u32): i32 {
  for (let i: u32 = 0; i < length; i++) {
    startSample();
    const wanted = nextTarget();
    if (wanted >= FREQUENCY_TOTAL) return FAULT_CODE;
    // The code lies from `code` to before `beyond`, which move apart until it does, and then together.
    let code = nearestCode();
    let beyond = code + 1;
    let step = 1;
    if (cumulative(code, state + LOWER) > wanted) {
      do {
        beyond = code;
        code = max(0, code - step);
        step <<= 1;
      } while (cumulative(code, state + LOWER) > wanted);
    } else {
      while (beyond < codes && cumulative(beyond, state + LOWER) <= wanted) {
        code = beyond;
        beyond = min(codes, beyond + step);
        step <<= 1;
      }
    }
    while (beyond - code > 1) {
      const middle = (code + beyond) >> 1;
      if (cumulative(middle, state + LOWER) <= wanted) code = middle;
      else beyond = middle;
    }
    const start = cumulative(code, state + LOWER);
    const next = cumulative(code + 1, state + UPPER);
    const fault = takeSymbol(start, next);
    if (fault != 0) return fault;
    store<u16>(target + (<usize>i << 1), <u16>code);
    updateModel(code);
  }
  return 0;
}

/** @param filled - zeros may follow. @returns a fault when bytes are left, so that no encoder wrote them, or 0 */
export function finishDecoder(filled: bool): i32 {
  return endDecoder(filled);
}
