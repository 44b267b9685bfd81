/**
 * What a parameter of a basis does.
 */
import type { Data } from 'plotly.js';
import type { Figure } from '../figure';
import {
  axisTitle,
  lineStyle,
  linearAxis,
  logAxis,
  styledLine,
  subtitle,
  themeLayout,
  type AxisName,
  type Headline,
  type LineStyle,
} from '../theme';

/** A value measured for every value of the parameter, at one operating point. */
export interface ParameterSeries {
  /** `"at CR 20"`. */
  readonly label: string;
  /** Null where nothing was measured. */
  readonly values: readonly (number | null)[];
  readonly style?: LineStyle;
}

/** How a parameter is drawn. */
export interface ParameterStudyOptions {
  /** Logarithmic parameter axis with a tick at each value; true when left out. */
  readonly logarithmic?: boolean;
  /** Marks the best value of each series. */
  readonly best?: 'highest' | 'lowest';
  readonly name?: string;
}

/**
 * A value over a parameter, one line for each operating point.
 *
 * @param parameter - its values, ascending and positive when the axis is logarithmic
 */
export function parameterStudy(
  parameter: AxisName & { readonly values: readonly number[] },
  series: readonly ParameterSeries[],
  measured: AxisName,
  headline: Headline,
  options: ParameterStudyOptions = {},
): Figure {
  const { logarithmic = true, best } = options;
  const explained: Headline = best
    ? { ...headline, detail: [headline.detail, 'the larger mark is the best'].filter(Boolean).join(', ') }
    : headline;
  const data = series.map(({ label, values, style }, index): Data => {
    const look = styledLine(style ?? lineStyle(index));
    const known = values.filter((value): value is number => value !== null);
    const target = best === 'highest' ? Math.max(...known) : Math.min(...known);
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name: label,
      x: [...parameter.values],
      y: [...values],
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
  return {
    name: options.name ?? 'parameter',
    title: headline.title,
    subtitle: subtitle(explained),
    data,
    layout: {
      ...themeLayout(explained, { legendEntries: series.length }),
      xaxis: logarithmic ? logAxis(parameter, parameter.values, ticks) : linearAxis(parameter),
      yaxis: linearAxis(measured),
    },
  };
}
