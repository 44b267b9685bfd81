// Blocked matrix products: the specification is reference/matrix.ts, but for the order of additions.
//
// Both factors are first packed into panels, so that the innermost loop reads memory in a row (K. Goto and R. A.
// van de Geijn, "Anatomy of high-performance matrix multiplication", ACM Transactions on Mathematical Software 34,
// 2008). A tile of the product, 4 rows by two vectors, stays in registers throughout.
import { VECTOR } from './lanes';

/** Rows of a tile. */
const TILE_ROWS: usize = 4;

/** Bytes of a row of a tile: two vectors. */
const TILE_WIDTH: usize = 2 * VECTOR;

/** Rows of the right factor that are worked on at a time: panels of them stay in the first-level cache. */
const DEPTH: usize = 256;

/** Rows of the left factor that are worked on at a time: their panels stay in the second-level cache. */
const HEIGHT: usize = 64;

/**
 * Adds the product of two panels to a tile.
 *
 * @param left - panel of the left factor: 4 elements, then those of the next column `leftStep` bytes on
 * @param right - panel of the right factor: rows of two vectors
 * @param tile - the tile's first element; its rows are `stride` bytes apart
 */
@inline
function addToTile<T>(left: usize, leftStep: usize, right: usize, depth: usize, tile: usize, stride: usize): void {
  const row1 = tile + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  let c00 = v128.load(tile);
  let c01 = v128.load(tile, 16);
  let c10 = v128.load(row1);
  let c11 = v128.load(row1, 16);
  let c20 = v128.load(row2);
  let c21 = v128.load(row2, 16);
  let c30 = v128.load(row3);
  let c31 = v128.load(row3, 16);
  const end = right + depth * TILE_WIDTH;
  while (right < end) {
    const b0 = v128.load(right);
    const b1 = v128.load(right, 16);
    const a0 = v128.load_splat<T>(left);
    c00 = v128.add<T>(c00, v128.mul<T>(a0, b0));
    c01 = v128.add<T>(c01, v128.mul<T>(a0, b1));
    const a1 = v128.load_splat<T>(left + sizeof<T>());
    c10 = v128.add<T>(c10, v128.mul<T>(a1, b0));
    c11 = v128.add<T>(c11, v128.mul<T>(a1, b1));
    const a2 = v128.load_splat<T>(left + 2 * sizeof<T>());
    c20 = v128.add<T>(c20, v128.mul<T>(a2, b0));
    c21 = v128.add<T>(c21, v128.mul<T>(a2, b1));
    const a3 = v128.load_splat<T>(left + 3 * sizeof<T>());
    c30 = v128.add<T>(c30, v128.mul<T>(a3, b0));
    c31 = v128.add<T>(c31, v128.mul<T>(a3, b1));
    right += TILE_WIDTH;
    left += leftStep;
  }
  v128.store(tile, c00);
  v128.store(tile, c01, 16);
  v128.store(row1, c10);
  v128.store(row1, c11, 16);
  v128.store(row2, c20);
  v128.store(row2, c21, 16);
  v128.store(row3, c30);
  v128.store(row3, c31, 16);
}

/**
 * Packs rows of a matrix into panels two vectors wide, one panel after another; zeros fill the last.
 *
 * @param source - first element; rows are `columns` elements long
 */
@inline
function packRows<T>(source: usize, rows: usize, columns: usize, panels: usize): void {
  const width = TILE_WIDTH / sizeof<T>();
  const rowBytes = columns * sizeof<T>();
  for (let first: usize = 0; first < columns; first += width) {
    let from = source + first * sizeof<T>();
    const end = panels + rows * TILE_WIDTH;
    if (first + width <= columns) {
      for (; panels < end; panels += TILE_WIDTH) {
        v128.store(panels, v128.load(from));
        v128.store(panels, v128.load(from, 16), 16);
        from += rowBytes;
      }
    } else {
      const bytes = (columns - first) * sizeof<T>();
      for (; panels < end; panels += TILE_WIDTH) {
        memory.fill(panels, 0, TILE_WIDTH);
        memory.copy(panels, from, bytes);
        from += rowBytes;
      }
    }
  }
}

/** Packs `depth` columns of rows of a matrix, 4 rows side by side, one panel after another; zeros fill the last. */
@inline
function packColumns<T>(source: usize, rows: usize, depth: usize, columns: usize, panels: usize): void {
  for (let first: usize = 0; first < rows; first += TILE_ROWS) {
    const panel = panels + first * depth * sizeof<T>();
    for (let r: usize = 0; r < TILE_ROWS; r++) {
      const from = source + (first + r) * columns * sizeof<T>();
      let to = panel + r * sizeof<T>();
      for (let k: usize = 0; k < depth; k++) {
        store<T>(to, first + r < rows ? load<T>(from + k * sizeof<T>()) : <T>0);
        to += TILE_ROWS * sizeof<T>();
      }
    }
  }
}

/** @param panels - room for `rows` (padded to whole panels: all {@link DEPTH} rows of each panel in a row) */
@inline
function packRight<T>(right: usize, inner: usize, columns: usize, panels: usize): void {
  const width = TILE_WIDTH / sizeof<T>();
  const panelCount = (columns + width - 1) / width;
  for (let start: usize = 0; start < inner; start += DEPTH) {
    const depth = min<usize>(DEPTH, inner - start);
    packRows<T>(right + start * columns * sizeof<T>(), depth, columns, panels + start * panelCount * TILE_WIDTH);
  }
}

/**
 * product = left · right.
 *
 * @param left - `rows` × `inner`
 * @param panels - the right factor, packed by {@link packRight}
 * @param product - `rows` (padded to a multiple of 4) × `columns` (padded to whole panels)
 * @param scratch - room for 64 × 256 elements
 */
@inline
function multiply<T>(
  left: usize, rows: usize, inner: usize, panels: usize, columns: usize, product: usize, scratch: usize,
): void {
  const width = TILE_WIDTH / sizeof<T>();
  const panelCount = (columns + width - 1) / width;
  const stride = panelCount * TILE_WIDTH;
  memory.fill(product, 0, ((rows + TILE_ROWS - 1) / TILE_ROWS) * TILE_ROWS * stride);
  for (let start: usize = 0; start < inner; start += DEPTH) {
    const depth = min<usize>(DEPTH, inner - start);
    for (let top: usize = 0; top < rows; top += HEIGHT) {
      const height = min<usize>(HEIGHT, rows - top);
      packColumns<T>(left + (top * inner + start) * sizeof<T>(), height, depth, inner, scratch);
      for (let p: usize = 0; p < panelCount; p++) {
        const right = panels + start * stride + p * depth * TILE_WIDTH;
        for (let r: usize = 0; r < height; r += TILE_ROWS) {
          const tile = product + (top + r) * stride + p * TILE_WIDTH;
          addToTile<T>(scratch + r * depth * sizeof<T>(), TILE_ROWS * sizeof<T>(), right, depth, tile, stride);
        }
      }
    }
  }
}

/**
 * sum += Σ x·xᵀ over the rows x of `rows`, on and above the diagonal (and in the rest of the tiles on it).
 *
 * @param sum - square, `columns` padded to whole panels both ways
 * @param panels - room for 256 rows of the panels
 */
@inline
function addOuterProducts<T>(rows: usize, count: usize, columns: usize, sum: usize, panels: usize): void {
  const width = TILE_WIDTH / sizeof<T>();
  const panelCount = (columns + width - 1) / width;
  const stride = panelCount * TILE_WIDTH;
  for (let start: usize = 0; start < count; start += DEPTH) {
    const depth = min<usize>(DEPTH, count - start);
    packRows<T>(rows + start * columns * sizeof<T>(), depth, columns, panels);
    for (let i: usize = 0; i < panelCount; i++) {
      for (let part: usize = 0; part < width; part += TILE_ROWS) {
        const left = panels + i * depth * TILE_WIDTH + part * sizeof<T>();
        const row = sum + (i * width + part) * stride;
        for (let j = i; j < panelCount; j++) {
          addToTile<T>(left, TILE_WIDTH, panels + j * depth * TILE_WIDTH, depth, row + j * TILE_WIDTH, stride);
        }
      }
    }
  }
}

export function packRightFloat32(right: usize, inner: usize, columns: usize, panels: usize): void {
  packRight<f32>(right, inner, columns, panels);
}

export function packRightFloat64(right: usize, inner: usize, columns: usize, panels: usize): void {
  packRight<f64>(right, inner, columns, panels);
}

export function multiplyFloat32(
  left: usize, rows: usize, inner: usize, panels: usize, columns: usize, product: usize, scratch: usize,
): void {
  multiply<f32>(left, rows, inner, panels, columns, product, scratch);
}

export function multiplyFloat64(
  left: usize, rows: usize, inner: usize, panels: usize, columns: usize, product: usize, scratch: usize,
): void {
  multiply<f64>(left, rows, inner, panels, columns, product, scratch);
}

export function addOuterProductsFloat32(
  rows: usize, count: usize, columns: usize, sum: usize, panels: usize,
): void {
  addOuterProducts<f32>(rows, count, columns, sum, panels);
}

export function addOuterProductsFloat64(
  rows: usize, count: usize, columns: usize, sum: usize, panels: usize,
): void {
  addOuterProducts<f64>(rows, count, columns, sum, panels);
}
