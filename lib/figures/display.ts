/**
 * Shows figures, tables and text in the running notebook, and saves figures to files when a run asks for it.
 * The only file of `lib/` that knows of Jupyter; outside of a notebook, tables and text go to the terminal.
 */
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { projectRoot } from '../files/project-root';
import { BrowserNotFoundError } from './browser';
import { FIGURES_VARIABLE, NOTEBOOK_VARIABLE } from '../results/outputs';
import { writeWhole } from '../files/write-whole';
import { renderPng, renderSvg } from './export';
import { figureJson, type Figure } from './figure';
import { liveFigure } from './live/live-figure';
import { firstPicture, liveHtml } from './live/live-html';
import { pointText, type LiveStudy } from './live/live-study';
import { packTraces } from './packed-arrays';
import { withHeadline } from './theme';
import { tableHtml, tableText, type TableColumn } from './table';

/** A figure carries more data than a notebook should hold. */
export class FigureTooLargeError extends Error {
  override readonly name = 'FigureTooLargeError';
}

/** A live study has more operating points than a notebook should carry. */
export class LiveStudyTooLargeError extends Error {
  override readonly name = 'LiveStudyTooLargeError';
}

/** Most bytes of JSON of a figure: a notebook has about ten figures and must stay below 1 MB. */
export const FIGURE_JSON_LIMIT = 60_000;

/** Bytes up to which the notebook holds the SVG; above, it holds the smaller of SVG and PNG. */
const SVG_COMFORT = 30_000;

/** Most bytes of HTML of a live study. */
export const LIVE_LIMIT = 130_000;

/** Settings of plotly: few buttons, for which titles leave room (see `TITLE_COLUMNS` of the theme). */
const FIGURE_CONFIG = {
  responsive: true,
  displaylogo: false,
  modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d'],
};

/** Contents of `figures/<dataset>/<notebook>-<name>.json`. */
export interface SavedFigure extends Figure {
  /** Name of the notebook that made the figure, without `.ipynb`. */
  readonly notebook: string;
  /** Place among the figures of its notebook: 1, 2 … */
  readonly position: number;
}

/** Names of the figures that each notebook showed in this process, in order. */
const shown = new Map<string, string[]>();

function positionOf(notebook: string, name: string): number {
  const names = shown.get(notebook) ?? [];
  shown.set(notebook, names);
  if (!names.includes(name)) names.push(name);
  return names.indexOf(name) + 1;
}

type WriteDisplayData = (
  content: {
    data: Record<string, unknown>;
    metadata: Record<string, unknown>;
    transient: Record<string, unknown>;
  },
  update: boolean,
) => void;

/** The function that writes an output of the running cell; undefined outside of a notebook. */
function cellOutput(): WriteDisplayData | undefined {
  const load = createRequire(join(projectRoot(), 'package.json'));
  let path: string;
  try {
    path = load.resolve('tslab/dist/jupyter');
  } catch {
    return undefined;
  }
  // Under a kernel the module is already loaded. Elsewhere it is not loaded, since its native parts are not
  // needed.
  const loaded = load.cache[path]?.exports as { lastWriteDisplayData?: WriteDisplayData | null } | undefined;
  return loaded?.lastWriteDisplayData ?? undefined;
}

function emit(data: Record<string, unknown>): boolean {
  const write = cellOutput();
  write?.({ data, metadata: {}, transient: {} }, false);
  return write !== undefined;
}

/**
 * Shows a figure as one output of the cell: interactive where the viewer supports it, a picture elsewhere.
 * When `NEUROBASIS_FIGURES` and `NEUROBASIS_NOTEBOOK` are set, also saves `<folder>/<notebook>-<name>.json`
 * and `.svg`.
 *
 * @param options.name - name for the files and the title of the gallery's anchor, instead of the figure's own
 * @throws FigureTooLargeError when the figure is to be saved and its JSON is over {@link FIGURE_JSON_LIMIT}
 * @throws BrowserNotFoundError when the figure is to be saved and there is no browser to draw it
 */
export async function showFigure(figure: Figure, options: { readonly name?: string } = {}): Promise<void> {
  const named = withHeadline({ ...figure, name: options.name ?? figure.name });
  const folder = process.env[FIGURES_VARIABLE];
  const notebook = process.env[NOTEBOOK_VARIABLE];
  const saving = Boolean(folder && notebook);
  // Without a viewer and without saving, nothing is drawn.
  if (!saving && cellOutput() === undefined) return;

  let svg: string | undefined;
  let note = '';
  try {
    svg = await renderSvg(named);
  } catch (error) {
    if (saving || !(error instanceof BrowserNotFoundError)) throw error;
    note = `\n(no static picture: ${error.message})`;
  }
  if (folder && notebook && svg !== undefined) {
    const position = positionOf(notebook, named.name);
    saveFigure(folder, { ...named, notebook, position }, svg);
  }
  emit({
    'application/vnd.plotly.v1+json': JSON.parse(
      figureJson({
        data: packTraces(named.data),
        layout: named.layout,
        config: FIGURE_CONFIG,
      }),
    ),
    ...(svg === undefined ? {} : await lightPicture(named, svg)),
    'text/plain': `${named.title}\n${named.subtitle}${note}`,
  });
}

/** The picture of a figure for viewers without scripts. */
async function lightPicture(figure: Figure, svg: string): Promise<Record<string, string>> {
  if (svg.length > SVG_COMFORT) {
    const png = await renderPng(figure, svg, 1);
    if (svg.length > (png.length * 4) / 3) return { 'image/png': Buffer.from(png).toString('base64') };
  }
  return { 'image/svg+xml': svg };
}

function saveFigure(folder: string, figure: SavedFigure, svg: string): void {
  const json = `${figureJson(figure)}\n`;
  const file = join(resolve(projectRoot(), folder), `${figure.notebook}-${figure.name}`);
  if (json.length > FIGURE_JSON_LIMIT) {
    throw new FigureTooLargeError(
      `The figure "${figure.name}" has ${Math.ceil(json.length / 1000)} KB of data, more than the ` +
        `${FIGURE_JSON_LIMIT / 1000} KB that a notebook should carry: draw fewer points (see lib/figures/thinning.ts).`,
    );
  }
  writeWhole(`${file}.json`, json);
  writeWhole(`${file}.svg`, svg);
}

/**
 * Shows a live study as one output of the cell: controls where scripts run, a picture elsewhere. When
 * `NEUROBASIS_FIGURES` and `NEUROBASIS_NOTEBOOK` are set, also saves its first view as a figure,
 * `<folder>/<notebook>-<name>.json` and `.svg`.
 *
 * @param name - name for the files
 * @throws LiveStudyTooLargeError when it has more operating points than a notebook should carry
 * @throws BrowserNotFoundError when the figure is to be saved and there is no browser to draw it
 */
export async function showLiveStudy(study: LiveStudy, name = 'live'): Promise<void> {
  const folder = process.env[FIGURES_VARIABLE];
  const notebook = process.env[NOTEBOOK_VARIABLE];
  if (folder && notebook) {
    const figure: Figure = { ...liveFigure(study), name };
    const position = positionOf(notebook, name);
    saveFigure(folder, { ...figure, notebook, position }, await renderSvg(figure));
  }
  if (cellOutput() === undefined) return;
  const html = await liveHtml(study);
  if (html.length > LIVE_LIMIT) {
    throw new LiveStudyTooLargeError(
      `The live study "${study.title}" has ${Math.ceil(html.length / 1000)} KB, more than the ${LIVE_LIMIT / 1000} KB ` +
        `that a notebook should carry for it: give its ${study.controls.length} controls fewer values.`,
    );
  }
  emit({
    'text/html': html,
    'image/svg+xml': firstPicture(study),
    'text/plain': `${study.title}\n${study.subtitle}\n${pointText(study, study.start)}`,
  });
}

/** Shows a table as an output of the cell. */
export function showTable<Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[]): void {
  const text = tableText(rows, columns);
  if (!emit({ 'text/html': tableHtml(rows, columns), 'text/plain': text })) console.log(text);
}

/** Shows Markdown as an output of the cell. */
export function showMarkdown(text: string): void {
  if (!emit({ 'text/markdown': text, 'text/plain': text })) console.log(text);
}
