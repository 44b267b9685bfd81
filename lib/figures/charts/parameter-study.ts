/** Effect of a parameter of a basis. */
import type { Annotations, Data } from 'plotly.js';
import type { Figure } from '../figure';
import { labelRoom, lineLabels, type LineEnd } from '../line-labels';
import { panelGrid } from './panels';
import {
  axisTitle,
  lineStyle,
  linearAxis,
  logAxis,
  paddedRange,
  plotHeight,
  styledLine,
  subtitle,
  themeLayout,
  withDetail,
  type AxisName,
  type Headline,
  type LineStyle,
} from '../theme';

/** A number measured at each value of the parameter, at one operating point. */
export interface ParameterSeries {
  /** `"at CR 20"`. */
  readonly label: string;
  /** Null where the number was not measured. */
  readonly values: readonly (number | null)[];
  readonly style?: LineStyle;
}

/** Settings of a parameter study. */
export interface ParameterStudyOptions {
  /** Whether the parameter axis is logarithmic, with a tick at each value; true when left out. */
  readonly logarithmic?: boolean;
  /** Marks the best value of each series. */
  readonly best?: 'highest' | 'lowest';
  readonly name?: string;
}

/**
 * Lines look flat in a common panel when their own range is below this part of the whole range; they then get
 * panels of their own.
 */
const FLAT = 0.4;

/** Most panels; with more, lines would have no height left. */
const MOST_PANELS = 4;

/** Height of a figure with so many panels, without title and axes, CSS pixels. */
const panelsHeight = (count: number): number => (count === 1 ? 400 : 150 * count);

interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * Groups series into panels. All share one panel, unless they lie in bands so far apart that each would look
 * flat.
 *
 * @returns numbers of the series in each panel, the highest values first
 */
export function sharedPanels(series: readonly Pick<ParameterSeries, 'values'>[]): number[][] {
  const all = series.map((_, index) => index);
  const ranges = series.map(({ values }): Range | undefined => {
    const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
    return known.length > 0 ? { low: Math.min(...known), high: Math.max(...known) } : undefined;
  });
  const order = all.filter((index) => ranges[index]).sort((a, b) => ranges[b]!.high - ranges[a]!.high);
  if (order.length < all.length || order.length === 0) return [all];
  const bands: { members: number[]; low: number; high: number }[] = [];
  for (const index of order) {
    const { low, high } = ranges[index]!;
    const last = bands[bands.length - 1];
    if (last && high >= last.low) {
      last.members.push(index);
      last.low = Math.min(last.low, low);
    } else bands.push({ members: [index], low, high });
  }
  const whole = bands[0]!.high - Math.min(...bands.map(({ low }) => low));
  const own = bands.reduce((sum, { low, high }) => sum + high - low, 0);
  const apart = bands.length > 1 && bands.length <= MOST_PANELS && own < FLAT * whole;
  return apart ? bands.map(({ members }) => members.sort((a, b) => a - b)) : [all];
}

/**
 * A number over a parameter, with one line for each operating point, named at its end. Lines that lie in
 * bands far apart, such as those of PSNR at several compression ratios, get panels with scales of their own.
 *
 * @param parameter - values of the parameter, ascending; positive when the axis is logarithmic
 */
export function parameterStudy(
  parameter: AxisName & { readonly values: readonly number[] },
  series: readonly ParameterSeries[],
  measured: AxisName,
  headline: Headline,
  options: ParameterStudyOptions = {},
): Figure {
  const { logarithmic = true, best } = options;
  const shared = sharedPanels(series);
  const several = shared.length > 1;
  const explained = withDetail(
    withDetail(headline, best ? 'the larger mark is the best' : undefined),
    several ? 'each panel has a scale of its own' : undefined,
  );
  const grid = panelGrid(shared.length, 1, { x: 0, y: 0.16 });
  const panelOf = (index: number): number => shared.findIndex((members) => members.includes(index));
  const named = series.length > 1;
  const styles = series.map(({ style }, index) => style ?? lineStyle(index));
  const data = series.map(({ label, values }, index): Data => {
    const look = styledLine(styles[index]!);
    const known = values.filter((value): value is number => value !== null);
    const target = best === 'highest' ? Math.max(...known) : Math.min(...known);
    const { xaxis, yaxis } = grid.panels[panelOf(index)]!;
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name: label,
      x: [...parameter.values],
      y: [...values],
      xaxis,
      yaxis,
      line: look.line,
      marker: {
        ...look.marker,
        opacity: 1,
        size: values.map((value) => (best && value === target ? 13 : 7)),
      },
      hovertemplate: `${parameter.quantity} %{x}<br>${axisTitle(measured)}: %{y:.4~g}<extra>${label}</extra>`,
    };
  });
  const ticks = {
    tickmode: 'array' as const,
    tickvals: [...parameter.values],
    ticktext: parameter.values.map(String),
  };
  const theme = themeLayout(explained, {
    legendEntries: 0,
    labelRoom: named ? labelRoom(series.map(({ label }) => label)) : 0,
  });
  const margins = (theme.margin?.t ?? 0) + (theme.margin?.b ?? 0);
  const height = panelsHeight(shared.length) + margins;
  const axis = logarithmic
    ? logAxis(parameter, parameter.values, ticks)
    : linearAxis(parameter, { range: paddedRange(parameter.values, 0.03) });
  const right = (axis.range as [number, number])[1];
  const ranges = shared.map((members) =>
    paddedRange(
      members.flatMap((index) => series[index]!.values.filter((value): value is number => value !== null)),
      0.12,
    ),
  );
  const place = (value: number): number => (logarithmic ? Math.log10(value) : value);
  const labels = !named
    ? []
    : grid.panels.flatMap((panel, at) => {
        const ends = shared[at]!.flatMap((index): LineEnd[] => {
          const { label, values } = series[index]!;
          const last = values.reduce<number>((end, value, i) => (value === null ? end : i), -1);
          const { color } = styles[index]!;
          return last < 0 ? [] : [{ label, color, x: place(parameter.values[last]!), y: values[last]! }];
        });
        const own = plotHeight({ ...theme, height }) / (shared.length + (shared.length - 1) * 0.16);
        return lineLabels(ends, { ...panel, right, range: ranges[at]!, height: own });
      });
  // In low panels the axis name appears only once, in the middle.
  const middle = Math.floor((shared.length - 1) / 2);
  return {
    name: options.name ?? 'parameter',
    title: headline.title,
    subtitle: subtitle(explained),
    data,
    layout: {
      // The layout is made once more, because the height decides where the title stands.
      ...themeLayout(explained, { height, legendEntries: 0, labelRoom: theme.margin?.r ?? 0 }),
      ...grid.layout((panel, at) => ({
        x: {
          ...axis,
          ...(at > 0 ? { matches: 'x' as const } : {}),
          ...(panel.lowest ? {} : { title: { text: '' }, showticklabels: false }),
        },
        y: {
          ...linearAxis(measured, { range: ranges[at]! }),
          ...(several ? { nticks: 5 } : {}),
          ...(several && at !== middle ? { title: { text: '' } } : {}),
        },
      })),
      ...(labels.length > 0 && { annotations: labels as Annotations[] }),
    },
  };
}
