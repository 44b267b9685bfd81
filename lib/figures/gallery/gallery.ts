/**
 * The gallery: a page that opens from disk and shows all figures of a dataset, interactive, with the results.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { DETAILS_ENDING, readDetails, type CurveDetails } from '../../results/curve-details';
import { LABORATORY_FILE } from '../../results/outputs';
import { PEERS_FILE } from '../../results/peers';
import { delayText, readResults, type Curve, type Results } from '../../results/results';
import { readVerdict, VERDICT_FILE, type Verdict } from '../../results/verdict';
import { projectRoot } from '../../files/project-root';
import { writeWhole } from '../../files/write-whole';
import type { SavedFigure } from '../display';
import { explorerData, explorerExcerpts } from './explorer';
import { EXCERPTS_VARIABLE, FIGURES_VARIABLE, RESULTS_VARIABLE } from './explorer-data';
import { plotlyScript } from '../export';
import { FIGURE_WIDTH, figureJson } from '../figure';
import { GALLERY_STYLE } from './gallery-style';
import { packTraces } from '../packed-arrays';
import { pageScript } from '../page-script';
import { psnrAt } from '../../results/curve-at-ratio';
import { escapeHtml, tableHtml, type TableColumn } from '../table';
import { withoutHeadline } from '../theme';

/** A file among the figures is not a figure. */
export class FigureFileError extends Error {
  override readonly name = 'FigureFileError';
}

/** Start of the names of the files of the README's figure, which belongs to no notebook. */
export const README_PREFIX = 'readme-';

/** The figure that the gallery opens on. */
const VERDICT_FIGURE = '92-verdict-three-axes';

/** Files in a dataset's folder that hold numbers and no figures. */
const NUMBERS = new Set([
  'results.json',
  'timings.json',
  'provenance.json',
  'awaited-run.json',
  LABORATORY_FILE,
  VERDICT_FILE,
  PEERS_FILE,
]);

/**
 * The figures saved in a folder, in the order of notebooks, then in the order in which each notebook shows
 * them.
 *
 * @throws FigureFileError when a JSON file there holds something else
 */
export async function readFigures(folder: string): Promise<SavedFigure[]> {
  const names = (await readdir(folder))
    .filter(
      (name) =>
        name.endsWith('.json') &&
        !name.endsWith(DETAILS_ENDING) &&
        !NUMBERS.has(name) &&
        !name.startsWith(README_PREFIX),
    )
    .sort();
  const figures = await Promise.all(
    names.map(async (name) => {
      const figure = await readJson(join(folder, name));
      if (
        typeof figure?.notebook !== 'string' ||
        typeof figure.name !== 'string' ||
        !Array.isArray(figure.data)
      ) {
        throw new FigureFileError(
          `${join(folder, name)} is not a figure: remove it, or run its notebook again.`,
        );
      }
      return figure as SavedFigure;
    }),
  );
  return figures.sort((a, b) =>
    a.notebook === b.notebook ? a.position - b.position : a.notebook < b.notebook ? -1 : 1,
  );
}

/** Contents of a file; undefined when it is no JSON. */
async function readJson(path: string): Promise<Partial<SavedFigure> | null | undefined> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text) as Partial<SavedFigure> | null;
  } catch {
    return undefined;
  }
}

/** Columns of the table of results. PSNR is that of the corpus. */
export const RESULT_COLUMNS: readonly TableColumn<Curve>[] = [
  { label: 'Basis', value: (curve) => curve.basis },
  { label: 'Lossless CR', value: (curve) => curve.lossless?.compressionRatio, digits: 3 },
  { label: 'Lossless, bits per sample', value: (curve) => curve.lossless?.bitsPerSample, digits: 3 },
  ...[5, 20, 50, 100, 200].map((ratio) => ({
    label: `PSNR at CR ${ratio}, dB`,
    value: (curve: Curve) => psnrAt(curve, ratio),
    digits: 1,
  })),
  { label: 'Delay, ms', value: (curve) => delayText(curve, 2) },
];

/**
 * The page that takes a recording of the reader's, which `npm run reproduce` writes beside the gallery
 * (`tools/build-packages/page.ts`). It is not committed.
 */
export const RECORDING_PAGE = 'recording.html';

/** Files of a gallery, by name. */
export type GalleryFiles = Readonly<Record<string, string | Uint8Array>>;

/** Names of files that a gallery can have: the page, and the scripts beside it. */
const isGalleryFile = (name: string): boolean => name === 'index.html' || name.endsWith('.js');

/** Data as a script, because a page opened from disk may not fetch files. */
function dataScript(variable: string, json: string): string {
  return `globalThis.${variable}=${json};\n`;
}

/** The figures of a notebook as a script, by their ids. */
function figuresScript(figures: readonly SavedFigure[]): string {
  const entries = figures.map((figure): [string, unknown] => [
    figureId(figure),
    { data: packTraces(figure.data), layout: withoutHeadline(figure.layout) },
  ]);
  return `Object.assign(globalThis.${FIGURES_VARIABLE}??={},${figureJson(Object.fromEntries(entries))});\n`;
}

const figureId = ({ notebook, name }: SavedFigure): string => `${notebook}-${name}`;

/**
 * Makes the files of a gallery. `index.html` holds the text, and loads scripts on demand: the results, the
 * figures of each notebook, the waveforms, and plotly. The same inputs give the same bytes.
 *
 * @param folder - `figures/<dataset>`, with the SVG files of the figures in it
 * @param results - the numbers of the dataset; undefined when no basis was measured
 * @param figures - figures in the order of display, those of one notebook together
 * @param details - details of the curves beyond the results
 */
export async function galleryFiles(
  folder: string,
  results: Results | undefined,
  figures: readonly SavedFigure[],
  details: readonly CurveDetails[] = [],
): Promise<GalleryFiles> {
  const notebooks = join(projectRoot(), 'notebooks');
  const toNotebooks = relative(resolve(folder), notebooks).split('\\').join('/');
  const titles = new Map<string, string>();
  for (const notebook of notebooksOf(figures)) titles.set(notebook, await notebookTitle(notebooks, notebook));
  // Details of curves that were removed from the results are left out.
  const own = details.filter(({ basis }) => results?.curves.some((curve) => curve.basis === basis));
  const excerpts = explorerExcerpts(own);
  return {
    'index.html': galleryHtml(
      results,
      figures,
      own,
      { toNotebooks, titles, verdict: readVerdict(folder) },
      await pageScript('gallery'),
    ),
    ...(results && {
      'results.js': dataScript(RESULTS_VARIABLE, figureJson(explorerData(results, own))),
    }),
    ...Object.fromEntries(
      notebooksOf(figures).map((notebook) => [
        `${notebook}.js`,
        figuresScript(figures.filter((figure) => figure.notebook === notebook)),
      ]),
    ),
    ...(excerpts.recordings.length > 0 && {
      'excerpts.js': dataScript(EXCERPTS_VARIABLE, JSON.stringify(excerpts)),
    }),
    'plotly.min.js': await readFile(plotlyScript()),
  };
}

/**
 * Writes the gallery of a dataset into its folder; files that are already right are not written again.
 *
 * @returns the names of its files
 */
export async function writeGallery(
  folder: string,
  results: Results | undefined,
  figures: readonly SavedFigure[],
  details: readonly CurveDetails[] = [],
): Promise<string[]> {
  const files = await galleryFiles(folder, results, figures, details);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    if (!existsSync(path) || !(await readFile(path)).equals(Buffer.from(content))) writeWhole(path, content);
  }
  for (const name of await readdir(folder)) {
    if (isGalleryFile(name) && !(name in files)) await rm(join(folder, name), { force: true });
  }
  return Object.keys(files);
}

/** Writes the gallery of a folder from the folder's results and figures. @returns the names of its files */
export async function rebuildGallery(folder: string): Promise<string[]> {
  const results = readResults(join(folder, 'results.json'));
  return writeGallery(folder, results, await readFigures(folder), readDetails(folder));
}

/** Names of the notebooks of figures, in order. */
const notebooksOf = (figures: readonly SavedFigure[]): string[] => [
  ...new Set(figures.map(({ notebook }) => notebook)),
];

/**
 * Title of a notebook: its first heading, or, where there is none, its file name as words, `"02-cosine"` →
 * `"Cosine"`.
 *
 * @param folder - folder of the notebooks
 */
async function notebookTitle(folder: string, notebook: string): Promise<string> {
  const path = join(folder, `${notebook}.ipynb`);
  if (existsSync(path)) {
    const { cells } = JSON.parse(await readFile(path, 'utf8')) as {
      cells: readonly { readonly cell_type: string; readonly source: string | readonly string[] }[];
    };
    for (const { cell_type: kind, source } of cells) {
      const heading = /^# (.+)$/m.exec(typeof source === 'string' ? source : source.join(''))?.[1];
      if (kind === 'markdown' && heading !== undefined) return heading.replace(/[*`]/g, '').trim();
    }
  }
  const words = notebook.replace(/^\d+-/, '').replace(/-/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function galleryHtml(
  results: Results | undefined,
  figures: readonly SavedFigure[],
  details: readonly CurveDetails[],
  {
    toNotebooks,
    titles,
    verdict,
  }: {
    readonly toNotebooks: string;
    readonly titles: ReadonlyMap<string, string>;
    readonly verdict: Verdict | undefined;
  },
  script: string,
): string {
  const opening = verdict ? figures.find((figure) => figureId(figure) === VERDICT_FIGURE) : undefined;
  const notebooks = notebooksOf(figures);
  const dataset = results?.dataset;
  const label = dataset?.label ?? 'recordings';
  const notebookLink = (notebook: string, text: string): string =>
    `<a href="${escapeHtml(`${toNotebooks}/${notebook}.ipynb`)}">${escapeHtml(text)}</a>`;
  const facts = dataset
    ? [
        `${Number(dataset.samples).toLocaleString('en-US')} samples`,
        `${(Number(dataset.wavBytes) / 1e6).toFixed(1)} MB of WAV files`,
      ].join(' · ')
    : '';
  const sections = notebooks.map((notebook) => {
    const own = figures.filter((figure) => figure.notebook === notebook && figure !== opening);
    const id = escapeHtml(notebook);
    return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${escapeHtml(titles.get(notebook)!)} <small>${notebookLink(notebook, `${notebook}.ipynb`)}</small></h2>
${own.map((figure) => figureHtml(figure, notebookLink)).join('\n')}
</section>`;
  });
  const warning = dataset?.synthetic
    ? '<p class="synthetic"><strong>Synthetic sample.</strong> These signals were made by a generator, not by electrodes: the numbers say nothing of real recordings.</p>'
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Neurobasis: ${escapeHtml(label)}</title>
<style>${GALLERY_STYLE}</style>
<script>${EARLY_THEME}</script>
</head>
<body>
<a class="skip" href="#main">Skip to the ${results ? 'results' : 'figures'}</a>
<header>
<div class="theme" role="group" aria-label="Colors">${['system', 'light', 'dark']
    .map((choice) => `<button type="button" data-theme-choice="${choice}">${choice}</button>`)
    .join('')}</div>
<h1>In which basis are brain recordings sparse?</h1>
<p>Measured on <strong>${escapeHtml(label)}</strong>${facts ? ` (${facts})` : ''}.</p>
${warning}
<p><a href="${RECORDING_PAGE}">Look at a recording of your own</a> in each basis; it stays on this machine. <span class="note"><code>npm run reproduce -- --gallery</code> makes that page.</span></p>
<nav aria-label="Notebooks">${verdict ? '<a href="#verdict">In three sentences</a>' : ''}${results ? '<a href="#explore">Explore the results</a>' : ''}${notebooks
    .map((notebook) => `<a href="#${escapeHtml(notebook)}">${escapeHtml(titles.get(notebook)!)}</a>`)
    .join('')}</nav>
</header>
<main id="main" tabindex="-1">
${verdict ? verdictHtml(verdict, opening, notebookLink) : ''}
${results ? resultsHtml(results, details, notebookLink) : ''}
${sections.join('\n')}
</main>
<script src="plotly.min.js" defer></script>${results ? '\n<script src="results.js" defer></script>' : ''}
<script>${script}</script>
</body>
</html>
`;
}

/** The sentences of the verdict and its figure, which the page opens on. */
function verdictHtml(
  { sentences, missing, carriesOver }: Verdict,
  opening: SavedFigure | undefined,
  notebookLink: (notebook: string, text: string) => string,
): string {
  const lacking = missing.length > 0 ? `<p class="note">Missing: ${escapeHtml(missing.join(', '))}.</p>` : '';
  return `<section id="verdict" class="verdict" aria-labelledby="verdict-title">
<h2 id="verdict-title">In three sentences <small>${notebookLink('92-verdict', '92-verdict.ipynb')}</small></h2>
${sentences.map((sentence) => `<p>${markdownLine(sentence)}</p>`).join('\n')}
${opening ? figureHtml(opening, notebookLink) : ''}
${carriesOver?.summary ? `<p>${markdownLine(carriesOver.summary)}</p>` : ''}
${lacking}
</section>`;
}

/** HTML of a line of Markdown with bold words and code, and nothing else. */
function markdownLine(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>');
}

/**
 * Sets the theme before the page is drawn; without it, a dark page would flash white. The rest of the switch
 * is in the script at the end.
 */
const EARLY_THEME =
  "try{var t=localStorage.getItem('neurobasis-theme')}catch{}" +
  "document.documentElement.dataset.theme=t==='dark'||(t!=='light'&&matchMedia('(prefers-color-scheme: dark)').matches)?'dark':'light'";

/**
 * HTML of the explorer. Parts that need its script are hidden until it runs; without scripts only the table
 * is shown.
 */
function resultsHtml(
  results: Results,
  details: readonly CurveDetails[],
  notebookLink: (notebook: string, text: string) => string,
): string {
  const makers = [...new Set(results.curves.map(({ notebook }) => notebook.replace(/\.ipynb$/, '')))];
  const intervals = details.some((one) => one.intervals.length > 0);
  return `<section id="explore" aria-labelledby="explore-title">
<h2 id="explore-title">Explore the results</h2>
<div id="explorer" hidden>
<div class="controls">
<label>Quality <select id="quality" aria-describedby="quality-meaning"></select></label>
<label>over <select id="cost"></select></label>
<label>shown <select id="reference"></select></label>
<label class="check"${intervals ? '' : ' hidden'}><input type="checkbox" id="intervals"> 95% intervals</label>
</div>
<p id="quality-meaning" class="note"></p>
<div class="split">
<div class="chooser" role="group" aria-label="Bases to show">
<input type="search" id="search" placeholder="search, such as: dct 512" aria-label="Search bases by name or parameter">
<div id="families" class="chips" role="group" aria-label="Families"></div>
<p class="all"><button type="button" id="choose-all">choose all</button> <button type="button" id="choose-none">none</button></p>
<ul id="curve-list"></ul>
<p id="explorer-status" class="note" role="status"></p>
</div>
<div class="frame">
<div id="curve-chart" class="chart" tabindex="0" role="application" aria-label="Chart of the chosen bases" aria-describedby="chart-help"></div>
<p id="chart-cursor" class="cursor" role="status"></p>
<p id="chart-help" class="note">Point at a mark for its parameters${details.length > 0 ? ', click it for waveforms' : ''}; drag to zoom, double-click to zoom out.
With the keyboard: arrow keys go from mark to mark and from basis to basis${details.length > 0 ? ', Enter shows waveforms' : ''}.</p>
</div>
</div>
<section id="waveform-view" class="card" aria-labelledby="waveform-title" hidden>
<h3 id="waveform-title" tabindex="-1">Original against decoded</h3>
<div class="controls">
<label>Basis <select id="waveform-basis"></select></label>
<label class="range">Step <input type="range" id="waveform-step" min="0" max="1" step="1" value="0"> <output id="waveform-step-text" for="waveform-step"></output></label>
<label>Recording <select id="waveform-recording"></select></label>
<label>beside it, at about equal size <select id="waveform-beside"></select></label>
<button type="button" id="waveform-close">Close</button>
</div>
<p id="waveform-facts" class="note" role="status"></p>
<div class="frame"><div id="waveform-plot" class="chart" role="img" aria-label="Waveforms"></div></div>
</section>
<p class="all"><button type="button" id="save-csv">Save these points as CSV</button>
<span class="paper">The chart for a paper, <label>width <input type="number" id="paper-width" min="20" max="400" value="120"> mm</label>
<label>height <input type="number" id="paper-height" min="20" max="400" value="90"> mm</label>
<button type="button" id="save-svg">Save as SVG</button> <button type="button" id="save-png">Save as PNG</button></span></p>
<p id="paper-status" class="note" role="status"></p>
</div>
<div id="curve-table" class="scroll" tabindex="0" role="region" aria-labelledby="explore-title">
${tableHtml(results.curves, RESULT_COLUMNS)}
</div>
<p class="note">CR: bytes of the 16-bit WAV files over bytes of the compressed files, of the whole corpus. Between measured points,
quality is interpolated over the logarithm of CR.${
    intervals
      ? ' Intervals: bootstrap over groups of recordings of equal length, for each basis by itself. What makes recordings hard is' +
        ' common to all bases, so the difference between two bases is surer than the overlap of their intervals suggests:' +
        ' shown minus another basis, it has an interval of its own, from both on the same drawn recordings.'
      : ''
  } Numbers behind it: <a href="results.json">results.json</a>;
made by ${makers.map((notebook) => notebookLink(notebook, `${notebook}.ipynb`)).join(', ')}.</p>
</section>`;
}

function figureHtml(figure: SavedFigure, notebookLink: (notebook: string, text: string) => string): string {
  const name = figureId(figure);
  const id = escapeHtml(name);
  const address = escapeHtml(encodeURIComponent(name));
  const layout = withoutHeadline(figure.layout);
  const files = ['svg', 'json']
    .map((type) => `<a href="${address}.${type}">${type.toUpperCase()}</a>`)
    .join(' ');
  return `<figure id="${id}">
<figcaption><h3>${escapeHtml(figure.title)}</h3><p>${escapeHtml(figure.subtitle)}</p></figcaption>
<div class="frame"><div class="plot${hasColumns(layout) ? ' columns' : ''}" role="img" aria-label="${escapeHtml(figure.title)}" data-figure="${id}" data-notebook="${escapeHtml(figure.notebook)}" style="min-height:${Number(layout.height ?? 0)}px"><noscript><img src="${address}.svg" alt="${escapeHtml(figure.title)}" width="${FIGURE_WIDTH}"></noscript></div></div>
<p class="files">from ${notebookLink(figure.notebook, `${figure.notebook}.ipynb`)} · ${files}</p>
</figure>`;
}

/** Whether panels stand side by side. Such a figure needs its width, so it scrolls on a phone. */
function hasColumns(layout: SavedFigure['layout']): boolean {
  return Object.values(layout).some((part: unknown) => {
    const { anchor, domain } = (part ?? {}) as { anchor?: unknown; domain?: [number, number] };
    return typeof anchor === 'string' && anchor.startsWith('y') && (domain?.[0] ?? 0) > 0;
  });
}
