/** The tables of `docs/space.md`, made of the kept results of arrays. */
import { markdownTable, withTables } from '../../files/markdown-tables';
import type { Interval } from '../../numerics/statistics';
import { ARRAY_RATIOS, type ArrayResult, type ArrayRow } from './array-results';

/** The page with the tables, from the root of the project. */
export const SPACE_PAGE = 'docs/space.md';

/** How tables and figures name an array. */
const ARRAY_TITLES: Readonly<Record<string, string>> = {
  openephys32: 'Open Ephys headstage',
  whitematter24: 'White Matter headstage',
  neuralynx5: 'Neuralynx',
  biocam24: '3Brain BioCAM, culture',
  npultra24: 'Neuropixels Ultra, along the probe',
  npultradense: 'Neuropixels Ultra, neighbors',
  neuralink: 'Neuralink, equal lengths',
  sample: 'Simulated array',
};

/** `"Neuralynx"` */
export function arrayTitle({ dataset }: Pick<ArrayResult, 'dataset'>): string {
  return ARRAY_TITLES[dataset] ?? dataset;
}

/** Short names of spatial bases, in tables and at the ends of lines. */
const SPATIAL_TITLES: Readonly<Record<string, string>> = {
  none: 'none',
  'own-files': 'own files',
  mean: 'mean before',
  best: 'best before',
  several: 'up to four before',
  dct: 'cosines',
  haar: 'Haar',
  graph: 'graph Fourier',
  klt: 'one KLT',
  'klt-bands': 'KLT of each octave',
  'klt-dataset': 'KLT of the other half, sent',
  'klt-model': 'KLT of the other half, a model',
  sparsifying: 'sparsifying, of the other half, a model',
  'separable-8': 'KLT of time, then of space',
  'joint-8': 'KLT of time and space together',
};

/** `"KLT of each octave"` */
export function spatialTitle(spatial: string): string {
  return SPATIAL_TITLES[spatial] ?? spatial;
}

/** A number with a true minus sign; what rounds to zero has none. */
function number(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.replace('-', Number(text) === 0 ? '' : '−');
}

/** `"45.6 (45.3 to 45.8)"`; a dash where there is none. */
function withEnds(interval: Interval | null): string {
  if (!interval) return '–';
  const { estimate, lower, upper } = interval;
  return `${number(estimate, 1)} (${number(lower, 1)} to ${number(upper, 1)})`;
}

const RATIO_COLUMNS = ARRAY_RATIOS.map((ratio) => `at CR ${ratio}`);

function savedTable(
  arrays: readonly ArrayResult[],
  rowsOf: (array: ArrayResult) => readonly ArrayRow[],
): string {
  const rows = arrays.flatMap((array) =>
    rowsOf(array).map((row, i) => [
      i === 0 ? arrayTitle(array) : '',
      spatialTitle(row.spatial),
      ...row.saved.map(withEnds),
    ]),
  );
  return markdownTable(['recording', 'basis across electrodes', ...RATIO_COLUMNS], rows);
}

/** What parts of an array save: a row for each. */
function partTable(
  arrays: readonly ArrayResult[],
  column: string,
  partsOf: (
    array: ArrayResult,
  ) => readonly { readonly at: number | string; readonly saved: Interval | null }[],
): string {
  const rows = arrays.flatMap((array) =>
    partsOf(array).map(({ at, saved }, i) => [i === 0 ? arrayTitle(array) : '', `${at}`, withEnds(saved)]),
  );
  return markdownTable(['recording', column, 'saved at CR 50, %'], rows);
}

/** Tables by the names of their places in the page. */
const TABLES: Readonly<Record<string, (arrays: readonly ArrayResult[]) => string>> = {
  arrays: (all) =>
    markdownTable(
      ['recording', 'electrodes', 'stretches', 'Hz', 'samples'],
      all.map((array) => [
        arrayTitle(array),
        `${array.channels}`,
        `${array.stretches}`,
        array.sampleRate.toLocaleString('en-US'),
        array.samples.toLocaleString('en-US'),
      ]),
    ),
  saved: (all) => savedTable(all, ({ rows }) => rows.filter(({ spatial }) => spatial !== 'none')),
  bound: (all) =>
    markdownTable(
      ['recording', ...RATIO_COLUMNS],
      all.map((array) => [
        arrayTitle(array),
        ...array.bound.map((value) => (value === null ? '–' : number(value, 1))),
      ]),
    ),
  growth: (all) => partTable(all, 'channels', ({ growth }) => growth),
  distance: (all) =>
    partTable(all, 'apart', ({ placed, distance }) =>
      distance.map(({ at, saved }) => ({ at: placed ? `${at} µm` : `${at}`, saved })),
    ),
  learned: (all) =>
    savedTable(
      all.filter(({ learned }) => learned.length > 0),
      ({ rows, learned }) => [...rows.filter(({ spatial }) => spatial === 'klt-bands'), ...learned],
    ),
  blocks: (all) =>
    savedTable(
      all.filter(({ blocks }) => blocks.length > 0),
      ({ blocks }) => blocks,
    ),
  lossless: (all) => {
    const ids = all[0]?.lossless.map(({ codecId }) => codecId) ?? [];
    return markdownTable(
      ['recording', ...ids.map((id) => `\`${id}\``), 'saved by earlier channels, %'],
      all.map((array) => [
        arrayTitle(array),
        ...ids.map((id) => {
          const found = array.lossless.find(({ codecId }) => codecId === id);
          return found ? number(found.bitsPerSample, 3) : '–';
        }),
        withEnds(array.lossless.find(({ codecId }) => codecId === 'lossless-best@none')?.saved ?? null),
      ]),
    );
  },
  residual: (all) => {
    const ids = [
      ...new Set(
        all.flatMap(({ rows }) => rows.flatMap((row) => (row.losslessBits === null ? [] : row.spatial))),
      ),
    ];
    return markdownTable(
      ['recording', ...ids.map(spatialTitle)],
      all.map((array) => [
        arrayTitle(array),
        ...ids.map((id) => {
          const bits = array.rows.find(({ spatial }) => spatial === id)?.losslessBits;
          return bits === undefined || bits === null ? '–' : number(bits, 3);
        }),
      ]),
    );
  },
};

/**
 * The page with its tables written anew.
 *
 * @param page - its text
 * @throws PageTablesError when it lacks the place of one
 */
export function withArrayTables(page: string, arrays: readonly ArrayResult[]): string {
  const tables = Object.fromEntries(Object.entries(TABLES).map(([name, make]) => [name, make(arrays)]));
  return withTables(page, SPACE_PAGE, 'electrodes', tables);
}
