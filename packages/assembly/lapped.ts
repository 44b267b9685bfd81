// The inverse of the MDCT, as lib/kernels/reference/{lapped,fourier}.ts specify it, operation by operation.

import { allocate, mark, reset } from './arena';

const PI: f64 = 3.141592653589793;
const TERMS: i32 = 9;
const ALPHA: f64 = 4;

const SINE: u32 = 0;
const KAISER_BESSEL: u32 = 1;

function cosineSeries(angle: f64): f64 {
  const square = angle * angle;
  let sum: f64 = 1;
  for (let term = TERMS; term > 0; term--) sum = 1 - (square / <f64>(2 * term * (2 * term - 1))) * sum;
  return sum;
}

function sineSeries(angle: f64): f64 {
  const square = angle * angle;
  let sum: f64 = 1;
  for (let term = TERMS; term > 0; term--) sum = 1 - (square / <f64>(2 * term * (2 * term + 1))) * sum;
  return angle * sum;
}

function firstQuarter(position: f64, denominator: f64): f64 {
  if (position <= denominator) return cosineSeries((position * PI) / (4 * denominator));
  return sineSeries(((2 * denominator - position) * PI) / (4 * denominator));
}

/** cos(2π·numerator/denominator). */
function cosineOfTurn(numerator: f64, denominator: f64): f64 {
  const turn = 8 * denominator;
  let position = (8 * numerator) % turn;
  if (position < 0) position += turn;
  if (position > 4 * denominator) position = turn - position;
  if (position > 2 * denominator) return -firstQuarter(4 * denominator - position, denominator);
  return firstQuarter(position, denominator);
}

function sineOfTurn(numerator: f64, denominator: f64): f64 {
  return cosineOfTurn(4 * numerator - denominator, 4 * denominator);
}

function besselI0(x: f64): f64 {
  let sum: f64 = 1;
  let term: f64 = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / <f64>(2 * k)) * (x / <f64>(2 * k));
    sum += term;
  }
  return sum;
}

/** The rising half of a window, f64, `hop` values. */
function risingWindow(window: u32, hop: u32): usize {
  const rise = allocate(8 * <u64>hop);
  if (window == KAISER_BESSEL) {
    const sums = allocate(8 * <u64>(hop + 2));
    store<f64>(sums, 0);
    for (let n: u32 = 0; n <= hop; n++) {
      const place = <f64>(2 * n) / <f64>hop - 1;
      const sum = load<f64>(sums + 8 * <usize>n) + besselI0(PI * ALPHA * sqrt(1 - place * place));
      store<f64>(sums + 8 * <usize>n, sum, 8);
    }
    const whole = load<f64>(sums + 8 * <usize>(hop + 1));
    for (let n: usize = 0; n < hop; n++) store<f64>(rise + 8 * n, sqrt(load<f64>(sums + 8 * n, 8) / whole));
    return rise;
  }
  for (let n: u32 = 0; n < hop; n++) {
    const sine = sineOfTurn(<f64>(2 * n + 1), 8 * <f64>hop);
    store<f64>(rise + 8 * <usize>n, window == SINE ? sine : sineOfTurn(sine * sine, 4));
  }
  return rise;
}

/** Factors of all stages of a transform of a power of two: radix 4, and 2 at the end where it takes one. */
function stageFactors(length: u32): usize {
  const factors = allocate(16 * <u64>length * 4 + 64);
  let at = factors;
  let rest = length;
  while (rest > 1) {
    const radix: u32 = rest % 4 == 0 ? 4 : 2;
    const part = length / rest;
    rest /= radix;
    for (let j: u32 = 0; j < rest; j++) {
      for (let r: u32 = 1; r < radix; r++) {
        // Roots beyond half a turn are conjugates of those before.
        const k = j * r * part;
        const mirrored = k > length / 2;
        const near = mirrored ? length - k : k;
        const sine = sineOfTurn(<f64>near, <f64>length);
        store<f64>(at, cosineOfTurn(<f64>near, <f64>length));
        store<f64>(at, mirrored ? sine : -sine, 8);
        at += 16;
      }
    }
  }
  return factors;
}

/** The complex Fourier transform of `length` values, in place. @param work - room for as many complex values */
function fourier(re: usize, im: usize, length: u32, factors: usize, work: usize): void {
  const bytes = <usize>length * 8;
  let at = factors;
  let near: u32 = 1;
  while (near < length) {
    const rest = length / near;
    const radix: u32 = rest % 4 == 0 ? 4 : 2;
    const columns = rest / radix;
    memory.copy(work, re, bytes);
    memory.copy(work + bytes, im, bytes);
    const stride = <usize>columns * near * 8;
    for (let j: u32 = 0; j < columns; j++) {
      for (let q: u32 = 0; q < near; q++) {
        const from = work + 8 * <usize>(j * near + q);
        const to = <usize>(radix * j * near + q) * 8;
        const apart = <usize>near * 8;
        const re0 = load<f64>(from);
        const im0 = load<f64>(from + bytes);
        const re1 = load<f64>(from + stride);
        const im1 = load<f64>(from + stride + bytes);
        if (radix == 2) {
          put(re + to, im + to, re0 + re1, im0 + im1);
          putTurned(re + to + apart, im + to + apart, re0 - re1, im0 - im1, at);
          continue;
        }
        const re2 = load<f64>(from + 2 * stride);
        const im2 = load<f64>(from + 2 * stride + bytes);
        const re3 = load<f64>(from + 3 * stride);
        const im3 = load<f64>(from + 3 * stride + bytes);
        const acRe = re0 + re2;
        const acIm = im0 + im2;
        const acDifferenceRe = re0 - re2;
        const acDifferenceIm = im0 - im2;
        const bdRe = re1 + re3;
        const bdIm = im1 + im3;
        const bdDifferenceRe = re1 - re3;
        const bdDifferenceIm = im1 - im3;
        put(re + to, im + to, acRe + bdRe, acIm + bdIm);
        const second = to + apart;
        putTurned(re + second, im + second, acDifferenceRe + bdDifferenceIm, acDifferenceIm - bdDifferenceRe, at);
        const third = second + apart;
        putTurned(re + third, im + third, acRe - bdRe, acIm - bdIm, at + 16);
        const fourth = third + apart;
        putTurned(re + fourth, im + fourth, acDifferenceRe - bdDifferenceIm, acDifferenceIm + bdDifferenceRe, at + 32);
      }
      at += 16 * <usize>(radix - 1);
    }
    near *= radix;
  }
}

@inline
function put(re: usize, im: usize, real: f64, imaginary: f64): void {
  store<f64>(re, real);
  store<f64>(im, imaginary);
}

@inline
function putTurned(re: usize, im: usize, real: f64, imaginary: f64, factor: usize): void {
  const c = load<f64>(factor);
  const s = load<f64>(factor, 8);
  store<f64>(re, real * c - imaginary * s);
  store<f64>(im, real * s + imaginary * c);
}

/**
 * The signal of coefficients, f64 each, in whole frames.
 *
 * @param values - subband after subband
 * @param window - 0 sine, 1 Kaiser–Bessel-derived, 2 that of Vorbis
 */
export function inverseLapped(values: usize, frames: u32, hop: u32, window: u32): usize {
  const signal = allocate(8 * <u64>frames * hop);
  const before = mark();
  const half = hop / 2;
  const rise = risingWindow(window, hop);
  const factors = stageFactors(half);
  const cosine = allocate(8 * <u64>half);
  const sine = allocate(8 * <u64>half);
  const scale = sqrt(sqrt(2 / <f64>hop));
  for (let n: usize = 0; n < half; n++) {
    store<f64>(cosine + 8 * n, scale * cosineOfTurn(<f64>(8 * n + 1), 16 * <f64>hop));
    store<f64>(sine + 8 * n, scale * sineOfTurn(<f64>(8 * n + 1), 16 * <f64>hop));
  }
  const re = allocate(8 * <u64>half);
  const im = allocate(8 * <u64>half);
  const work = allocate(16 * <u64>half);
  for (let t: usize = 0; t < frames; t++) {
    const block = signal + 8 * t * hop;
    const last = <usize>hop - 1;
    for (let n: usize = 0; n < half; n++) {
      const a = -load<f64>(values + 8 * (2 * n * frames + t));
      const b = -load<f64>(values + 8 * ((last - 2 * n) * frames + t));
      const c = load<f64>(cosine + 8 * n);
      const s = load<f64>(sine + 8 * n);
      store<f64>(re + 8 * n, a * c + b * s);
      store<f64>(im + 8 * n, b * c - a * s);
    }
    fourier(re, im, half, factors, work);
    // The block comes out in reverse order.
    for (let k: usize = 0; k < half; k++) {
      const real = load<f64>(re + 8 * k);
      const imaginary = load<f64>(im + 8 * k);
      const c = load<f64>(cosine + 8 * k);
      const s = load<f64>(sine + 8 * k);
      store<f64>(block + 8 * (last - 2 * k), real * c + imaginary * s);
      store<f64>(block + 8 * (2 * k), real * s - imaginary * c);
    }
  }
  for (let t: usize = 1; t < frames; t++) {
    const border = signal + 8 * t * hop;
    for (let i: usize = 0; i < half; i++) {
      const c = load<f64>(rise + 8 * (half + i));
      const s = -load<f64>(rise + 8 * (half - 1 - i));
      const right = load<f64>(border + 8 * i);
      const left = load<f64>(border - 8 * (i + 1));
      store<f64>(border + 8 * i, right * c - left * s);
      store<f64>(border - 8 * (i + 1), left * c + right * s);
    }
  }
  reset(before);
  return signal;
}
