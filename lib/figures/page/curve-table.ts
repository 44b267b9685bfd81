/**
 * The table of the explorer: a row for each basis, sorted by whichever column the reader likes.
 */
import type { ExplorerCurve, ExplorerData } from '../gallery/explorer-data';
import { axisTitle, type LineStyle } from '../theme';
import { parameterText, qualityAxis, referenceLine, relativeTo, shown } from './curve-chart';
import { element } from './elements';
import { valueAt } from '../../results/curve-at-ratio';
import { costQualities } from './measures';
import { swatch } from './swatch';
import type { ViewState } from './view-state';

interface Column {
  readonly label: string;
  /** Heading over this column and the neighboring columns with the same heading. */
  readonly group?: string;
  readonly value: (curve: ExplorerCurve) => number | string | undefined;
  readonly digits?: number;
  /** Whether smaller is better. */
  readonly lessIsBetter?: boolean;
}

/** Text of a cell whose basis has no such value. */
const NOTHING = '–';

function columnsOf(data: ExplorerData, state: ViewState): Column[] {
  const { cost, quality } = state;
  const reference = referenceLine(data, state);
  const name = axisTitle(qualityAxis(data, state, reference ? state.reference : undefined));
  return [
    { label: 'Basis', value: ({ basis }) => basis },
    { label: 'Family', value: ({ family }) => family },
    { label: 'Lossless CR', value: ({ lossless }) => lossless?.compressionRatio, digits: 3 },
    ...cost.compared.map((at): Column => ({
      group: `${name}, at`,
      label: cost.at(at),
      value: (curve) => {
        const value = valueAt(costQualities(curve, cost, quality), at);
        const base = reference ? valueAt(reference, at) : 0;
        if (value === undefined || base === undefined) return undefined;
        return reference ? relativeTo(state, value, base) : value;
      },
      digits: quality.digits,
      lessIsBetter: reference !== undefined && state.reference === 'bound',
    })),
    // Codecs that wait for the whole recording come last when the column is sorted by ascending delay.
    {
      label: 'Delay, ms',
      value: ({ delayMs, wholeRecording }) => (wholeRecording ? Infinity : delayMs),
      digits: 2,
    },
    {
      label: 'Multiply–adds per sample',
      value: ({ multiplyAddsPerSample }) => multiplyAddsPerSample,
      digits: 0,
    },
  ];
}

/** The table in its element. */
export class CurveTable {
  private sorted = { column: -1, descending: false };
  private columns: readonly Column[] = [];
  private curves: readonly ExplorerCurve[] = [];
  private styleOf: (basis: string) => LineStyle | undefined = () => undefined;

  /**
   * @param open - receives the basis whose waveforms are to be shown; undefined when there are no waveforms
   */
  constructor(
    private readonly root: HTMLElement,
    private readonly data: ExplorerData,
    private readonly open: ((basis: string) => void) | undefined,
  ) {}

  /**
   * Shows these curves.
   *
   * @param styleOf - style of a curve in the chart; undefined where it is not drawn
   */
  show(
    state: ViewState,
    curves: readonly ExplorerCurve[],
    styleOf: (basis: string) => LineStyle | undefined,
  ): void {
    this.styleOf = styleOf;
    this.columns = columnsOf(this.data, state);
    this.curves = curves;
    this.draw();
  }

  private draw(): void {
    const { column, descending } = this.sorted;
    const by = this.columns[column]?.value;
    const rows = [...this.curves];
    if (by) {
      const sign = descending ? -1 : 1;
      rows.sort((a, b) => {
        const [first, second] = [by(a), by(b)];
        // Rows without a value come last in either order.
        if (first === undefined || second === undefined)
          return Number(first === undefined) - Number(second === undefined);
        if (typeof first === 'number' && typeof second === 'number') return sign * (first - second);
        return sign * String(first).localeCompare(String(second), 'en', { numeric: true });
      });
    }
    const best = this.columns.map(({ value, digits, lessIsBetter }) => {
      if (digits === undefined) return undefined;
      const values = rows.map(value).filter((one): one is number => typeof one === 'number');
      return values.length > 1 ? (lessIsBetter ? Math.min(...values) : Math.max(...values)) : undefined;
    });
    const heading = (i: number, rows: number): HTMLElement => {
      const { label, digits } = this.columns[i]!;
      const button = element('button', { type: 'button', class: 'sort' }, label);
      button.addEventListener('click', () => this.sortBy(i));
      const direction = i === column ? (descending ? 'descending' : 'ascending') : undefined;
      return element(
        'th',
        {
          scope: 'col',
          rowspan: rows > 1 && rows,
          class: digits === undefined ? 'words' : 'number',
          'aria-sort': direction,
          'data-column': i,
        },
        button,
      );
    };
    const first = this.columns.flatMap(({ group }, i): HTMLElement[] => {
      if (group === undefined) return [heading(i, 2)];
      if (this.columns[i - 1]?.group === group) return [];
      const colspan = this.columns.filter((other) => other.group === group).length;
      return [element('th', { scope: 'colgroup', colspan }, group)];
    });
    const second = this.columns.flatMap(({ group }, i) => (group === undefined ? [] : [heading(i, 1)]));
    const body = rows.map((curve) => {
      const cells = this.columns.map(({ value, digits }, i) => {
        const own = value(curve);
        if (i === 0) return this.nameCell(curve);
        if (typeof own === 'string') return element('td', { class: 'words' }, own);
        const text =
          own === undefined ? NOTHING : own === Infinity ? 'whole recording' : shown(own, digits ?? 0);
        // Delay and cost have no mark for the best: less is better there.
        const isBest = own !== undefined && own === best[i] && i < this.columns.length - 2;
        return element('td', { class: isBest ? 'number best' : 'number' }, text);
      });
      return element('tr', {}, ...cells);
    });
    this.root.replaceChildren(
      element(
        'table',
        {},
        element('thead', {}, element('tr', {}, ...first), element('tr', {}, ...second)),
        element('tbody', {}, ...body),
      ),
    );
  }

  private nameCell(curve: ExplorerCurve): HTMLElement {
    const parameters = parameterText(curve);
    const title = parameters ? `${curve.title}: ${parameters}` : curve.title;
    const cell = element(
      'th',
      { scope: 'row', title },
      swatch(this.styleOf(curve.basis) ?? curve.style),
      ' ',
      curve.basis,
    );
    // The waveform of a lossless codec is the original.
    if (this.open && curve.points.length > 0) {
      const button = element(
        'button',
        { type: 'button', class: 'see', 'aria-label': `Waveforms of ${curve.basis}` },
        'waveforms',
      );
      button.addEventListener('click', () => this.open?.(curve.basis));
      cell.append(' ', button);
    }
    return cell;
  }

  private sortBy(column: number): void {
    const same = this.sorted.column === column;
    // First click: numbers descending, words ascending.
    const first = this.columns[column]?.digits !== undefined;
    this.sorted = { column, descending: same ? !this.sorted.descending : first };
    this.draw();
    this.root.querySelector<HTMLButtonElement>(`[data-column="${column}"] button`)?.focus();
  }
}
