// Channels of any digitizer in one loop: prediction, the mixture of distributions, the range coder. The specification is
// lib/codecs/lossless/{channel-model,channel-coder}.ts, and the bytes are the same: sums are taken in the
// same order.

import {
  expertBelow,
  interpolatePair,
  LEAST_LIKELIHOOD,
  learnVariances,
  learnWeights,
  mixedBelow,
  POSITION_CENTER,
  scaleExperts,
  SHARED,
  STEPS_PER_SIGMA,
} from './expert-mixture';
import {
  encodeSymbol, endDecoder, FAULT_CODE, FREQUENCY_TOTAL, nextTarget, pieceEnd, startPiece, takeSymbol,
} from './frequency-coder';
import { addTo, eliminatePair, gatherMoments, scaleMoments, substituteBack } from './ridge';

export { finishEncoder, hasCarriedOut, startDecoder, startEncoder } from './frequency-coder';

const REFERENCE_LAGS: u32 = 4;
const FIRST_VARIANCE: f64 = 400;
const LEAST_VARIANCE: f64 = 1.0 / 64;
const WEIGHT_RATE: f64 = 1.0 / 16;
const WEIGHT_OFFSET: f64 = 0.3;
/** From so many samples on the share of one in all is below these rates, and needs no division. */
const WEIGHT_SAMPLES: u32 = 16;
const SLOWEST_SAMPLES: u32 = 4096;
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
// Of the samples of a block that an encoder looks at together, the newest first: levels of this channel over its base, and
// of the channels that it is predicted from; 128 of them, and those before that are features.
const PAST: usize = 63040;
const REFERENCE_PAST: usize = 64320;
const REFERENCE_BYTES: usize = 1088;
// What the first predictor says of each sample of the block, the first one first.
const FIRST_PREDICTIONS: usize = 68672;
// Features of the samples that teach the first predictor, 40 of each, and the same times their weights, then the sample.
const TAUGHT: usize = 69696;
const WEIGHTED: usize = 110656;
const WEIGHTED_BYTES: usize = 336;
const NEXT_COLUMN: usize = 153664;
const PER_CODE: usize = 154176;

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
  learnedBlock(code);
}

/** Weights and widths of what was learned, where it is time for them. @param code - the last one */
function learnedBlock(code: i32): void {
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
  observeWidths(code, prediction, load<f64>(state + FACTORS, 16));
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
  const next = state + NEXT_COLUMN;
  for (let k: u32 = 0; k < size; k += 2) eliminatePair(work, column, next, size, k, 0.5);
  substituteBack(work, size, state + WEIGHTS);
}

/** @param expected - what the code was expected to be. @param factor - of the distribution that tells widths */
@inline
function observeWidths(code: i32, expectedAt: f64, factor: f64): void {
  if ((total & (widthsEvery - 1)) == 0) observe(code, expectedAt, factor);
}

function observe(code: i32, expectedAt: f64, factor: f64): void {
  const reach = (WIDTH_REACH * STEPS_PER_SIGMA) / factor;
  if (count < WIDTH_WARM_UP || reach > FAR_REACH) return;
  if ((total & ((reach > NEAR_REACH ? 8 * widthsEvery : widthsEvery) - 1)) != 0) return;
  if (code == 0 || code == codes - 1) return;
  // Globals are read from memory each time, locals are not.
  const edgeAt = edges;
  const widthAt = widths;
  const expectedOf = expected;
  const classes = state + CLASS_EXPECTED;
  const table = state + GAUSSIAN;
  const offset = lowest;
  const lowestCode = max(1, code - MOST_CODES_BESIDE);
  const beyond = min(codes - 1, code + MOST_CODES_BESIDE);
  const near = expectedAt - reach;
  const far = expectedAt + reach;
  let k = code;
  while (k > lowestCode && load<f64>(edgeAt + (<usize>k << 3)) > near) k--;
  let below = expertBelow(table, load<f64>(edgeAt + (<usize>k << 3)) - expectedAt, factor);
  // Two codes at a time, up to the one whose upper edge is out of reach.
  const center = f64x2.splat(POSITION_CENTER);
  const middle = f64x2.splat(expectedAt);
  const factors = f64x2.splat(factor);
  let lowers = f64x2.splat(below);
  const start = k;
  for (; k + 1 < beyond && load<f64>(edgeAt + (<usize>k << 3), 8) <= far; k += 2) {
    const at = <usize>k << 3;
    const places = f64x2.add(f64x2.mul(f64x2.sub(v128.load(edgeAt + at, 8), middle), factors), center);
    const uppers = interpolatePair(table, table, places);
    const shares = f64x2.div(f64x2.sub(uppers, i64x2.shuffle(lowers, uppers, 1, 2)), v128.load(widthAt + at));
    v128.store(expectedOf + at, f64x2.add(v128.load(expectedOf + at), shares));
    const place = (k + offset) & (CLASSES - 1);
    const ofClass = classes + (<usize>place << 3);
    if (place < CLASSES - 1) {
      v128.store(ofClass, f64x2.add(v128.load(ofClass), shares));
    } else {
      store<f64>(ofClass, load<f64>(ofClass) + f64x2.extract_lane(shares, 0));
      const first = classes;
      store<f64>(first, load<f64>(first) + f64x2.extract_lane(shares, 1));
    }
    lowers = uppers;
  }
  below = f64x2.extract_lane(lowers, 1);
  // The last pair may have reached far enough.
  if (k < beyond && (k == start || load<f64>(edgeAt + (<usize>k << 3)) <= far)) {
    const at = <usize>k << 3;
    const above = expertBelow(table, load<f64>(edgeAt + at, 8) - expectedAt, factor);
    const share = (above - below) / load<f64>(widthAt + at);
    store<f64>(expectedOf + at, load<f64>(expectedOf + at) + share);
    const ofClass = classes + (<usize>((k + offset) & (CLASSES - 1)) << 3);
    store<f64>(ofClass, load<f64>(ofClass) + share);
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

/** The first sample of a channel, before which all codes are as likely. */
function encodeFirst(code: i32): void {
  encodeSymbol(code * evenly, code + 1 == codes ? FREQUENCY_TOTAL : (code + 1) * evenly);
  base = load<f64>(levels + (<usize>code << 3));
  count++;
  total++;
  learnedBlock(code);
}

/** How many samples come before weights or widths change, 1 … {@link BLOCK}. */
@inline
function samplesInBlock(left: u32): u32 {
  const solution = count < 2 * FIRST_SOLUTION ? (count < FIRST_SOLUTION ? FIRST_SOLUTION : 2 * FIRST_SOLUTION) : 0;
  const toSolution = solution > 0 ? solution - count : BLOCK - (count % BLOCK);
  return min(left, min(toSolution, WIDTH_BLOCK - (total % WIDTH_BLOCK)));
}

/** Levels of the samples of a block, behind those of the block before, whose samples were `before`. */
@inline
function gatherPast(source: usize, length: u32): void {
  // Sample c of this channel, c < count + length, lies at PAST + 8·(count + length - 1 - c).
  const past = state + PAST;
  memory.copy(past + (<usize>length << 3), past, <usize>own << 3);
  let at = past + (<usize>length << 3);
  const levelAt = levels;
  const origin = base;
  for (let i: u32 = 0; i < length; i++) {
    at -= 8;
    store<f64>(at, load<f64>(levelAt + (<usize>load<u16>(source + (<usize>i << 1)) << 3)) - origin);
  }
  for (let r: u32 = 0; r < referenceCount; r++) {
    const reference = <usize>load<u32>(state + REFERENCES + (<usize>r << 2));
    const first = <i32>load<u16>(reference);
    let target = state + REFERENCE_PAST + r * REFERENCE_BYTES;
    // From the sample after the last of the block to the second before its first, four at a time where all are inside.
    const oldest = <i32>count - 2;
    const least = max(oldest, 0);
    let c = <i32>(count + length);
    if (c >= samples) {
      store<f64>(target, 0);
      target += 8;
      c--;
    }
    const firsts = i32x4.splat(first);
    for (; c - 3 >= least; c -= 4, target += 32) {
      const values = i32x4.sub(
        i32x4.extend_low_i16x8_u(v128.load64_zero(reference + (<usize>(c - 3) << 1))), firsts,
      );
      const turned = i32x4.shuffle(values, values, 3, 2, 1, 0);
      v128.store(target, f64x2.convert_low_i32x4_s(turned));
      v128.store(target, f64x2.convert_low_i32x4_s(i32x4.shuffle(turned, turned, 2, 3, 0, 1)), 16);
    }
    for (; c >= oldest; c--, target += 8) {
      store<f64>(target, c >= 0 ? <f64>(<i32>load<u16>(reference + (<usize>c << 1)) - first) : 0);
    }
  }
}

/**
 * What the first predictor says of the samples of a block, whose weights are the same; and the features of those that
 * teach it, with their weights.
 *
 * @returns how many teach it
 */
@inline
function predictBlock(length: u32): u32 {
  const memoryAt = state;
  const weights = memoryAt + WEIGHTS;
  const ownBytes = <usize>own << 3;
  const end = weights + (<usize>size << 3);
  const before = count;
  const every = learnsEvery - 1;
  let spreadOf = weightVariance;
  let taught: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const newest = <usize>(length - 1 - i) << 3;
    const features = memoryAt + PAST + newest + 8;
    let p = f64x2.splat(0);
    let q = f64x2.splat(0);
    let r = f64x2.splat(0);
    let s = f64x2.splat(0);
    let weight = weights;
    const ownEnd = features + ownBytes;
    for (let at = features; at < ownEnd; at += 64, weight += 64) {
      p = f64x2.add(p, f64x2.mul(v128.load(weight), v128.load(at)));
      q = f64x2.add(q, f64x2.mul(v128.load(weight, 16), v128.load(at, 16)));
      r = f64x2.add(r, f64x2.mul(v128.load(weight, 32), v128.load(at, 32)));
      s = f64x2.add(s, f64x2.mul(v128.load(weight, 48), v128.load(at, 48)));
    }
    for (let at = memoryAt + REFERENCE_PAST + newest; weight < end; at += 2 * REFERENCE_BYTES, weight += 64) {
      p = f64x2.add(p, f64x2.mul(v128.load(weight), v128.load(at)));
      q = f64x2.add(q, f64x2.mul(v128.load(weight, 16), v128.load(at, 16)));
      r = f64x2.add(r, f64x2.mul(v128.load(weight, 32), v128.load(at, REFERENCE_BYTES)));
      s = f64x2.add(s, f64x2.mul(v128.load(weight, 48), v128.load(at, REFERENCE_BYTES + 16)));
    }
    const sums = f64x2.add(f64x2.add(p, q), f64x2.add(r, s));
    const first = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    store<f64>(memoryAt + FIRST_PREDICTIONS + (<usize>i << 3), first);

    const sample = load<f64>(memoryAt + PAST + newest);
    const number = before + i;
    if ((number & every) == 0) keepLesson(taught++, features, newest, sample, spreadOf);
    const residual = sample - first;
    const rate = number < WEIGHT_SAMPLES ? max<f64>(WEIGHT_RATE, 1 / (<f64>number + 1)) : WEIGHT_RATE;
    const variance = spreadOf + (residual * residual - spreadOf) * rate;
    spreadOf = variance < LEAST_VARIANCE ? LEAST_VARIANCE : variance;
  }
  weightVariance = spreadOf;
  return taught;
}

/** Features of a sample in one row, and times its weight in another, with the sample at their end. */
@inline
function keepLesson(number: u32, features: usize, newest: usize, sample: f64, variance: f64): void {
  const weight = 1 / (variance + WEIGHT_OFFSET);
  const weights = f64x2.splat(weight);
  let target = state + TAUGHT + (<usize>(number * size) << 3);
  let weighted = state + WEIGHTED + number * WEIGHTED_BYTES;
  const end = features + (<usize>own << 3);
  for (let at = features; at < end; at += 16, target += 16, weighted += 16) {
    const pair = v128.load(at);
    v128.store(target, pair);
    v128.store(weighted, f64x2.mul(weights, pair));
  }
  let reference = state + REFERENCE_PAST + newest;
  for (let r = own; r < size; r += REFERENCE_LAGS, reference += REFERENCE_BYTES, target += 32, weighted += 32) {
    const pair = v128.load(reference);
    const next = v128.load(reference, 16);
    v128.store(target, pair);
    v128.store(target, next, 16);
    v128.store(weighted, f64x2.mul(weights, pair));
    v128.store(weighted, f64x2.mul(weights, next), 16);
  }
  store<f64>(weighted, weight * sample);
}

/**
 * {@link gatherMoments} of all lessons of a block: for each moment they are added in their order, and four rows of four
 * moments wait in registers meanwhile. Above the diagonal moments are touched that are never looked at.
 */
@inline
function gatherLessons(lessons: u32): void {
  const stride = <usize>size << 3;
  for (let column: u32 = 0; column < size; column += 4) {
    const features = state + TAUGHT + (<usize>column << 3);
    let row = column;
    for (; row + 3 <= size; row += 4) {
      const at = state + MOMENTS + row * stride + (<usize>column << 3);
      const second = at + stride;
      const third = second + stride;
      const fourth = third + stride;
      let a = v128.load(at);
      let b = v128.load(at, 16);
      let c = v128.load(second);
      let d = v128.load(second, 16);
      let e = v128.load(third);
      let f = v128.load(third, 16);
      let g = v128.load(fourth);
      let h = v128.load(fourth, 16);
      let pair = features;
      let weighted = state + WEIGHTED + (<usize>row << 3);
      for (let i: u32 = 0; i < lessons; i++, pair += stride, weighted += WEIGHTED_BYTES) {
        const x = v128.load(pair);
        const y = v128.load(pair, 16);
        let factor = v128.load_splat<u64>(weighted);
        a = f64x2.add(a, f64x2.mul(factor, x));
        b = f64x2.add(b, f64x2.mul(factor, y));
        factor = v128.load_splat<u64>(weighted, 8);
        c = f64x2.add(c, f64x2.mul(factor, x));
        d = f64x2.add(d, f64x2.mul(factor, y));
        factor = v128.load_splat<u64>(weighted, 16);
        e = f64x2.add(e, f64x2.mul(factor, x));
        f = f64x2.add(f, f64x2.mul(factor, y));
        factor = v128.load_splat<u64>(weighted, 24);
        g = f64x2.add(g, f64x2.mul(factor, x));
        h = f64x2.add(h, f64x2.mul(factor, y));
      }
      v128.store(at, a);
      v128.store(at, b, 16);
      v128.store(second, c);
      v128.store(second, d, 16);
      v128.store(third, e);
      v128.store(third, f, 16);
      v128.store(fourth, g);
      v128.store(fourth, h, 16);
    }
    for (; row <= size; row++) {
      const at = state + MOMENTS + row * stride + (<usize>column << 3);
      let a = v128.load(at);
      let b = v128.load(at, 16);
      let pair = features;
      let weighted = state + WEIGHTED + (<usize>row << 3);
      for (let i: u32 = 0; i < lessons; i++, pair += stride, weighted += WEIGHTED_BYTES) {
        const factor = v128.load_splat<u64>(weighted);
        a = f64x2.add(a, f64x2.mul(factor, v128.load(pair)));
        b = f64x2.add(b, f64x2.mul(factor, v128.load(pair, 16)));
      }
      v128.store(at, a);
      v128.store(at, b, 16);
    }
  }
}

/** Codes the samples of a block about what is expected of them. */
@inline
function encodeBlock(source: usize, length: u32): void {
  // Globals are read from memory each time, locals are not.
  const memoryAt = state;
  const edgeAt = edges;
  const levelAt = levels;
  const codeCount = codes;
  const scale = spread;
  const origin = base;
  const secondLags = second;
  const before = count;
  const least = -<f64>codes;
  const largest = <f64>(2 * codes);
  const steps = f64x2.splat(STEPS_PER_SIGMA);
  const center = f64x2.splat(POSITION_CENTER);
  const leastLikelihood = f64x2.splat(LEAST_LIKELIHOOD);
  const evenShare = f64x2.splat(SHARED / 4);
  const floor = f64x2.splat(LEAST_VARIANCE);
  let near = v128.load(memoryAt + VARIANCES);
  let far = v128.load(memoryAt + VARIANCES, 16);
  let nearWeights = v128.load(memoryAt + EXPERT_WEIGHTS);
  let farWeights = v128.load(memoryAt + EXPERT_WEIGHTS, 16);
  const residuals = memoryAt + RESIDUALS;
  const gaussian = memoryAt + GAUSSIAN;
  const heavy = memoryAt + HEAVY;
  for (let i: u32 = 0; i < length; i++) {
    const code = <i32>load<u16>(source + (<usize>i << 1));
    const first = load<f64>(memoryAt + FIRST_PREDICTIONS + (<usize>i << 3));
    const sample = load<f64>(memoryAt + PAST + (<usize>(length - 1 - i) << 3));
    const after = secondLags > 0 ? dot(memoryAt + SECOND_FACTORS, residuals, SECOND) : 0;
    const predicted = origin + (first + after);
    const middle = predicted < least ? least : predicted > largest ? largest : predicted;
    const nearFactors = f64x2.div(steps, f64x2.sqrt(near));
    const farFactors = f64x2.div(steps, f64x2.sqrt(far));

    const edge = edgeAt + (<usize>code << 3);
    const below = f64x2.splat(load<f64>(edge) - middle);
    const above = f64x2.splat(load<f64>(edge, 8) - middle);
    const nearBelow = interpolatePair(gaussian, gaussian, f64x2.add(f64x2.mul(below, nearFactors), center));
    const farBelow = interpolatePair(heavy, heavy, f64x2.add(f64x2.mul(below, farFactors), center));
    const nearAbove = interpolatePair(gaussian, gaussian, f64x2.add(f64x2.mul(above, nearFactors), center));
    const farAbove = interpolatePair(heavy, heavy, f64x2.add(f64x2.mul(above, farFactors), center));
    const lowerMixture = f64x2.add(f64x2.mul(nearWeights, nearBelow), f64x2.mul(farWeights, farBelow));
    const upperMixture = f64x2.add(f64x2.mul(nearWeights, nearAbove), f64x2.mul(farWeights, farAbove));
    const start = <i32>((f64x2.extract_lane(lowerMixture, 0) + f64x2.extract_lane(lowerMixture, 1)) * scale) + code;
    const end = code + 1 == codeCount
      ? FREQUENCY_TOTAL
      : <i32>((f64x2.extract_lane(upperMixture, 0) + f64x2.extract_lane(upperMixture, 1)) * scale) + code + 1;
    encodeSymbol(start, end);

    const nearLikely = f64x2.mul(nearWeights, f64x2.add(f64x2.sub(nearAbove, nearBelow), leastLikelihood));
    const farLikely = f64x2.mul(farWeights, f64x2.add(f64x2.sub(farAbove, farBelow), leastLikelihood));
    const pairs = f64x2.add(nearLikely, farLikely);
    const factor = f64x2.splat((1 - SHARED) / (f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1)));
    nearWeights = f64x2.add(f64x2.mul(nearLikely, factor), evenShare);
    farWeights = f64x2.add(f64x2.mul(farLikely, factor), evenShare);

    observeWidths(code, middle, f64x2.extract_lane(farFactors, 0));
    const error = load<f64>(levelAt + (<usize>code << 3)) - middle;
    const shares = f64x2.splat(before + i < SLOWEST_SAMPLES ? 1 / (<f64>(before + i) + 1) : 0);
    const square = f64x2.splat(error * error);
    const nearRates = f64x2.pmax(f64x2(1.0 / 8, 1.0 / 128), shares);
    const farRates = f64x2.pmax(f64x2(1.0 / 4096, 1.0 / 64), shares);
    near = f64x2.pmax(f64x2.add(near, f64x2.mul(f64x2.sub(square, near), nearRates)), floor);
    far = f64x2.pmax(f64x2.add(far, f64x2.mul(f64x2.sub(square, far), farRates)), floor);
    if (secondLags > 0) {
      const residual = sample - first;
      const gain = (SECOND_RATE * (residual - after)) / (dot(residuals, residuals, SECOND) + 1);
      addTo(memoryAt + SECOND_FACTORS, residuals, residuals + (SECOND << 3), gain);
      shift(residuals, SECOND, residual);
    }
    count++;
    total++;
  }
  v128.store(memoryAt + VARIANCES, near);
  v128.store(memoryAt + VARIANCES, far, 16);
  v128.store(memoryAt + EXPERT_WEIGHTS, nearWeights);
  v128.store(memoryAt + EXPERT_WEIGHTS, farWeights, 16);
}

/**
 * Codes the next samples of a channel. An encoder knows all samples of a block, so it predicts them and learns from them
 * together, where a decoder goes from sample to sample; each number is that of the decoder, to the last bit.
 *
 * @param source - u16, numbered from 0
 * @param output - room for all bytes of these samples: four a sample, and eight
 * @returns where the bytes end
 */
export function encodeSamples(source: usize, length: u32, output: usize): usize {
  startPiece(output);
  const end = source + (<usize>length << 1);
  if (count == 0 && source < end) {
    encodeFirst(<i32>load<u16>(source));
    source += 2;
    memory.fill(state + PAST, 0, <usize>own << 3);
    memory.fill(state + REFERENCE_PAST, 0, 4 * REFERENCE_BYTES);
  }
  while (source < end) {
    const block = samplesInBlock(<u32>((end - source) >> 1));
    gatherPast(source, block);
    const lessons = predictBlock(block);
    encodeBlock(source, block);
    gatherLessons(lessons);
    learnedBlock(<i32>load<u16>(source + (<usize>(block - 1) << 1)));
    source += <usize>block << 1;
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
