/**
 * The chart of the explorer: a line for each basis, a mark for each operating point, with mouse and keys.
 */
import type { Annotations, Data, ErrorBar, Layout } from 'plotly.js';
import { boundName } from '../bound-name';
import type { Figure } from '../figure';
import type { ExplorerCurve, ExplorerData } from '../gallery/explorer-data';
import { MOST_LINES } from '../chosen-curves';
import { labelRoom, lineLabels } from '../line-labels';
import {
  axisTitle,
  BUTTON_ROOM,
  distinctStyles,
  linearAxis,
  logAxis,
  paddedRange,
  PALETTE,
  plotHeight,
  styledLine,
  themeLayout,
  wrap,
  type AxisName,
  type LineStyle,
} from '../theme';
import type { OperatingPoint } from '../../results/results';
import { valueAt, type CostQuality } from '../../results/curve-at-ratio';
import { costQualities } from './measures';
import { drawnLines, pairedInterval } from './paired-interval';
import { draw, plotly, type PlotElement } from './plotly';
import type { ViewState } from './view-state';

/** An operating point of a basis. */
export interface PointPlace {
  readonly basis: string;
  readonly step: number;
}

interface DrawnPoint extends CostQuality {
  readonly place: PointPlace;
  readonly text: string;
  readonly costInterval: readonly [number, number] | undefined;
  readonly qualityInterval: readonly [number, number] | undefined;
}

interface DrawnLine {
  readonly curve: ExplorerCurve;
  readonly style: LineStyle;
  readonly points: readonly DrawnPoint[];
}

/** Text of a number: rounded to so many decimals, with a true minus sign. */
export function shown(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = value.toFixed(digits);
  // A number that rounds to 0 has no sign.
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** Names and values of the parameters, in words. */
export function parameterText({ parameters }: ExplorerCurve): string {
  const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return Object.entries(parameters)
    .map(([name, value]) => `${words(name)} ${value}`)
    .join(', ');
}

/**
 * The reference line that curves are drawn relative to, as points of cost and quality; undefined where there
 * is none.
 */
export function referenceLine(data: ExplorerData, state: ViewState): readonly CostQuality[] | undefined {
  const { reference, cost, quality } = state;
  if (reference === 'bound') {
    if (cost.id !== 'compressionRatio' || quality.id !== 'psnr') return undefined;
    return data.bound.map(({ compressionRatio, psnr }) => ({ cost: compressionRatio, quality: psnr }));
  }
  const curve = data.curves.find(({ basis }) => basis === reference);
  return curve && costQualities(curve, cost, quality);
}

/**
 * The axis of the quality. With a reference its name says so: gain over a basis, or distance below the bound.
 */
export function qualityAxis(
  { bound }: Pick<ExplorerData, 'bound'>,
  { quality }: Pick<ViewState, 'quality'>,
  reference: string | undefined,
): AxisName {
  const { quantity, unit } = quality.name;
  if (reference === undefined) return quality.name;
  if (reference === 'bound') return { quantity: `${quantity} below the ${boundName(bound)}`, unit };
  return { quantity: `${quantity} minus that of ${reference}`, unit };
}

/** A quality relative to a reference: the gain over a basis, or the distance below the bound. */
export function relativeTo({ reference }: ViewState, value: number, base: number): number {
  return reference === 'bound' ? base - value : value - base;
}

/** CSS pixels. */
const CHART_HEIGHT = 520;

/** Letters in a line of an axis title, which has 500 pixels. */
const TITLE_LETTERS = 52;

/** Most lines named at their ends, and the least width of a chart with such names, CSS pixels. */
const WIDE = 640;

function hoverText(
  curve: ExplorerCurve,
  point: OperatingPoint,
  state: ViewState,
  quality: number,
  interval: readonly [number, number] | undefined,
  relative: boolean,
): string {
  const { digits, name } = state.quality;
  const range = interval ? ` (95%: ${shown(interval[0], digits)} to ${shown(interval[1], digits)})` : '';
  const lines = [
    `<b>${curve.basis}</b>, step ${point.step}`,
    parameterText(curve),
    `${axisTitle(name)}: <b>${shown(point[state.quality.id], digits)}</b>${relative ? '' : range}`,
    relative ? `relative: ${quality > 0 ? '+' : ''}${shown(quality, digits)}${range}` : '',
    `CR ${shown(point.compressionRatio, 2)} · ${shown(point.bitsPerSample, 3)} bits per sample`,
    `PSNR ${shown(point.psnr, 2)} dB · SNR ${shown(point.snrMedian, 1)} dB (quartiles ` +
      `${shown(point.snrLowerQuartile, 1)} to ${shown(point.snrUpperQuartile, 1)}) · in-band ${shown(point.inBandSnrMedian, 1)} dB`,
    `spikes F1 ${shown(point.spikeF1, 3)}, own threshold ${shown(point.ownThresholdF1, 3)} · ${shown(100 * point.nonzeroFraction, 2)}% of coefficients kept`,
  ];
  return lines.filter(Boolean).join('<br>');
}

/** The chart in its element. */
export class CurveChart {
  private lines: DrawnLine[] = [];
  private cursor: { line: number; point: number } | undefined;
  private listening = false;
  private state: ViewState | undefined;
  private traceOfLine: number[] = [];
  private drawn: { readonly data: readonly Data[]; readonly layout: Partial<Layout> } | undefined;

  /**
   * @param root - element of the chart; it takes the keyboard's focus
   * @param announce - receives the text at the cursor
   * @param open - receives the point that was clicked or entered
   */
  constructor(
    private readonly root: HTMLElement,
    private readonly data: ExplorerData,
    private readonly announce: (text: string) => void,
    private readonly open: (place: PointPlace) => void,
  ) {
    root.addEventListener('keydown', (event) => this.onKey(event));
    root.addEventListener('blur', () => this.moveCursor(undefined));
  }

  /** Draws curves in a view. */
  async show(state: ViewState, curves: readonly ExplorerCurve[]): Promise<void> {
    this.state = state;
    const reference = referenceLine(this.data, state);
    const styles = distinctStyles(curves.map(({ style }) => style));
    const other = this.data.curves.find(({ basis }) => basis === state.reference);
    const drawn = other ? drawnLines(other, state.cost, state.quality) : [];
    this.lines = curves.map((curve, i) => ({
      curve,
      style: styles[i]!,
      points: this.pointsOf(curve, state, reference, drawn),
    }));
    if (this.cursor && !this.lines[this.cursor.line]?.points[this.cursor.point]) this.cursor = undefined;
    await this.draw(state, reference !== undefined);
  }

  /** Draws the same again in the present colors. */
  async redraw(): Promise<void> {
    if (this.state) await this.draw(this.state, referenceLine(this.data, this.state) !== undefined);
  }

  /** Style of a curve in the present chart; undefined when it is not drawn. */
  styleOf(basis: string): LineStyle | undefined {
    return this.lines.find(({ curve }) => curve.basis === basis)?.style;
  }

  /** Highlights one curve; undefined or an unknown id removes the highlight. */
  emphasize(basis: string | undefined): void {
    const known = this.lines.some(({ curve }) => curve.basis === basis);
    this.traceOfLine.forEach((trace, i) => {
      const opacity = !known || this.lines[i]!.curve.basis === basis ? 1 : 0.18;
      void plotly()?.restyle(this.root, { opacity }, [trace]);
    });
  }

  private pointsOf(
    curve: ExplorerCurve,
    state: ViewState,
    reference: readonly CostQuality[] | undefined,
    drawn: readonly (readonly CostQuality[])[],
  ): DrawnPoint[] {
    const { cost, quality } = state;
    return curve.points.flatMap((point): DrawnPoint[] => {
      const value = point[quality.id];
      if (value === null || value === undefined) return [];
      const at = cost.value(point);
      const base = reference === undefined ? 0 : valueAt(reference, at);
      if (base === undefined) return [];
      const shownValue = reference === undefined ? value : relativeTo(state, value, base);
      const { intervals } = curve.intervals.find(({ step }) => step === point.step) ?? {};
      const ratio = intervals?.compressionRatio;
      // The difference of two curves is less uncertain than either, so it has an interval of its own.
      const own =
        reference === undefined
          ? intervals?.[quality.id]
          : curve.basis === state.reference
            ? undefined
            : pairedInterval(curve, point, drawn, cost, quality);
      return [
        {
          cost: at,
          quality: shownValue,
          place: { basis: curve.basis, step: point.step },
          text: hoverText(curve, point, state, shownValue, own, reference !== undefined),
          costInterval: reference === undefined && ratio ? cost.interval?.(ratio, point) : undefined,
          qualityInterval: own,
        },
      ];
    });
  }

  private async draw(state: ViewState, relative: boolean): Promise<void> {
    const data: Data[] = [];
    const { cost, quality } = state;
    const costs = this.lines.flatMap(({ points }) =>
      points.flatMap(({ cost: at, costInterval }) => [at, ...(state.intervals ? (costInterval ?? []) : [])]),
    );
    const withBound = quality.id === 'psnr' && cost.id === 'compressionRatio' && !relative;
    if (withBound && this.data.bound.length > 0) {
      const inside = this.data.bound.filter(
        ({ compressionRatio }) => compressionRatio <= Math.max(...costs, 10),
      );
      const name = `stationary ${boundName(this.data.bound)}`;
      data.push({
        type: 'scatter',
        mode: 'lines',
        name,
        x: inside.map(({ compressionRatio }) => compressionRatio),
        y: inside.map(({ psnr }) => psnr),
        line: { color: PALETTE.gray, dash: 'dot', width: 1.6 },
        hovertemplate: `${name}<br>CR %{x:.1f}: %{y:.1f} dB<extra></extra>`,
      });
    }
    this.traceOfLine = [];
    for (const { curve, style: look, points } of this.lines) {
      this.traceOfLine.push(data.length);
      const style = styledLine(look, 1.8);
      const bars = (
        interval: (point: DrawnPoint) => readonly [number, number] | undefined,
        value: (point: DrawnPoint) => number,
      ): ErrorBar | undefined =>
        state.intervals && points.some(interval)
          ? {
              type: 'data',
              symmetric: false,
              array: points.map((point) => (interval(point)?.[1] ?? value(point)) - value(point)),
              arrayminus: points.map((point) => value(point) - (interval(point)?.[0] ?? value(point))),
              thickness: 1,
              width: 2.5,
              color: look.color,
            }
          : undefined;
      const errorX = bars(
        (point) => point.costInterval,
        (point) => point.cost,
      );
      const errorY = bars(
        (point) => point.qualityInterval,
        (point) => point.quality,
      );
      data.push({
        type: 'scatter',
        mode: 'lines+markers',
        name: curve.basis,
        x: points.map((point) => point.cost),
        y: points.map((point) => point.quality),
        ...style,
        text: points.map((point) => point.text),
        customdata: points.map(({ place }) => [place.basis, place.step]),
        hovertemplate: '%{text}<extra></extra>',
        ...(errorX && { error_x: errorX }),
        ...(errorY && { error_y: errorY }),
      });
    }
    if (withBound) {
      data.push(...this.losslessMarks());
      costs.push(...this.lines.flatMap(({ curve }) => curve.lossless?.compressionRatio ?? []));
    }
    data.push(this.cursorTrace());
    const layout = this.layoutOf(state, relative, costs, data);
    this.drawn = { data: data.slice(0, -1), layout };
    await draw(this.root, data, layout);
    if (!this.listening) {
      this.listening = true;
      (this.root as PlotElement).on('plotly_click', (event: never) => {
        const { points } = event as { points: readonly { customdata?: [string, number] }[] };
        const [basis, step] = points[0]?.customdata ?? [];
        if (basis !== undefined && step !== undefined) this.open({ basis, step });
      });
    }
  }

  private layoutOf(
    state: ViewState,
    relative: boolean,
    costs: readonly number[],
    data: readonly Data[],
  ): Partial<Layout> {
    const { cost, quality } = state;
    const reference = relative ? state.reference : undefined;
    const base = themeLayout({ title: '', corpus: '' }, { legendEntries: 0 });
    const withLoss = this.lines.filter(({ points }) => points.length > 0);
    const named = withLoss.length > 0 && withLoss.length <= MOST_LINES && this.root.clientWidth >= WIDE;
    const axis = logAxis(cost.name, costs);
    const heights = data.flatMap((trace) => {
      const { x = [], y = [], name } = trace as { x?: number[]; y?: number[]; name?: string };
      return name === 'cursor' || x.length === 0 ? [] : y;
    });
    for (const { points } of state.intervals ? withLoss : [])
      heights.push(...points.flatMap(({ qualityInterval }) => qualityInterval ?? []));
    const [low, high] = paddedRange(heights);
    // The distance below the bound is better when smaller, so 0 is at the top.
    const range: [number, number] = reference === 'bound' ? [high, Math.min(0, low)] : [low, high];
    const labels = withLoss.map(({ curve }) => curve.basis);
    const margin = { t: BUTTON_ROOM + 6, r: named ? labelRoom(labels) : 16, b: 58, l: 72 };
    const layout: Partial<Layout> = {
      template: base.template!,
      autosize: true,
      height: CHART_HEIGHT,
      showlegend: false,
      margin,
      hovermode: 'closest',
      hoverlabel: { align: 'left', font: { size: 13 } },
      uirevision: [quality.id, cost.id, state.reference].join(' '),
      xaxis: axis,
      yaxis: linearAxis(qualityAxis(this.data, state, reference), {
        range,
        ...(relative ? { zeroline: true } : {}),
      }),
    };
    const title = wrap(axisTitle(qualityAxis(this.data, state, reference)), TITLE_LETTERS).join('<br>');
    const right = (axis.range as [number, number])[1];
    const ends = withLoss.map(({ curve, style, points }) => {
      const end = points.reduce((a, b) => (b.cost > a.cost ? b : a));
      return { label: curve.basis, color: style.color, x: Math.log10(end.cost), y: end.quality };
    });
    return {
      ...layout,
      yaxis: { ...layout.yaxis, title: { text: title } },
      ...(named && {
        annotations: lineLabels(ends, {
          xaxis: 'x',
          yaxis: 'y',
          right,
          range,
          height: plotHeight({ height: CHART_HEIGHT, margin }),
        }) as Annotations[],
      }),
    };
  }

  /** The present chart as a figure for a paper, with names at the lines, or a legend where there are many. */
  figure(): Figure | undefined {
    if (!this.drawn || !this.state) return undefined;
    const { data, layout } = this.drawn;
    const { quality, cost, reference } = this.state;
    const name = ['explorer', quality.id, cost.id, reference].filter(Boolean).join('-');
    return {
      name,
      title: axisTitle(qualityAxis(this.data, this.state, reference || undefined)),
      subtitle: this.data.dataset.label,
      data,
      layout: { ...layout, showlegend: layout.annotations === undefined },
    };
  }

  private losslessMarks(): Data[] {
    const lossless = this.lines.flatMap(({ curve, style }) =>
      curve.lossless ? [{ curve, style, ratio: curve.lossless.compressionRatio }] : [],
    );
    if (lossless.length === 0) return [];
    const highest = Math.max(...this.lines.flatMap(({ points }) => points.map((point) => point.quality)));
    const colors = lossless.map(({ style }) => style.color);
    return [
      {
        type: 'scatter',
        mode: 'markers',
        name: 'lossless',
        x: lossless.map(({ ratio }) => ratio),
        y: lossless.map(() => highest + 2),
        marker: { color: colors, symbol: 'line-ns', size: 10, line: { color: colors, width: 2 } },
        text: lossless.map(({ curve }) => curve.basis),
        hovertemplate: '<b>%{text}</b><br>lossless at CR %{x:.3f}<extra></extra>',
      },
    ];
  }

  private cursorTrace(): Data {
    const at = this.cursor && this.lines[this.cursor.line]?.points[this.cursor.point];
    return {
      type: 'scatter',
      mode: 'markers',
      name: 'cursor',
      x: at ? [at.cost] : [],
      y: at ? [at.quality] : [],
      marker: { symbol: 'circle-open', size: 19, color: PALETTE.black, line: { width: 2.5 } },
      hoverinfo: 'skip',
    };
  }

  private onKey(event: KeyboardEvent): void {
    const usable = this.lines.some(({ points }) => points.length > 0);
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
    };
    const move = moves[event.key];
    if (event.target !== this.root || !usable || event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.key === 'Enter' || event.key === ' ') && this.cursor) {
      event.preventDefault();
      this.open(this.lines[this.cursor.line]!.points[this.cursor.point]!.place);
    } else if (event.key === 'Escape') {
      this.moveCursor(undefined);
    } else if (move) {
      event.preventDefault();
      this.moveCursor(this.cursor ? this.neighbor(this.cursor, move) : this.firstPlace());
    }
  }

  private firstPlace(): { line: number; point: number } {
    return { line: this.lines.findIndex(({ points }) => points.length > 0), point: 0 };
  }

  /**
   * The next point along the curve, left or right on the screen, or the point of the previous or next curve
   * that is nearest in cost.
   */
  private neighbor(
    from: { line: number; point: number },
    [lines, points]: readonly [number, number],
  ): { line: number; point: number } {
    const own = this.lines[from.line]!.points;
    if (points !== 0) {
      const order = own.map((_, i) => i).sort((a, b) => own[a]!.cost - own[b]!.cost);
      const place = Math.max(0, Math.min(order.length - 1, order.indexOf(from.point) + points));
      return { line: from.line, point: order[place]! };
    }
    let line = from.line;
    do line = (line + lines + this.lines.length) % this.lines.length;
    while (this.lines[line]!.points.length === 0);
    const at = Math.log(own[from.point]!.cost);
    const distances = this.lines[line]!.points.map(({ cost }) => Math.abs(Math.log(cost) - at));
    return { line, point: distances.indexOf(Math.min(...distances)) };
  }

  private moveCursor(to: { line: number; point: number } | undefined): void {
    if (!to && !this.cursor) return;
    this.cursor = to;
    const trace = this.cursorTrace() as { x: number[]; y: number[] };
    const last = (this.root as { data?: unknown[] } & HTMLElement).data?.length ?? 0;
    if (last > 0) void plotly()?.restyle(this.root, { x: [trace.x], y: [trace.y] }, [last - 1]);
    const at = to && this.lines[to.line]!.points[to.point]!;
    this.announce(at ? at.text.replace(/<br>/g, '. ').replace(/<[^>]+>/g, '') : '');
  }
}
