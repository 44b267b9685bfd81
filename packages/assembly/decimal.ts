// The double nearest to an integer times a power of ten.

/** Powers of ten up to this are doubles themselves. */
const EXACT: i32 = 22;
/** Words of 32 bits of a large integer: 35 bits times 10⁶⁴, and room to shift. */
const WORDS: i32 = 16;

const LARGE: usize = memory.data(4 * WORDS, 4);
const DIVISOR: usize = memory.data(4 * WORDS, 4);

/** @param digits - below 2³⁵ in magnitude. @param exponent - −64 … 62 */
export function decimal(digits: i64, exponent: i32): f64 {
  if (exponent >= 0 && exponent <= EXACT) return <f64>digits * power(exponent);
  if (exponent < 0 && exponent >= -EXACT) return <f64>digits / power(-exponent);
  if (digits == 0) return 0;
  const size = <u64>(digits < 0 ? -digits : digits);
  const value = exponent > 0 ? product(size, exponent) : quotient(size, -exponent);
  return digits < 0 ? -value : value;
}

function power(exponent: i32): f64 {
  let value: f64 = 1;
  for (let i = 0; i < exponent; i++) value *= 10;
  return value;
}

function set(target: usize, value: u64): void {
  memory.fill(target, 0, 4 * WORDS);
  store<u64>(target, value);
}

function timesTen(target: usize, times: i32): void {
  for (; times > 0; times--) {
    let carry: u64 = 0;
    for (let i = 0; i < WORDS; i++) {
      const at = target + (<usize>i << 2);
      const value = <u64>load<u32>(at) * 10 + carry;
      store<u32>(at, <u32>value);
      carry = value >> 32;
    }
  }
}

function bitLength(target: usize): i32 {
  for (let i = WORDS - 1; i >= 0; i--) {
    const word = load<u32>(target + (<usize>i << 2));
    if (word != 0) return 32 * i + 32 - clz(word);
  }
  return 0;
}

function bitAt(target: usize, bit: i32): u64 {
  return <u64>(load<u32>(target + (<usize>(bit >> 5) << 2)) >> <u32>(bit & 31)) & 1;
}

/** A 64-bit significand, whose last bit stands for all below it, times 2^scale: rounded once. */
function rounded(significand: u64, scale: i32): f64 {
  const drop: u64 = 11;
  let kept = significand >> drop;
  const rest = significand & ((1 << drop) - 1);
  const half: u64 = 1 << (drop - 1);
  if (rest > half || (rest == half && (kept & 1) == 1)) kept++;
  return ldexp(<f64>kept, scale + <i32>drop);
}

/** By steps that are exact: no result here is near the smallest doubles. */
function ldexp(value: f64, exponent: i32): f64 {
  for (; exponent > 0; exponent--) value *= 2;
  for (; exponent < 0; exponent++) value *= 0.5;
  return value;
}

function product(size: u64, exponent: i32): f64 {
  set(LARGE, size);
  timesTen(LARGE, exponent);
  const length = bitLength(LARGE);
  let significand: u64 = 0;
  for (let i = 1; i <= 64; i++) significand = (significand << 1) | (length - i >= 0 ? bitAt(LARGE, length - i) : 0);
  for (let bit = length - 65; bit >= 0; bit--) significand |= bitAt(LARGE, bit);
  return rounded(significand, length - 64);
}

function quotient(size: u64, exponent: i32): f64 {
  // The divisor stays, and the dividend is doubled: a bit of the quotient each time, until there are 64.
  set(DIVISOR, 1);
  timesTen(DIVISOR, exponent);
  set(LARGE, size);
  let scale = 0;
  while (!reaches()) {
    double();
    scale--;
  }
  let significand: u64 = 0;
  for (let i = 0; i < 64; i++) {
    significand <<= 1;
    if (reaches()) {
      subtract();
      significand |= 1;
    }
    double();
  }
  if (bitLength(LARGE) > 0) significand |= 1;
  return rounded(significand, scale - 63);
}

function double(): void {
  for (let i = WORDS - 1; i >= 0; i--) {
    const at = LARGE + (<usize>i << 2);
    const below = i > 0 ? load<u32>(at - 4) >> 31 : 0;
    store<u32>(at, (load<u32>(at) << 1) | below);
  }
}

function reaches(): bool {
  for (let i = WORDS - 1; i >= 0; i--) {
    const a = load<u32>(LARGE + (<usize>i << 2));
    const b = load<u32>(DIVISOR + (<usize>i << 2));
    if (a != b) return a > b;
  }
  return true;
}

function subtract(): void {
  let borrow: i64 = 0;
  for (let i = 0; i < WORDS; i++) {
    const at = LARGE + (<usize>i << 2);
    const value = <i64>load<u32>(at) - <i64>load<u32>(DIVISOR + (<usize>i << 2)) + borrow;
    store<u32>(at, <u32>value);
    borrow = value >> 32;
  }
}
