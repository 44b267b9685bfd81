/** The figures of notebook 94, of the kept results of arrays. */
import { linePanels, type LinePanel, type PanelLine, type PanelPoint } from '../figures/charts/line-panels';
import type { Figure } from '../figures/figure';
import { lineStyle, PALETTE, type Headline, type LineStyle } from '../figures/theme';
import type { Interval } from '../numerics/statistics';
import { ARRAY_RATIOS, type ArrayPart, type ArrayResult, type ArrayRow } from '../study/space/array-results';
import { arrayTitle, spatialTitle } from '../study/space/array-tables';

/** Spatial bases that are drawn, the best last, and so on top. */
const DRAWN = ['own-files', 'mean', 'several', 'dct', 'graph', 'klt', 'klt-bands'];

/** Most lines of a figure. */
const MOST_LINES = 8;

/** Percent below which lines are cut off: cosines over channels without places cost twice the bytes. */
const LEAST_SAVED = -40;

const BOUND: LineStyle = { color: PALETTE.black, dash: 'dash', symbol: 'x' };

/** Black is that of the bound. */
const OWN_FILES: LineStyle = { color: PALETTE.gray, dash: 'dot', symbol: 'star' };

function pointAt(x: number, saved: Interval | null): PanelPoint {
  return { x, y: saved?.estimate ?? null, ...(saved && { interval: [saved.lower, saved.upper] as const }) };
}

const pointsOf = ({ saved }: ArrayRow): PanelPoint[] =>
  ARRAY_RATIOS.map((ratio, at) => pointAt(ratio, saved[at] ?? null));

const headingOf = (array: ArrayResult): string => `${arrayTitle(array)}, ${array.channels} channels`;

const corpusOf = (arrays: readonly ArrayResult[]): string => `${arrays.length} arrays`;

/**
 * Bytes saved at equal error over the compression ratio, a panel for each array, the bound of the cross-spectra dashed.
 *
 * @public
 */
export function savedFigure(arrays: readonly ArrayResult[]): Figure {
  const panels = arrays.map((array): LinePanel => {
    const lines = DRAWN.flatMap((id, i): PanelLine[] => {
      const row = array.rows.find(({ spatial }) => spatial === id);
      if (!row) return [];
      const style = id === 'own-files' ? OWN_FILES : lineStyle(DRAWN.length - 1 - i);
      return [{ label: spatialTitle(id), points: pointsOf(row), style }];
    });
    const bound = ARRAY_RATIOS.map((x, at) => ({ x, y: array.bound[at] ?? null }));
    const known = bound.some(({ y }) => y !== null);
    return {
      heading: headingOf(array),
      lines: [...lines, ...(known ? [{ label: 'bound', points: bound, style: BOUND }] : [])],
    };
  });
  const paying = arrays.filter(({ rows }) => (bestSaved(rows) ?? 0) >= 10).length;
  return savedPanels('saved', panels, {
    title: `A basis across electrodes saves a tenth of the bytes or more at CR 50 on ${paying} of ${arrays.length} arrays`,
    corpus: corpusOf(arrays),
    detail: '95% intervals over stretches of time; lines leave the picture at −40%',
  });
}

/** Bytes saved over the compression ratio, a panel for each array. */
function savedPanels(name: string, panels: readonly LinePanel[], headline: Headline): Figure {
  return linePanels(
    panels,
    {
      quantity: 'Compression ratio without a spatial basis',
      unit: 'none',
      logarithmic: true,
      ticks: ARRAY_RATIOS,
    },
    { quantity: 'Bytes saved', unit: '%', range: [LEAST_SAVED, 100] },
    headline,
    { columns: 2, name },
  );
}

/** Most that a spatial basis saves at CR 50, %. */
function bestSaved(rows: ArrayResult['rows']): number | undefined {
  const at = ARRAY_RATIOS.indexOf(50);
  const saved = rows.flatMap((row) => row.saved[at]?.estimate ?? []);
  return saved.length > 0 ? Math.max(...saved) : undefined;
}

function partLines(
  arrays: readonly ArrayResult[],
  partsOf: (array: ArrayResult) => readonly ArrayPart[],
): PanelLine[] {
  return arrays
    .filter((array) => partsOf(array).length > 1)
    .slice(0, MOST_LINES)
    .map((array) => ({
      label: arrayTitle(array),
      points: partsOf(array).map(({ at, saved }) => pointAt(at, saved)),
      style: lineStyle(arrays.indexOf(array)),
    }));
}

/**
 * Bytes saved at CR 50 by the first 2, 4, 8, … electrodes.
 *
 * @public
 */
export function growthFigure(arrays: readonly ArrayResult[]): Figure {
  const lines = partLines(arrays, ({ growth }) => growth);
  const ends = lines.map(({ points }) => [points[0]!.y ?? 0, points[points.length - 1]!.y ?? 0] as const);
  const saving = ends.filter(([two]) => two > 0);
  const grown = saving.filter(([two, all]) => all > 1.5 * two);
  return linePanels(
    [{ heading: '', lines }],
    { quantity: 'Electrodes coded together', unit: 'none', logarithmic: true },
    { quantity: 'Bytes saved at CR 50', unit: '%' },
    {
      title: `From two electrodes to all the saving grows by half or more on ${grown.length} of ${saving.length} arrays where two save anything`,
      corpus: corpusOf(arrays.filter(({ growth }) => growth.length > 1)),
      detail: 'Karhunen–Loève transform of each octave; 95% intervals over stretches of time',
    },
    { name: 'electrodes' },
  );
}

/**
 * Bytes saved at CR 50 by pairs of electrodes, over their distance where it is known.
 *
 * @public
 */
export function distanceFigure(arrays: readonly ArrayResult[]): Figure {
  const placed = arrays.filter((array) => array.placed);
  const lines = partLines(arrays, ({ placed: isPlaced, distance }) => (isPlaced ? distance : []));
  const most = Math.max(...lines.flatMap(({ points }) => points.flatMap(({ y }) => y ?? [])), 0);
  return linePanels(
    [{ heading: '', lines }],
    { quantity: 'Distance of the electrodes of a pair', unit: 'µm', logarithmic: true },
    { quantity: 'Bytes saved at CR 50', unit: '%' },
    {
      title:
        most > 0
          ? `A pair of electrodes saves at most ${most.toFixed(0)}% of its bytes where their distance is known`
          : 'No pair of electrodes saves what its side information costs, however near',
      corpus: corpusOf(placed),
      detail: 'up to four pairs at each distance; 95% intervals over stretches and pairs',
    },
    { name: 'distance' },
  );
}

/** Hz. */
const SLOW = 1000;

/**
 * Part of the power that the largest component holds at each frequency.
 *
 * @public
 */
export function eigenvalueFigure(arrays: readonly ArrayResult[]): Figure {
  const known = arrays.filter(({ shares }) => shares.length > 0).slice(0, MOST_LINES);
  const lines = known.map((array) => ({
    label: `${arrayTitle(array)} (${array.channels})`,
    points: array.shares.map(({ frequency, largest }) => ({ x: frequency, y: 100 * largest })),
    style: lineStyle(arrays.indexOf(array)),
  }));
  const shared = known.filter(({ shares }) =>
    shares.every(({ frequency, largest }) => frequency > SLOW || largest > 0.5),
  ).length;
  return linePanels(
    [{ heading: '', lines }],
    { quantity: 'Frequency', unit: 'Hz', logarithmic: true },
    { quantity: 'Power in the largest component', unit: '%', range: [0, 100] },
    {
      title: `Up to 1 kHz one component holds most of the power on ${shared} of ${known.length} arrays`,
      corpus: corpusOf(known),
      detail:
        'eigenvalues of the cross-spectral matrix; in parentheses the channels, which share nothing at 100% over their number',
    },
    { name: 'eigenvalues' },
  );
}

/**
 * What is learned on the other half of the time saves, beside the transform of each recording by itself.
 *
 * @public
 */
export function learnedFigure(arrays: readonly ArrayResult[]): Figure {
  const known = arrays.filter(({ learned }) => learned.length > 0);
  const panels = known.map((array): LinePanel => {
    const own = array.rows.filter(({ spatial }) => spatial === 'klt-bands');
    const lines = [...array.learned, ...own].map((row, i) => ({
      label: SHORT[row.spatial] ?? row.spatial,
      points: pointsOf(row),
      style: lineStyle(3 - i),
    }));
    return { heading: headingOf(array), lines };
  });
  const at = ARRAY_RATIOS.indexOf(50);
  const better = known.filter(({ learned, rows }) => {
    const estimate = (list: ArrayResult['rows'], id: string): number =>
      list.find(({ spatial }) => spatial === id)?.saved[at]?.estimate ?? -Infinity;
    return estimate(learned, 'klt-dataset') > estimate(rows, 'klt-bands');
  }).length;
  return savedPanels('learned', panels, {
    title: `Sent in each file, the transform of the other half of the time beats the recording's own at CR 50 on ${better} of ${known.length} arrays`,
    corpus: corpusOf(known),
    detail: 'a model: its bytes are in no file; 95% intervals over stretches of time',
  });
}

/** Names at the ends of lines. */
const SHORT: Readonly<Record<string, string>> = {
  'klt-bands': 'own KLT',
  'klt-dataset': 'other half’s KLT',
  'klt-model': 'the same, a model',
  sparsifying: 'sparsifying, a model',
};
