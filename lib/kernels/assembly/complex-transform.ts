// The complex Fourier transform that the kernels of the Fourier family share: the specification is
// ../reference/fourier.ts. In double precision the results are the same to the last bit, because every value takes
// part in the same operations in the same order; only products with 1 and 0 are left out.
//
// Values are complex numbers whose real parts lie in one array and whose imaginary parts lie in another. Either a
// value is a vector, with one block in each SIMD lane, or a number, and neighbors go through SIMD together.
import { lanes, loadLanes, storeLanes, VECTOR } from './lanes';

/** Values are vectors, one block per lane; factors are the same in all lanes. */
export const LANES: i32 = 0;
/** Values are numbers of one signal, of which a vector holds neighbors. */
export const NEIGHBORS: i32 = 1;
/** Values are numbers of one signal, one at a time: for those that do not fill a vector. */
export const ALONE: i32 = 2;

/** Bytes from one value to the next. */
@inline
export function valueBytes<T>(mode: i32): usize {
  return mode == LANES ? VECTOR : sizeof<T>();
}

@inline
export function take<T>(mode: i32, address: usize): v128 {
  if (mode != ALONE) return v128.load(address);
  return sizeof<T>() == 4 ? v128.load32_zero(address) : v128.load64_zero(address);
}

@inline
export function put<T>(mode: i32, address: usize, value: v128): void {
  if (mode != ALONE) v128.store(address, value);
  else if (sizeof<T>() == 4) v128.store32_lane(address, value, 0);
  else v128.store64_lane(address, value, 0);
}

@inline
function backwards<T>(value: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.shuffle(value, value, 3, 2, 1, 0) : i64x2.shuffle(value, value, 1, 0);
}

/** As {@link take}, of neighbors that lie before the address, the last one first. */
@inline
export function takeBackwards<T>(mode: i32, address: usize): v128 {
  if (mode != NEIGHBORS) return take<T>(mode, address);
  return backwards<T>(v128.load(address - VECTOR + sizeof<T>()));
}

@inline
export function putBackwards<T>(mode: i32, address: usize, value: v128): void {
  if (mode != NEIGHBORS) put<T>(mode, address, value);
  else v128.store(address - VECTOR + sizeof<T>(), backwards<T>(value));
}

/** A factor for all lanes. */
@inline
export function splat<T>(address: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(address) : v128.load64_splat(address);
}

/** Factors of the values at one place: tables hold numbers in every mode. */
@inline
export function factor<T>(mode: i32, address: usize): v128 {
  return mode == LANES ? splat<T>(address) : take<T>(mode, address);
}

@inline
export function factorBackwards<T>(mode: i32, address: usize): v128 {
  return mode == LANES ? splat<T>(address) : takeBackwards<T>(mode, address);
}

@inline
export function add<T>(a: v128, b: v128): v128 {
  return v128.add<T>(a, b);
}

@inline
export function sub<T>(a: v128, b: v128): v128 {
  return v128.sub<T>(a, b);
}

@inline
export function mul<T>(a: v128, b: v128): v128 {
  return v128.mul<T>(a, b);
}

/** Stores a complex value times a complex factor, or the value as it is. */
@inline
function putTurned<T>(turned: bool, re: v128, im: v128, factors: usize, toRe: usize, toIm: usize): void {
  if (turned) {
    const c = splat<T>(factors);
    const s = splat<T>(factors + sizeof<T>());
    v128.store(toRe, sub<T>(mul<T>(re, c), mul<T>(im, s)));
    v128.store(toIm, add<T>(mul<T>(re, s), mul<T>(im, c)));
  } else {
    v128.store(toRe, re);
    v128.store(toIm, im);
  }
}

/*
 * A butterfly of radix p takes p values `far` bytes apart and stores p values `near` bytes apart, those after the
 * first times factors. A column is `near` bytes of such butterflies side by side. Its last vector overlaps the one
 * before it where vectors do not fill the column. Where the column is shorter than a vector, what is stored too much
 * is overwritten by what is stored next: addresses only rise.
 */

@inline
function column2<T>(turned: bool, re: usize, im: usize, toRe: usize, toIm: usize, far: usize, near: usize, factors: usize): void {
  const last = near > VECTOR ? near - VECTOR : 0;
  for (let q: usize = 0; ; q = min(q + VECTOR, last)) {
    const a = re + q;
    const i = im + q;
    const aRe = v128.load(a);
    const aIm = v128.load(i);
    const bRe = v128.load(a + far);
    const bIm = v128.load(i + far);
    const to = toRe + q;
    const toI = toIm + q;
    v128.store(to, add<T>(aRe, bRe));
    v128.store(toI, add<T>(aIm, bIm));
    putTurned<T>(turned, sub<T>(aRe, bRe), sub<T>(aIm, bIm), factors, to + near, toI + near);
    if (q == last) return;
  }
}

@inline
function column3<T>(turned: bool, re: usize, im: usize, toRe: usize, toIm: usize, far: usize, near: usize, factors: usize): void {
  const half = v128.splat<T>(0.5);
  const sine = v128.splat<T>(<T>0.8660254037844386);
  const last = near > VECTOR ? near - VECTOR : 0;
  const pair = 2 * sizeof<T>();
  for (let q: usize = 0; ; q = min(q + VECTOR, last)) {
    const a = re + q;
    const i = im + q;
    const aRe = v128.load(a);
    const aIm = v128.load(i);
    const bRe = v128.load(a + far);
    const bIm = v128.load(i + far);
    const cRe = v128.load(a + 2 * far);
    const cIm = v128.load(i + 2 * far);
    const sumRe = add<T>(bRe, cRe);
    const sumIm = add<T>(bIm, cIm);
    const re1 = sub<T>(aRe, mul<T>(sumRe, half));
    const im1 = sub<T>(aIm, mul<T>(sumIm, half));
    const re2 = mul<T>(sub<T>(bRe, cRe), sine);
    const im2 = mul<T>(sub<T>(bIm, cIm), sine);
    const to = toRe + q;
    const toI = toIm + q;
    v128.store(to, add<T>(aRe, sumRe));
    v128.store(toI, add<T>(aIm, sumIm));
    putTurned<T>(turned, add<T>(re1, im2), sub<T>(im1, re2), factors, to + near, toI + near);
    putTurned<T>(turned, sub<T>(re1, im2), add<T>(im1, re2), factors + pair, to + 2 * near, toI + 2 * near);
    if (q == last) return;
  }
}

@inline
function column4<T>(turned: bool, re: usize, im: usize, toRe: usize, toIm: usize, far: usize, near: usize, factors: usize): void {
  const last = near > VECTOR ? near - VECTOR : 0;
  const pair = 2 * sizeof<T>();
  for (let q: usize = 0; ; q = min(q + VECTOR, last)) {
    const a = re + q;
    const i = im + q;
    const c = a + 2 * far;
    const ci = i + 2 * far;
    const aRe = v128.load(a);
    const cRe = v128.load(c);
    const aIm = v128.load(i);
    const cIm = v128.load(ci);
    const acRe = add<T>(aRe, cRe);
    const acIm = add<T>(aIm, cIm);
    const acDifferenceRe = sub<T>(aRe, cRe);
    const acDifferenceIm = sub<T>(aIm, cIm);
    const bRe = v128.load(a + far);
    const dRe = v128.load(c + far);
    const bIm = v128.load(i + far);
    const dIm = v128.load(ci + far);
    const bdRe = add<T>(bRe, dRe);
    const bdIm = add<T>(bIm, dIm);
    const bdDifferenceRe = sub<T>(bRe, dRe);
    const bdDifferenceIm = sub<T>(bIm, dIm);
    const to = toRe + q;
    const toI = toIm + q;
    v128.store(to, add<T>(acRe, bdRe));
    v128.store(toI, add<T>(acIm, bdIm));
    putTurned<T>(
      turned, add<T>(acDifferenceRe, bdDifferenceIm), sub<T>(acDifferenceIm, bdDifferenceRe),
      factors, to + near, toI + near,
    );
    putTurned<T>(
      turned, sub<T>(acRe, bdRe), sub<T>(acIm, bdIm), factors + pair, to + 2 * near, toI + 2 * near,
    );
    putTurned<T>(
      turned, sub<T>(acDifferenceRe, bdDifferenceIm), add<T>(acDifferenceIm, bdDifferenceRe),
      factors + 2 * pair, to + 3 * near, toI + 3 * near,
    );
    if (q == last) return;
  }
}

@inline
function column5<T>(turned: bool, re: usize, im: usize, toRe: usize, toIm: usize, far: usize, near: usize, factors: usize): void {
  const cos1 = v128.splat<T>(<T>0.30901699437494745);
  const cos2 = v128.splat<T>(<T>-0.8090169943749475);
  const sin1 = v128.splat<T>(<T>0.9510565162951535);
  const sin2 = v128.splat<T>(<T>0.5877852522924731);
  const last = near > VECTOR ? near - VECTOR : 0;
  const pair = 2 * sizeof<T>();
  for (let q: usize = 0; ; q = min(q + VECTOR, last)) {
    const a = re + q;
    const i = im + q;
    const aRe = v128.load(a);
    const aIm = v128.load(i);
    const bRe = v128.load(a + far);
    const bIm = v128.load(i + far);
    const eRe = v128.load(a + 4 * far);
    const eIm = v128.load(i + 4 * far);
    const outerRe = add<T>(bRe, eRe);
    const outerIm = add<T>(bIm, eIm);
    const outerDifferenceRe = sub<T>(bRe, eRe);
    const outerDifferenceIm = sub<T>(bIm, eIm);
    const cRe = v128.load(a + 2 * far);
    const cIm = v128.load(i + 2 * far);
    const dRe = v128.load(a + 3 * far);
    const dIm = v128.load(i + 3 * far);
    const innerRe = add<T>(cRe, dRe);
    const innerIm = add<T>(cIm, dIm);
    const innerDifferenceRe = sub<T>(cRe, dRe);
    const innerDifferenceIm = sub<T>(cIm, dIm);
    const to = toRe + q;
    const toI = toIm + q;
    v128.store(to, add<T>(add<T>(aRe, outerRe), innerRe));
    v128.store(toI, add<T>(add<T>(aIm, outerIm), innerIm));
    const even1Re = add<T>(add<T>(aRe, mul<T>(outerRe, cos1)), mul<T>(innerRe, cos2));
    const even1Im = add<T>(add<T>(aIm, mul<T>(outerIm, cos1)), mul<T>(innerIm, cos2));
    const odd1Re = add<T>(mul<T>(outerDifferenceRe, sin1), mul<T>(innerDifferenceRe, sin2));
    const odd1Im = add<T>(mul<T>(outerDifferenceIm, sin1), mul<T>(innerDifferenceIm, sin2));
    const even2Re = add<T>(add<T>(aRe, mul<T>(outerRe, cos2)), mul<T>(innerRe, cos1));
    const even2Im = add<T>(add<T>(aIm, mul<T>(outerIm, cos2)), mul<T>(innerIm, cos1));
    const odd2Re = sub<T>(mul<T>(outerDifferenceRe, sin2), mul<T>(innerDifferenceRe, sin1));
    const odd2Im = sub<T>(mul<T>(outerDifferenceIm, sin2), mul<T>(innerDifferenceIm, sin1));
    putTurned<T>(turned, add<T>(even1Re, odd1Im), sub<T>(even1Im, odd1Re), factors, to + near, toI + near);
    putTurned<T>(
      turned, add<T>(even2Re, odd2Im), sub<T>(even2Im, odd2Re), factors + pair, to + 2 * near, toI + 2 * near,
    );
    putTurned<T>(
      turned, sub<T>(even2Re, odd2Im), add<T>(even2Im, odd2Re), factors + 2 * pair, to + 3 * near, toI + 3 * near,
    );
    putTurned<T>(
      turned, sub<T>(even1Re, odd1Im), add<T>(even1Im, odd1Re), factors + 3 * pair, to + 4 * near, toI + 4 * near,
    );
    if (q == last) return;
  }
}

@inline
function column<T>(radix: usize, turned: bool, re: usize, im: usize, toRe: usize, toIm: usize, far: usize, near: usize, factors: usize): void {
  if (radix == 2) column2<T>(turned, re, im, toRe, toIm, far, near, factors);
  else if (radix == 3) column3<T>(turned, re, im, toRe, toIm, far, near, factors);
  else if (radix == 4) column4<T>(turned, re, im, toRe, toIm, far, near, factors);
  else column5<T>(turned, re, im, toRe, toIm, far, near, factors);
}

/**
 * One stage.
 *
 * @param columns - number of them
 * @param near - bytes of a column
 * @param factors - radix − 1 complex factors for each column; those of the first are 1
 */
@inline
function stage<T>(radix: usize, re: usize, im: usize, toRe: usize, toIm: usize, columns: usize, near: usize, factors: usize): void {
  const far = columns * near;
  column<T>(radix, false, re, im, toRe, toIm, far, near, factors);
  const perColumn: usize = 2 * (radix - 1) * sizeof<T>();
  const toStep = radix * near;
  for (let j: usize = 1; j < columns; j++) {
    re += near;
    im += near;
    toRe += toStep;
    toIm += toStep;
    factors += perColumn;
    column<T>(radix, true, re, im, toRe, toIm, far, near, factors);
  }
}

// Functions of their own, so that each is compiled for one set of registers.
function stage2<T>(re: usize, im: usize, toRe: usize, toIm: usize, columns: usize, near: usize, factors: usize): void {
  stage<T>(2, re, im, toRe, toIm, columns, near, factors);
}
function stage3<T>(re: usize, im: usize, toRe: usize, toIm: usize, columns: usize, near: usize, factors: usize): void {
  stage<T>(3, re, im, toRe, toIm, columns, near, factors);
}
function stage4<T>(re: usize, im: usize, toRe: usize, toIm: usize, columns: usize, near: usize, factors: usize): void {
  stage<T>(4, re, im, toRe, toIm, columns, near, factors);
}
function stage5<T>(re: usize, im: usize, toRe: usize, toIm: usize, columns: usize, near: usize, factors: usize): void {
  stage<T>(5, re, im, toRe, toIm, columns, near, factors);
}

/**
 * The last two stages of even lengths, of radix 4 and of radix 2, in one: values are loaded and stored half as often.
 *
 * @param near - bytes from one value of a butterfly to the next, not less than a vector
 * @param factors - of the stage of radix 4, which has two columns
 */
function lastStages<T>(re: usize, im: usize, toRe: usize, toIm: usize, near: usize, factors: usize): void {
  const pair = 2 * sizeof<T>();
  const c1 = splat<T>(factors + 3 * pair);
  const s1 = splat<T>(factors + 3 * pair + sizeof<T>());
  const c3 = splat<T>(factors + 5 * pair);
  const s3 = splat<T>(factors + 5 * pair + sizeof<T>());
  const far: usize = 4 * near;
  const last = near - VECTOR;
  for (let q: usize = 0; ; q = min(q + VECTOR, last)) {
    let x = re + near + q;
    let y = im + near + q;
    let aRe = v128.load(x);
    let aIm = v128.load(y);
    let cRe = v128.load(x + far);
    let cIm = v128.load(y + far);
    let bRe = v128.load(x + 2 * near);
    let bIm = v128.load(y + 2 * near);
    let dRe = v128.load(x + 2 * near + far);
    let dIm = v128.load(y + 2 * near + far);
    let acRe = add<T>(aRe, cRe);
    let acIm = add<T>(aIm, cIm);
    let acDifferenceRe = sub<T>(aRe, cRe);
    let acDifferenceIm = sub<T>(aIm, cIm);
    let bdRe = add<T>(bRe, dRe);
    let bdIm = add<T>(bIm, dIm);
    let bdDifferenceRe = sub<T>(bRe, dRe);
    let bdDifferenceIm = sub<T>(bIm, dIm);
    const odd0Re = add<T>(acRe, bdRe);
    const odd0Im = add<T>(acIm, bdIm);
    let turnedRe = add<T>(acDifferenceRe, bdDifferenceIm);
    let turnedIm = sub<T>(acDifferenceIm, bdDifferenceRe);
    const odd1Re = sub<T>(mul<T>(turnedRe, c1), mul<T>(turnedIm, s1));
    const odd1Im = add<T>(mul<T>(turnedRe, s1), mul<T>(turnedIm, c1));
    // Times −i in what follows.
    const odd2Re = sub<T>(acRe, bdRe);
    const odd2Im = sub<T>(acIm, bdIm);
    turnedRe = sub<T>(acDifferenceRe, bdDifferenceIm);
    turnedIm = add<T>(acDifferenceIm, bdDifferenceRe);
    const odd3Re = sub<T>(mul<T>(turnedRe, c3), mul<T>(turnedIm, s3));
    const odd3Im = add<T>(mul<T>(turnedRe, s3), mul<T>(turnedIm, c3));
    x = re + q;
    y = im + q;
    aRe = v128.load(x);
    aIm = v128.load(y);
    cRe = v128.load(x + far);
    cIm = v128.load(y + far);
    bRe = v128.load(x + 2 * near);
    bIm = v128.load(y + 2 * near);
    dRe = v128.load(x + 2 * near + far);
    dIm = v128.load(y + 2 * near + far);
    acRe = add<T>(aRe, cRe);
    acIm = add<T>(aIm, cIm);
    acDifferenceRe = sub<T>(aRe, cRe);
    acDifferenceIm = sub<T>(aIm, cIm);
    bdRe = add<T>(bRe, dRe);
    bdIm = add<T>(bIm, dIm);
    bdDifferenceRe = sub<T>(bRe, dRe);
    bdDifferenceIm = sub<T>(bIm, dIm);
    const to = toRe + q;
    const toI = toIm + q;
    turnedRe = add<T>(acRe, bdRe);
    turnedIm = add<T>(acIm, bdIm);
    v128.store(to, add<T>(turnedRe, odd0Re));
    v128.store(toI, add<T>(turnedIm, odd0Im));
    v128.store(to + far, sub<T>(turnedRe, odd0Re));
    v128.store(toI + far, sub<T>(turnedIm, odd0Im));
    turnedRe = add<T>(acDifferenceRe, bdDifferenceIm);
    turnedIm = sub<T>(acDifferenceIm, bdDifferenceRe);
    v128.store(to + near, add<T>(turnedRe, odd1Re));
    v128.store(toI + near, add<T>(turnedIm, odd1Im));
    v128.store(to + far + near, sub<T>(turnedRe, odd1Re));
    v128.store(toI + far + near, sub<T>(turnedIm, odd1Im));
    turnedRe = sub<T>(acRe, bdRe);
    turnedIm = sub<T>(acIm, bdIm);
    v128.store(to + 2 * near, add<T>(turnedRe, odd2Im));
    v128.store(toI + 2 * near, sub<T>(turnedIm, odd2Re));
    v128.store(to + far + 2 * near, sub<T>(turnedRe, odd2Im));
    v128.store(toI + far + 2 * near, add<T>(turnedIm, odd2Re));
    turnedRe = sub<T>(acDifferenceRe, bdDifferenceIm);
    turnedIm = add<T>(acDifferenceIm, bdDifferenceRe);
    v128.store(to + 3 * near, add<T>(turnedRe, odd3Re));
    v128.store(toI + 3 * near, add<T>(turnedIm, odd3Im));
    v128.store(to + far + 3 * near, sub<T>(turnedRe, odd3Re));
    v128.store(toI + far + 3 * near, sub<T>(turnedIm, odd3Im));
    if (q == last) return;
  }
}

/** Even numbers of a list of pairs that lies at an address, and odd ones. */
@inline
export function takeEven<T>(address: usize): v128 {
  const a = v128.load(address);
  const b = v128.load(address + VECTOR);
  return sizeof<T>() == 4 ? i32x4.shuffle(a, b, 0, 2, 4, 6) : i64x2.shuffle(a, b, 0, 2);
}
@inline
export function takeOdd<T>(address: usize): v128 {
  const a = v128.load(address);
  const b = v128.load(address + VECTOR);
  return sizeof<T>() == 4 ? i32x4.shuffle(a, b, 1, 3, 5, 7) : i64x2.shuffle(a, b, 1, 3);
}

/** Four vectors to 4 · lanes numbers, the first of each vector first. */
@inline
export function putColumns<T>(a: v128, b: v128, c: v128, d: v128, target: usize): void {
  if (sizeof<T>() == 4) {
    storeLanes<T>(a, b, c, d, target, VECTOR);
  } else {
    storeLanes<T>(a, b, a, b, target, 2 * VECTOR);
    storeLanes<T>(c, d, c, d, target + VECTOR, 2 * VECTOR);
  }
}

/**
 * The first stage of one signal, of radix 4: columns are numbers, and `lanes` of them go together.
 *
 * @param pairs - real and imaginary parts lie side by side, at `re`
 * @param columns - number of them, not less than `lanes`
 * @param factors - three tables of complex factors: real parts of all columns, then imaginary parts
 */
@inline
function firstStage<T>(pairs: bool, re: usize, im: usize, toRe: usize, toIm: usize, columns: usize, factors: usize): void {
  const bytes = columns * sizeof<T>();
  const last = bytes - VECTOR;
  for (let j: usize = 0; ; j = min(j + VECTOR, last)) {
    const a = re + (pairs ? 2 * j : j);
    const i = im + j;
    const far: usize = pairs ? 2 * bytes : bytes;
    const c = a + 2 * far;
    const aRe = pairs ? takeEven<T>(a) : v128.load(a);
    const aIm = pairs ? takeOdd<T>(a) : v128.load(i);
    const bRe = pairs ? takeEven<T>(a + far) : v128.load(a + far);
    const bIm = pairs ? takeOdd<T>(a + far) : v128.load(i + far);
    const cRe = pairs ? takeEven<T>(c) : v128.load(c);
    const cIm = pairs ? takeOdd<T>(c) : v128.load(i + 2 * far);
    const dRe = pairs ? takeEven<T>(c + far) : v128.load(c + far);
    const dIm = pairs ? takeOdd<T>(c + far) : v128.load(i + 3 * far);
    const acRe = add<T>(aRe, cRe);
    const acIm = add<T>(aIm, cIm);
    const acDifferenceRe = sub<T>(aRe, cRe);
    const acDifferenceIm = sub<T>(aIm, cIm);
    const bdRe = add<T>(bRe, dRe);
    const bdIm = add<T>(bIm, dIm);
    const bdDifferenceRe = sub<T>(bRe, dRe);
    const bdDifferenceIm = sub<T>(bIm, dIm);
    const re1 = add<T>(acDifferenceRe, bdDifferenceIm);
    const im1 = sub<T>(acDifferenceIm, bdDifferenceRe);
    const re2 = sub<T>(acRe, bdRe);
    const im2 = sub<T>(acIm, bdIm);
    const re3 = sub<T>(acDifferenceRe, bdDifferenceIm);
    const im3 = add<T>(acDifferenceIm, bdDifferenceRe);
    const at = factors + j;
    const c1 = v128.load(at);
    const s1 = v128.load(at + bytes);
    const c2 = v128.load(at + 2 * bytes);
    const s2 = v128.load(at + 3 * bytes);
    const c3 = v128.load(at + 4 * bytes);
    const s3 = v128.load(at + 5 * bytes);
    putColumns<T>(
      add<T>(acRe, bdRe), sub<T>(mul<T>(re1, c1), mul<T>(im1, s1)),
      sub<T>(mul<T>(re2, c2), mul<T>(im2, s2)), sub<T>(mul<T>(re3, c3), mul<T>(im3, s3)), toRe + 4 * j,
    );
    putColumns<T>(
      add<T>(acIm, bdIm), add<T>(mul<T>(re1, s1), mul<T>(im1, c1)),
      add<T>(mul<T>(re2, s2), mul<T>(im2, c2)), add<T>(mul<T>(re3, s3), mul<T>(im3, c3)), toIm + 4 * j,
    );
    if (j == last) return;
  }
}
function firstStageOfParts<T>(re: usize, im: usize, toRe: usize, toIm: usize, columns: usize, factors: usize): void {
  firstStage<T>(false, re, im, toRe, toIm, columns, factors);
}
function firstStageOfPairs<T>(pairs: usize, toRe: usize, toIm: usize, columns: usize, factors: usize): void {
  firstStage<T>(true, pairs, pairs, toRe, toIm, columns, factors);
}

/** Where the last transform left its values. */
export let resultRe: usize = 0;
export let resultIm: usize = 0;

// Places in a plan, in words of 32 bits: ../complex-transform-plan.ts writes them.
const LENGTH: usize = 0;
const STAGES_LENGTH: usize = 4;
const RADICES: usize = 8;
const FACTORS: usize = 12;
const FIRST_STAGE_FACTORS: usize = 16;
const CHIRP_RE: usize = 20;
const CHIRP_IM: usize = 24;
const CHIRP_SPECTRUM_RE: usize = 28;
const CHIRP_SPECTRUM_IM: usize = 32;
const IN_LANES: usize = 36;
const RE: usize = 40;
const IM: usize = 44;
const WORK_RE: usize = 48;
const WORK_IM: usize = 52;

@inline
export function planLength(plan: usize): usize {
  return load<u32>(plan, LENGTH);
}
@inline
export function planRe(plan: usize): usize {
  return load<u32>(plan, RE);
}
@inline
export function planIm(plan: usize): usize {
  return load<u32>(plan, IM);
}
@inline
export function planWorkRe(plan: usize): usize {
  return load<u32>(plan, WORK_RE);
}
@inline
export function planWorkIm(plan: usize): usize {
  return load<u32>(plan, WORK_IM);
}

/** The stages, from the arrays given or from pairs; 0 for none. */
function stages<T>(plan: usize, pairs: usize, re: usize, im: usize, workRe: usize, workIm: usize): void {
  let columns: usize = load<u32>(plan, STAGES_LENGTH);
  let near = load<u32>(plan, IN_LANES) != 0 ? VECTOR : sizeof<T>();
  let radices: usize = load<u32>(plan, RADICES);
  let factors: usize = load<u32>(plan, FACTORS);
  const firstFactors: usize = load<u32>(plan, FIRST_STAGE_FACTORS);
  for (; ; radices += 4) {
    let radix: usize = load<u32>(radices);
    if (radix == 0) break;
    columns /= radix;
    if (near == sizeof<T>() && firstFactors != 0) {
      if (pairs != 0) firstStageOfPairs<T>(pairs, workRe, workIm, columns, firstFactors);
      else firstStageOfParts<T>(re, im, workRe, workIm, columns, firstFactors);
    } else if (radix == 4 && columns == 2 && near >= VECTOR) {
      lastStages<T>(re, im, workRe, workIm, near, factors);
      radix = 8;
      radices += 4;
    } else if (radix == 2) stage2<T>(re, im, workRe, workIm, columns, near, factors);
    else if (radix == 3) stage3<T>(re, im, workRe, workIm, columns, near, factors);
    else if (radix == 4) stage4<T>(re, im, workRe, workIm, columns, near, factors);
    else stage5<T>(re, im, workRe, workIm, columns, near, factors);
    factors += columns * 2 * (radix - 1) * sizeof<T>();
    near *= radix;
    const nextRe = workRe;
    const nextIm = workIm;
    workRe = re;
    workIm = im;
    re = nextRe;
    im = nextIm;
  }
  resultRe = re;
  resultIm = im;
}

/** Complex values times complex factors, in place. */
@inline
function multiplyInMode<T>(mode: i32, re: usize, im: usize, factorsRe: usize, factorsIm: usize, from: usize, to: usize): void {
  const step: usize = mode == NEIGHBORS ? lanes<T>() : 1;
  for (let n = from; n + step <= to; n += step) {
    const at = n * valueBytes<T>(mode);
    const c = factor<T>(mode, factorsRe + n * sizeof<T>());
    const s = factor<T>(mode, factorsIm + n * sizeof<T>());
    const a = take<T>(mode, re + at);
    const b = take<T>(mode, im + at);
    put<T>(mode, re + at, sub<T>(mul<T>(a, c), mul<T>(b, s)));
    put<T>(mode, im + at, add<T>(mul<T>(a, s), mul<T>(b, c)));
  }
}
function multiply<T>(inLanes: bool, re: usize, im: usize, factorsRe: usize, factorsIm: usize, count: usize): void {
  if (inLanes) {
    multiplyInMode<T>(LANES, re, im, factorsRe, factorsIm, 0, count);
    return;
  }
  multiplyInMode<T>(NEIGHBORS, re, im, factorsRe, factorsIm, 0, count);
  multiplyInMode<T>(ALONE, re, im, factorsRe, factorsIm, count - (count % lanes<T>()), count);
}

/**
 * X[k] = Σ x[n]·exp(−2πi·k·n/N). With real and imaginary parts exchanged in what is given and in what results, it is
 * the inverse but for a factor of N.
 *
 * @param re, im - the values x; overwritten
 * @param workRe, workIm - as much room; the result is here or in `re` and `im`, as {@link resultRe} tells
 */
export function transform<T>(plan: usize, re: usize, im: usize, workRe: usize, workIm: usize): void {
  const chirpRe: usize = load<u32>(plan, CHIRP_RE);
  if (chirpRe == 0) {
    stages<T>(plan, 0, re, im, workRe, workIm);
    return;
  }
  const chirpIm: usize = load<u32>(plan, CHIRP_IM);
  const inLanes = load<u32>(plan, IN_LANES) != 0;
  const length: usize = load<u32>(plan, LENGTH);
  const size: usize = load<u32>(plan, STAGES_LENGTH);
  const bytes = inLanes ? VECTOR : sizeof<T>();
  multiply<T>(inLanes, re, im, chirpRe, chirpIm, length);
  memory.fill(re + length * bytes, 0, (size - length) * bytes);
  memory.fill(im + length * bytes, 0, (size - length) * bytes);
  stages<T>(plan, 0, re, im, workRe, workIm);
  multiply<T>(inLanes, resultRe, resultIm, load<u32>(plan, CHIRP_SPECTRUM_RE), load<u32>(plan, CHIRP_SPECTRUM_IM), size);
  if (resultRe == re) stages<T>(plan, 0, im, re, workIm, workRe);
  else stages<T>(plan, 0, workIm, workRe, im, re);
  const swapped = resultRe;
  resultRe = resultIm;
  resultIm = swapped;
  multiply<T>(inLanes, resultRe, resultIm, chirpRe, chirpIm, length);
}

/**
 * As {@link transform}, of one signal whose values are pairs.
 *
 * @param pairs - left as they are
 */
export function transformPairs<T>(plan: usize, pairs: usize, re: usize, im: usize, workRe: usize, workIm: usize): void {
  if (load<u32>(plan, CHIRP_RE) == 0 && load<u32>(plan, FIRST_STAGE_FACTORS) != 0) {
    stages<T>(plan, pairs, re, im, workRe, workIm);
    return;
  }
  const length: usize = load<u32>(plan, LENGTH);
  let n: usize = 0;
  for (; n + lanes<T>() <= length; n += lanes<T>()) {
    const from = pairs + 2 * n * sizeof<T>();
    v128.store(re + n * sizeof<T>(), takeEven<T>(from));
    v128.store(im + n * sizeof<T>(), takeOdd<T>(from));
  }
  for (; n < length; n++) {
    const from = pairs + 2 * n * sizeof<T>();
    store<T>(re + n * sizeof<T>(), load<T>(from));
    store<T>(im + n * sizeof<T>(), load<T>(from + sizeof<T>()));
  }
  transform<T>(plan, re, im, workRe, workIm);
}

/**
 * Real and imaginary parts of one signal to pairs.
 *
 * @param pairs - receives twice `length` numbers
 */
export function joinPairs<T>(re: usize, im: usize, length: usize, pairs: usize): void {
  let n: usize = 0;
  for (; n + lanes<T>() <= length; n += lanes<T>()) {
    const a = v128.load(re + n * sizeof<T>());
    const b = v128.load(im + n * sizeof<T>());
    const to = pairs + 2 * n * sizeof<T>();
    if (sizeof<T>() == 4) {
      v128.store(to, i32x4.shuffle(a, b, 0, 4, 1, 5));
      v128.store(to + VECTOR, i32x4.shuffle(a, b, 2, 6, 3, 7));
    } else {
      v128.store(to, i64x2.shuffle(a, b, 0, 2));
      v128.store(to + VECTOR, i64x2.shuffle(a, b, 1, 3));
    }
  }
  for (; n < length; n++) {
    const to = pairs + 2 * n * sizeof<T>();
    store<T>(to, load<T>(re + n * sizeof<T>()));
    store<T>(to + sizeof<T>(), load<T>(im + n * sizeof<T>()));
  }
}

/**
 * Values of `lanes` blocks, one after another, as vectors.
 *
 * @param stride - bytes from one block to the next
 */
export function gather<T>(source: usize, stride: usize, length: usize, target: usize): void {
  let n: usize = 0;
  for (; n + lanes<T>() <= length; n += lanes<T>()) {
    loadLanes<T>(source + n * sizeof<T>(), stride, target + n * VECTOR, VECTOR);
  }
  for (; n < length; n++) {
    for (let b: usize = 0; b < lanes<T>(); b++) {
      store<T>(target + n * VECTOR + b * sizeof<T>(), load<T>(source + b * stride + n * sizeof<T>()));
    }
  }
}

/** Undoes {@link gather}. */
export function scatter<T>(source: usize, length: usize, target: usize, stride: usize): void {
  let n: usize = 0;
  for (; n + lanes<T>() <= length; n += lanes<T>()) {
    const from = source + n * VECTOR;
    const a = v128.load(from);
    const b = v128.load(from + VECTOR);
    const c = sizeof<T>() == 4 ? v128.load(from + 2 * VECTOR) : a;
    const d = sizeof<T>() == 4 ? v128.load(from + 3 * VECTOR) : b;
    storeLanes<T>(a, b, c, d, target + n * sizeof<T>(), stride);
  }
  for (; n < length; n++) {
    for (let b: usize = 0; b < lanes<T>(); b++) {
      store<T>(target + b * stride + n * sizeof<T>(), load<T>(source + n * VECTOR + b * sizeof<T>()));
    }
  }
}
