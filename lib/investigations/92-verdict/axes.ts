/**
 * The figure of the verdict: codecs along the error of all samples, that of the spike band, and what a sorter keeps.
 */
import { codecLook } from '../../figures/codec-look';
import { qualityAxes, type QualityLine, type QualityPanel } from '../../figures/charts/quality-axes';
import type { Figure } from '../../figures/figure';
import { PALETTE, type Headline, type LineStyle } from '../../figures/theme';
import { boundAt, inBandBoundAt } from '../../results/curve-at-ratio';
import type { CorpusBoundPoint } from '../../results/curve-details';
import type { Interval } from '../../numerics/statistics';
import { taskAt, type TaskMeasure } from '../../study/sections/task-table';
import { VERDICT_RATIOS, type CorpusNumbers } from './corpus-intervals';
import { keptAt, type KeptCodec } from './kept-at-ratio';
import { REFERENCE } from '../../catalog/reference';

/** A line of the figure. */
export interface AxesLine {
  readonly id: string;
  /** As the picture names it: `"layers"`. */
  readonly label: string;
}

const FARTHEST = -3;
const BOUND_STYLE: Pick<LineStyle, 'color' | 'dash'> = { color: PALETTE.gray, dash: 'dash' };

/** Colors and dashes that tell a few lines apart without color too. */
const STYLES: readonly Pick<LineStyle, 'color' | 'dash'>[] = [
  { color: PALETTE.black, dash: 'solid' },
  { color: PALETTE.wine, dash: 'dash' },
  { color: PALETTE.blue, dash: 'dot' },
  { color: PALETTE.vermilion, dash: 'solid' },
  { color: PALETTE.green, dash: 'dashdot' },
  { color: PALETTE.purple, dash: 'dash' },
];

/** Values at the ratios of the verdict; those that a codec does not reach are left out. */
function lineOf(
  label: string,
  style: QualityLine['style'],
  at: (ratio: number, i: number) => Interval | null,
): QualityLine {
  return {
    label,
    style,
    points: VERDICT_RATIOS.flatMap((ratio, i) => {
      const found = at(ratio, i);
      return found ? [{ ratio, value: found.estimate, lower: found.lower, upper: found.upper }] : [];
    }),
  };
}

/** Ends of an axis around all of its lines. */
function around(lines: readonly QualityLine[], least: number, most: number): [number, number] {
  const values = lines
    .flatMap(({ points }) =>
      points.flatMap(({ value, lower = value, upper = value }) => [value, lower, upper]),
    )
    .filter((value) => value >= least && value <= most);
  const low = Math.max(least, Math.min(...values));
  const high = Math.min(most, Math.max(...values));
  const room = 0.08 * (high - low || 1);
  return [low - room, high + room];
}

/**
 * Three panels over the compression ratio, with 95% intervals: PSNR and SNR of the spike band against the reference (paired),
 * and the share of spikes that stay in their cluster.
 *
 * @param lines - at most six codecs
 * @param inBandSnrs - by codec, see `inBandDifferences`
 */
export function threeAxes(
  lines: readonly AxesLine[],
  numbers: readonly CorpusNumbers[],
  inBandSnrs: ReadonlyMap<string, readonly (Interval | null)[]>,
  kept: readonly KeptCodec[],
  bound: readonly CorpusBoundPoint[],
  headline: Headline,
): Figure {
  const styled = lines.map((line, i) => ({ ...line, style: STYLES[i % STYLES.length]! }));
  const reference = numbers.find(({ codec }) => codec.curve.basis === REFERENCE);
  const ofTask = (measure: TaskMeasure): QualityLine[] =>
    styled.flatMap(({ id, label, style }) => {
      const codec = kept.find(({ curve }) => curve.basis === id);
      return codec && codec.curve.points.length > 1
        ? [lineOf(label, style, (ratio) => keptAt(codec, ratio, measure))]
        : [];
    });
  const limit = (at: (ratio: number, i: number) => number | undefined): QualityLine => ({
    label: 'Gaussian bound',
    style: BOUND_STYLE,
    points: VERDICT_RATIOS.flatMap((ratio, i) => {
      const value = at(ratio, i);
      return value === undefined ? [] : [{ ratio, value }];
    }),
  });
  const wideband = [
    ...styled.flatMap(({ id, label, style }) => {
      const own = numbers.find(({ codec }) => codec.curve.basis === id);
      return own ? [lineOf(label, style, (_, i) => own.difference[i] ?? null)] : [];
    }),
    limit((ratio, i) => {
      const [best, own] = [boundAt(bound, ratio), reference?.psnr[i]?.estimate];
      return best === undefined || own === undefined ? undefined : best - own;
    }),
  ];
  const inBand = [
    ...styled.flatMap(({ id, label, style }) => {
      const own = inBandSnrs.get(id);
      return own ? [lineOf(label, style, (_, i) => own[i] ?? null)] : [];
    }),
    limit((ratio) => {
      const [best, own] = [
        inBandBoundAt(bound, ratio),
        reference && taskAt(reference.codec.curve, ratio, 'inBandSnrMedian'),
      ];
      return best === undefined || own === undefined ? undefined : best - own;
    }),
  ];
  const sorted = ofTask('sameCluster');
  const panels: QualityPanel[] = [
    {
      heading: `All samples: PSNR against ${codecLook(REFERENCE).label}`,
      quantity: { quantity: '', unit: 'dB' },
      lines: wideband,
      range: around(wideband, FARTHEST, 3),
    },
    {
      heading: 'Spike band: SNR in 300–5000 Hz against the same, median recording',
      quantity: { quantity: '', unit: 'dB' },
      lines: inBand,
      range: around(inBand, FARTHEST, 6),
    },
    {
      heading: 'Task: share of the spikes that stay in their cluster',
      quantity: { quantity: '', unit: 'none' },
      lines: sorted,
      range: around(sorted, 0, 1),
    },
  ];
  return qualityAxes(
    panels.filter((panel) => panel.lines.some(({ points }) => points.length > 1)),
    headline,
    'three-axes',
  );
}
