/**
 * Waveforms in the gallery: original and decoded stretch of a recording at one operating point, and the
 * error.
 */
import { recordingLabel } from '../../recordings/recording-label';
import type { Data, Layout } from 'plotly.js';
import {
  EXCERPTS_VARIABLE,
  type ExplorerCurve,
  type ExplorerData,
  type ExplorerExcerpts,
  type ExplorerPoint,
} from '../gallery/explorer-data';
import { unpackCodes, unpackIntegers } from '../../results/packed-integers';
import { linearAxis, PALETTE, themeLayout } from '../theme';
import { shown, type PointPlace } from './curve-chart';
import { byId, fillSelect, leftInPage, loadScript } from './elements';
import { draw } from './plotly';

/** Compression ratio of the first waveform of a basis when no point was chosen. */
const FIRST_RATIO = 20;

/** Loads the waveforms from the script beside the page when they are first needed. */
async function loadExcerpts(): Promise<ExplorerExcerpts> {
  await loadScript('excerpts.js');
  return leftInPage<ExplorerExcerpts>(EXCERPTS_VARIABLE)!;
}

/** The part of the page with waveforms. */
export class WaveformView {
  private readonly section = byId('waveform-view');
  private readonly plot = byId('waveform-plot');
  private readonly facts = byId('waveform-facts');
  private readonly basis = byId<HTMLSelectElement>('waveform-basis');
  private readonly beside = byId<HTMLSelectElement>('waveform-beside');
  private readonly recording = byId<HTMLSelectElement>('waveform-recording');
  private readonly step = byId<HTMLInputElement>('waveform-step');
  private readonly stepText = byId('waveform-step-text');
  private excerpts: ExplorerExcerpts | undefined;
  private cameFrom: HTMLElement | undefined;

  constructor(private readonly data: ExplorerData) {
    this.basis.addEventListener('change', () => this.changeBasis());
    for (const control of [this.beside, this.recording]) {
      control.addEventListener('change', () => void this.show());
    }
    this.step.addEventListener('input', () => void this.show());
    byId('waveform-close').addEventListener('click', () => this.close());
    this.section.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
  }

  /** Shows the waveforms of an operating point. Without a step, it takes the point nearest to CR 20. */
  async open(basis: string, step: PointPlace['step'] | undefined): Promise<void> {
    const active = document.activeElement;
    if (active instanceof HTMLElement && !this.section.contains(active)) this.cameFrom = active;
    this.section.hidden = false;
    try {
      this.excerpts ??= await loadExcerpts();
    } catch (error) {
      this.facts.textContent = `No waveforms can be shown: ${(error as Error).message}.`;
      return;
    }
    const { recordings, codecs } = this.excerpts;
    if (this.recording.options.length === 0) {
      fillSelect(
        this.recording,
        recordings.map(({ recording, kind }, i) => [String(i), `${kind} (${recordingLabel(recording)})`]),
        '0',
      );
    }
    const known = this.data.curves.filter((curve) => codecs[curve.basis]);
    const options = known.map((curve): [string, string] => [curve.basis, curve.basis]);
    fillSelect(this.basis, options, basis);
    fillSelect(this.beside, [['', 'none'], ...options], this.beside.value);
    this.fitSteps(step);
    await this.show();
    byId('waveform-title').focus();
    this.section.scrollIntoView({ block: 'nearest' });
  }

  /** Draws the same again in the present colors. */
  redraw(): void {
    if (!this.section.hidden && this.excerpts) void this.show();
  }

  private close(): void {
    this.section.hidden = true;
    this.cameFrom?.focus();
  }

  /** Changes to another basis, at its point of nearly the same compression ratio. */
  private changeBasis(): void {
    const ratio = Number(this.step.dataset['ratio'] ?? FIRST_RATIO);
    this.fitSteps(this.nearest(this.pointsOf(this.basis.value), ratio)?.[0]);
    void this.show();
  }

  private pointsOf(basis: string): readonly ExplorerPoint[] {
    return this.excerpts?.codecs[basis]?.[Number(this.recording.value)] ?? [];
  }

  private nearest(points: readonly ExplorerPoint[], ratio: number): ExplorerPoint | undefined {
    const distance = (point: ExplorerPoint): number => Math.abs(Math.log(point[1] / ratio));
    return [...points].sort((a, b) => distance(a) - distance(b))[0];
  }

  private fitSteps(step: number | undefined): void {
    const points = this.pointsOf(this.basis.value);
    const wanted = step ?? this.nearest(points, FIRST_RATIO)?.[0];
    const place = Math.max(
      0,
      points.findIndex((point) => point[0] === wanted),
    );
    this.step.max = String(points.length - 1);
    this.step.value = String(place);
  }

  private curve(basis: string): ExplorerCurve {
    return this.data.curves.find((curve) => curve.basis === basis)!;
  }

  private async show(): Promise<void> {
    const excerpt = this.excerpts?.recordings[Number(this.recording.value)];
    const point = this.pointsOf(this.basis.value)[Number(this.step.value)];
    if (!excerpt || !point) {
      this.facts.textContent = 'There are no waveforms of this basis.';
      return;
    }
    const other = this.beside.value ? this.nearest(this.pointsOf(this.beside.value), point[1]) : undefined;
    const seen = [
      { curve: this.curve(this.basis.value), point },
      ...(other ? [{ curve: this.curve(this.beside.value), point: other }] : []),
    ];
    this.step.dataset['ratio'] = String(point[1]);
    this.stepText.textContent = `step ${point[0]}`;
    this.step.setAttribute('aria-valuetext', `step ${point[0]}, compression ratio ${shown(point[1], 1)}`);
    this.facts.textContent = seen
      .map(
        ({ curve, point: [step, ratio, snr, inBand] }) =>
          `${curve.basis} at step ${step}: CR ${shown(ratio, 1)}, SNR ${shown(snr, 1)} dB, in-band SNR ${shown(inBand, 1)} dB.`,
      )
      .join(' ');
    const original = unpackCodes(excerpt.codes);
    const milliseconds = 1000 / this.data.sampleRate;
    const time = { x0: excerpt.from * milliseconds, dx: milliseconds };
    const line = { type: 'scatter', mode: 'lines', ...time } as const;
    const hover = '%{x:.2f} ms: %{y}';
    const data: Data[] = [
      {
        ...line,
        y: Array.from(original),
        name: 'original',
        line: { color: '#a8a8a8', width: 2.4 },
        hovertemplate: `${hover}<extra>original</extra>`,
      },
      ...seen.flatMap(({ curve, point: chosen }, i): Data[] => {
        const error = unpackIntegers(chosen[4]);
        const style = { color: curve.style.color, width: 1.4, dash: i === 0 ? 'solid' : 'dot' } as const;
        return [
          {
            ...line,
            y: Array.from(original, (code, n) => code + error[n]!),
            name: `decoded, ${curve.basis}`,
            line: style,
            hovertemplate: `${hover}<extra>${curve.basis}</extra>`,
          },
          {
            ...line,
            y: Array.from(error),
            name: `error, ${curve.basis}`,
            showlegend: false,
            yaxis: 'y2',
            line: { ...style, width: 1 },
            hovertemplate: `${hover}<extra>error, ${curve.basis}</extra>`,
          },
        ];
      }),
    ];
    const base = themeLayout({ title: '', corpus: '' }, { legendEntries: 0 });
    const layout: Partial<Layout> = {
      template: base.template!,
      autosize: true,
      height: 430,
      margin: { t: 34, r: 16, b: 54, l: 72 },
      showlegend: true,
      legend: { orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom' },
      hovermode: 'x',
      uirevision: this.recording.value,
      xaxis: linearAxis({ quantity: 'Time', unit: 'ms' }, { anchor: 'y2' }),
      yaxis: linearAxis({ quantity: 'Signal', unit: 'ADC codes' }, { domain: [0.36, 1] }),
      yaxis2: linearAxis(
        { quantity: 'Error', unit: 'none' },
        { domain: [0, 0.28], zeroline: true, zerolinecolor: PALETTE.gray, nticks: 4 },
      ),
    };
    await draw(this.plot, data, layout);
    this.plot.setAttribute('aria-label', this.facts.textContent);
  }
}
