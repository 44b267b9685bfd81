// The cumulative distributions of the lossless codecs, computed as docs/format.md §7 and §11 say, in the form that the
// kernels take: each entry followed by the rise to the next. The specification is lib/codecs/lossless/distributions.ts.

const ENTRIES: i32 = 1024;
const CENTER: i32 = 512;
const ENTRY_SCALE: f64 = 4294967296;
const GAUSSIAN_RATIO: f64 = 0.9998779371377774;
const GAUSSIAN_RATIO_FACTOR: f64 = 0.9997558891748972;

export const GAUSSIAN: usize = memory.data(16384, 16);
export const STUDENT: usize = memory.data(16384, 16);
export const HEAVY: usize = memory.data(16384, 16);

const DENSITY: usize = memory.data(8192, 16);
const SUMS: usize = memory.data(4096, 16);
let prepared: bool = false;

@inline
function density(k: i32): f64 {
  return load<f64>(DENSITY + (<usize>k << 3));
}

function putEntry(table: usize, entry: i32, value: f64): void {
  store<f64>(table + (<usize>entry << 4), value);
}

function accumulate(table: usize): void {
  const reach = CENTER - 1;
  store<f64>(SUMS, 0);
  for (let k = 0; k < reach; k++) {
    const sum = load<f64>(SUMS + (<usize>k << 3)) + (density(2 * k) + 4 * density(2 * k + 1) + density(2 * k + 2));
    store<f64>(SUMS + (<usize>(k + 1) << 3), sum);
  }
  const whole = load<f64>(SUMS + (<usize>reach << 3));
  for (let k = 0; k <= reach; k++) {
    const upper = floor((0.5 + (0.5 * load<f64>(SUMS + (<usize>k << 3))) / whole) * ENTRY_SCALE + 0.5) / ENTRY_SCALE;
    putEntry(table, CENTER + k, upper);
    putEntry(table, CENTER - k, 1 - upper);
  }
  putEntry(table, 0, 0);
  for (let i = 0; i < ENTRIES; i++) {
    const entry = load<f64>(table + (<usize>i << 4));
    const next = i + 1 < ENTRIES ? load<f64>(table + (<usize>(i + 1) << 4)) : entry;
    store<f64>(table + (<usize>i << 4), next - entry, 8);
  }
}

/** Computes the tables, once. */
export function prepareDistributions(): void {
  if (prepared) return;
  prepared = true;
  let value: f64 = 1;
  let ratio = GAUSSIAN_RATIO;
  for (let k: usize = 0; k < 1024; k++) {
    store<f64>(DENSITY + (k << 3), value);
    value *= ratio;
    ratio *= GAUSSIAN_RATIO_FACTOR;
  }
  accumulate(GAUSSIAN);
  for (let k: usize = 0; k < 1024; k++) {
    const u = 1 + <f64>(k * k) / 24576;
    const square = u * u;
    store<f64>(DENSITY + (k << 3), 1 / (square * square * sqrt(u)));
  }
  accumulate(STUDENT);
  for (let k: usize = 0; k < 1024; k++) {
    const u = 1 + <f64>(k * k) / 8192;
    store<f64>(DENSITY + (k << 3), 1 / (u * u * sqrt(u)));
  }
  accumulate(HEAVY);
}

/** Where the Gaussian reaches (i + 1/2)/256, in standard deviations: only where a search starts. */
export function quantiles(target: usize): void {
  let entry = 0;
  for (let i = 0; i < 256; i++) {
    while (load<f64>(GAUSSIAN + (<usize>entry << 4)) < (<f64>i + 0.5) / 256) entry++;
    store<f64>(target + (<usize>i << 3), <f64>(entry - CENTER) / 32);
  }
}
