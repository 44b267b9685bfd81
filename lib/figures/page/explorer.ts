/**
 * The explorer of the gallery: filters, list of bases, chart, table, waveforms.
 */
import { boundName } from '../bound-name';
import { RESULTS_VARIABLE, type ExplorerCurve, type ExplorerData } from '../gallery/explorer-data';
import { CurveChart, parameterText, type PointPlace } from './curve-chart';
import { CurveTable } from './curve-table';
import { byId, element, fillSelect, leftInPage } from './elements';
import { COSTS, QUALITIES } from './measures';
import { paperFigure } from '../paper-figure';
import { onRedraw, picture, plotly } from './plotly';
import { swatch } from './swatch';
import { addressOfState, passesFilters, stateFromAddress, type ViewState } from './view-state';
import { WaveformView } from './waveform-view';

class Explorer {
  private readonly state: ViewState;
  private readonly chartElement = byId('curve-chart');
  private readonly list = byId('curve-list');
  private readonly status = byId('explorer-status');
  private readonly chart: CurveChart;
  private readonly table: CurveTable;

  constructor(private readonly data: ExplorerData) {
    this.state = stateFromAddress(data, location.hash);
    const waveforms = data.hasExcerpts && plotly() ? new WaveformView(data) : undefined;
    const open = (basis: string, step?: number): void => void waveforms?.open(basis, step);
    this.chart = new CurveChart(
      this.chartElement,
      data,
      (text) => (byId('chart-cursor').textContent = text),
      ({ basis, step }: PointPlace) => open(basis, step),
    );
    this.table = new CurveTable(byId('curve-table'), data, waveforms && open);
    this.connectControls();
    this.makeFamilies();
    this.makeList();
    byId('explorer').hidden = false;
    onRedraw(() => {
      void this.chart.redraw();
      waveforms?.redraw();
    });
    addEventListener('hashchange', () => {
      if (location.hash.startsWith('#explore:')) location.reload();
    });
    this.update();
  }

  private connectControls(): void {
    const { state, data } = this;
    const quality = byId<HTMLSelectElement>('quality');
    const cost = byId<HTMLSelectElement>('cost');
    const reference = byId<HTMLSelectElement>('reference');
    const intervals = byId<HTMLInputElement>('intervals');
    const search = byId<HTMLInputElement>('search');
    fillSelect(
      quality,
      QUALITIES.map(({ id, label, name }) => [id, name.unit === 'none' ? label : `${label}, ${name.unit}`]),
      state.quality.id,
    );
    fillSelect(
      cost,
      COSTS.map(({ id, label }) => [id, label]),
      state.cost.id,
    );
    fillSelect(
      reference,
      [
        ['', 'as it is'],
        ...(data.bound.length > 0 ? [['bound', `below the ${boundName(data.bound)}`] as const] : []),
        ...data.curves.map(({ basis }) => [basis, `minus ${basis}`] as const),
      ],
      state.reference,
    );
    intervals.checked = state.intervals;
    search.value = state.search;
    const change = (control: HTMLElement, event: string, take: () => void): void =>
      control.addEventListener(event, () => {
        take();
        this.update();
      });
    change(quality, 'change', () => {
      state.quality = QUALITIES.find(({ id }) => id === quality.value)!;
    });
    change(cost, 'change', () => {
      state.cost = COSTS.find(({ id }) => id === cost.value)!;
    });
    change(reference, 'change', () => {
      state.reference = reference.value;
    });
    change(intervals, 'change', () => {
      state.intervals = intervals.checked;
    });
    change(search, 'input', () => {
      state.search = search.value.trim();
    });
    change(byId('choose-all'), 'click', () => {
      for (const { basis } of this.listed()) state.chosen.add(basis);
    });
    change(byId('choose-none'), 'click', () => {
      for (const { basis } of this.listed()) state.chosen.delete(basis);
    });
    byId('save-csv').addEventListener('click', () => this.saveCsv());
    byId('save-svg').addEventListener('click', () => void this.savePicture('svg'));
    byId('save-png').addEventListener('click', () => void this.savePicture('png'));
  }

  private makeFamilies(): void {
    const { state } = this;
    const families = [...new Set(this.data.curves.map(({ family }) => family))];
    byId('families').append(
      ...families.map((family) => {
        const button = element(
          'button',
          { type: 'button', class: 'chip', 'aria-pressed': String(state.families.has(family)) },
          family,
        );
        button.addEventListener('click', () => {
          if (!state.families.delete(family)) state.families.add(family);
          button.setAttribute('aria-pressed', String(state.families.has(family)));
          this.update();
        });
        return button;
      }),
    );
  }

  private makeList(): void {
    this.list.append(
      ...this.data.curves.map((curve) => {
        const box = element('input', { type: 'checkbox', value: curve.basis });
        box.addEventListener('change', () => {
          if (box.checked) this.state.chosen.add(curve.basis);
          else this.state.chosen.delete(curve.basis);
          this.update();
        });
        const parameters = parameterText(curve);
        const label = element(
          'label',
          { title: parameters ? `${curve.title}: ${parameters}` : curve.title },
          box,
          swatch(curve.style),
          element('span', { class: 'name' }, curve.basis),
        );
        const item = element('li', { 'data-basis': curve.basis }, label);
        item.addEventListener('mouseenter', () => this.chart.emphasize(curve.basis));
        item.addEventListener('mouseleave', () => this.chart.emphasize(undefined));
        box.addEventListener('focus', () => {
          if (box.matches(':focus-visible')) this.chart.emphasize(curve.basis);
        });
        box.addEventListener('blur', () => this.chart.emphasize(undefined));
        return item;
      }),
    );
  }

  private listed(): ExplorerCurve[] {
    return this.data.curves.filter((curve) => passesFilters(this.state, curve));
  }

  private visible(): ExplorerCurve[] {
    return this.listed().filter(({ basis }) => this.state.chosen.has(basis));
  }

  private update(): void {
    const { state } = this;
    const listed = new Set(this.listed().map(({ basis }) => basis));
    for (const item of this.list.querySelectorAll<HTMLElement>('li')) {
      const basis = item.dataset['basis']!;
      item.hidden = !listed.has(basis);
      item.querySelector('input')!.checked = state.chosen.has(basis);
    }
    const visible = this.visible();
    const impossible =
      state.reference === 'bound' && (state.cost.id !== 'compressionRatio' || state.quality.id !== 'psnr');
    this.status.textContent =
      `${visible.length} of ${this.data.curves.length} bases shown.` +
      (impossible ? ' The bound is known as PSNR over the compression ratio only.' : '');
    const extras = state.quality.id === 'psnr' && state.cost.id === 'compressionRatio' && !state.reference;
    byId('quality-meaning').textContent =
      state.quality.meaning +
      (extras
        ? ` Dotted: the stationary ${boundName(this.data.bound)}. ` + 'Strokes at the upper left: lossless.'
        : '');
    // The chart decides the colors: no two lines that are seen together have the same.
    const drawn = this.chart.show(state, visible);
    for (const item of this.list.querySelectorAll<HTMLElement>('li')) {
      const curve = this.data.curves.find(({ basis }) => basis === item.dataset['basis'])!;
      item.querySelector('.swatch')!.replaceWith(swatch(this.chart.styleOf(curve.basis) ?? curve.style));
    }
    this.table.show(state, visible, (basis) => this.chart.styleOf(basis));
    drawn.then(
      () => (this.chartElement.dataset['drawn'] = 'interactive'),
      () => {
        this.chartElement.textContent = 'The chart needs plotly.min.js beside this page.';
        this.chartElement.dataset['drawn'] = 'missing';
      },
    );
    try {
      const address = addressOfState(this.data, state);
      const asAtFirst = address === '#explore:';
      if (!asAtFirst || location.hash.startsWith('#explore:')) {
        history.replaceState(null, '', asAtFirst ? '#explore' : address);
      }
    } catch {
      // Some browsers keep pages opened from disk from changing their address.
    }
  }

  /** Saves the operating points of the present view as a CSV file. */
  private saveCsv(): void {
    const rows = this.visible().flatMap((curve) =>
      curve.points.map((point) => ({ basis: curve.basis, family: curve.family, ...point })),
    );
    const names = Object.keys(rows[0] ?? { basis: '' });
    const text = [
      names.join(','),
      ...rows.map((row) => names.map((name) => (row as Record<string, unknown>)[name] ?? '').join(',')),
    ].join('\n');
    const address = URL.createObjectURL(new Blob([`${text}\n`], { type: 'text/csv' }));
    save(address, `${this.data.dataset.name}-points.csv`);
    URL.revokeObjectURL(address);
  }

  /** Saves the present chart as a picture, in the size of a figure in a paper. */
  private async savePicture(format: 'svg' | 'png'): Promise<void> {
    const length = (id: string): number => byId<HTMLInputElement>(id).valueAsNumber;
    const status = byId('paper-status');
    status.textContent = '';
    const figure = this.chart.figure();
    if (!figure) return;
    try {
      const paper = paperFigure(figure, {
        width: length('paper-width'),
        height: length('paper-height'),
        title: false,
      });
      save(await picture(paper, format), `${this.data.dataset.name}-${figure.name}.${format}`);
    } catch (error) {
      status.textContent = (error as Error).message;
    }
  }
}

/** Downloads the contents of an address under a file name. */
function save(address: string, name: string): void {
  element('a', { href: address, download: name }).click();
}

/** Starts the explorer, if the page has results. */
export function startExplorer(): void {
  const data = leftInPage<ExplorerData>(RESULTS_VARIABLE);
  if (data) new Explorer(data);
}
