/**
 * The gallery: a page that opens from disk and shows all figures of a dataset, interactive, with the results.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Curve, Results } from '../study/results';
import { projectRoot } from '../project-root';
import { writeWhole } from '../write-whole';
import type { SavedFigure } from './display';
import { plotlyScript } from './export';
import { FIGURE_WIDTH, figureJson } from './figure';
import { psnrAt } from './rate-distortion';
import { escapeHtml, tableHtml, type TableColumn } from './table';
import { withoutHeadline } from './theme';

/** A file among the figures is not a figure. */
export class FigureFileError extends Error {
  override readonly name = 'FigureFileError';
}

/** Files of a dataset's folder that hold numbers, not figures. */
const NUMBERS = new Set(['results.json', 'timings.json', 'provenance.json']);

/**
 * The figures saved in a folder, in the order of notebooks and as each notebook shows them.
 *
 * @throws FigureFileError when a JSON file there holds something else
 */
export async function readFigures(folder: string): Promise<SavedFigure[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json') && !NUMBERS.has(name)).sort();
  const figures = await Promise.all(
    names.map(async (name) => {
      const figure = JSON.parse(await readFile(join(folder, name), 'utf8')) as Partial<SavedFigure>;
      if (
        typeof figure.notebook !== 'string' ||
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

/** Columns of the table of results: what each basis reaches. PSNR is that of the corpus. */
export const RESULT_COLUMNS: readonly TableColumn<Curve>[] = [
  { label: 'Basis', value: (curve) => curve.basis },
  { label: 'Lossless CR', value: (curve) => curve.lossless?.compressionRatio, digits: 3 },
  { label: 'Lossless, bits per sample', value: (curve) => curve.lossless?.bitsPerSample, digits: 3 },
  ...[5, 20, 50, 100, 200].map((ratio) => ({
    label: `PSNR at CR ${ratio}, dB`,
    value: (curve: Curve) => psnrAt(curve, ratio),
    digits: 1,
  })),
  { label: 'Delay, ms', value: (curve) => curve.delayMs, digits: 2 },
];

/**
 * Writes `index.html` and, beside it, the script that draws.
 *
 * @param folder - `figures/<dataset>`, with the SVG and PNG files of the figures in it
 * @param results - the numbers of the dataset; undefined when no basis was measured
 * @param figures - in the order in which they are shown, those of one notebook together
 */
export async function writeGallery(
  folder: string,
  results: Results | undefined,
  figures: readonly SavedFigure[],
): Promise<void> {
  writeWhole(join(folder, 'plotly.min.js'), await readFile(plotlyScript()));
  const toNotebooks = relative(resolve(folder), join(projectRoot(), 'notebooks')).split('\\').join('/');
  writeWhole(join(folder, 'index.html'), galleryHtml(results, figures, toNotebooks));
}

/** A notebook's file name as words: `"02-cosine"` → `"Cosine"`. */
function notebookTitle(notebook: string): string {
  const words = notebook.replace(/^\d+-/, '').replace(/-/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function galleryHtml(
  results: Results | undefined,
  figures: readonly SavedFigure[],
  toNotebooks: string,
): string {
  const notebooks = [...new Set(figures.map(({ notebook }) => notebook))];
  const dataset = results?.dataset;
  const label = dataset?.label ?? 'recordings';
  const notebookLink = (notebook: string, text: string): string =>
    `<a href="${escapeHtml(`${toNotebooks}/${notebook}.ipynb`)}">${escapeHtml(text)}</a>`;
  const facts = dataset
    ? [
        `${dataset.samples.toLocaleString('en-US')} samples`,
        `${(dataset.wavBytes / 1e6).toFixed(1)} MB of WAV files`,
      ].join(' · ')
    : '';
  const sections = notebooks.map((notebook) => {
    const own = figures.filter((figure) => figure.notebook === notebook);
    return `<section id="${notebook}" aria-labelledby="${notebook}-title">
<h2 id="${notebook}-title">${escapeHtml(notebookTitle(notebook))} <small>${notebookLink(notebook, `${notebook}.ipynb`)}</small></h2>
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
<title>Neurobasis: ${escapeHtml(label)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the figures</a>
<header>
<h1>In which basis are brain recordings sparse?</h1>
<p>Measured on <strong>${escapeHtml(label)}</strong>${facts ? ` (${facts})` : ''}.</p>
${warning}
<nav aria-label="Notebooks">${results ? '<a href="#results">Results</a>' : ''}${notebooks
    .map((notebook) => `<a href="#${notebook}">${escapeHtml(notebookTitle(notebook))}</a>`)
    .join('')}</nav>
</header>
<main id="main">
${results ? resultsHtml(results, notebookLink) : ''}
${sections.join('\n')}
</main>
<script src="plotly.min.js" defer></script>
<script>${DRAWING}</script>
</body>
</html>
`;
}

function resultsHtml(results: Results, notebookLink: (notebook: string, text: string) => string): string {
  const makers = [...new Set(results.curves.map(({ notebook }) => notebook.replace(/\.ipynb$/, '')))];
  return `<section id="results" aria-labelledby="results-title">
<h2 id="results-title">Results</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="results-title">
${tableHtml(results.curves, RESULT_COLUMNS)}
</div>
<p class="note">CR: bytes of the 16-bit WAV files over bytes of the compressed files, of the whole corpus. PSNR between measured
points is interpolated over the logarithm of CR. Numbers behind it: <a href="results.json">results.json</a>;
made by ${makers.map((notebook) => notebookLink(notebook, `${notebook}.ipynb`)).join(', ')}.</p>
</section>`;
}

function figureHtml(figure: SavedFigure, notebookLink: (notebook: string, text: string) => string): string {
  const id = `${figure.notebook}-${figure.name}`;
  const layout = withoutHeadline(figure.layout);
  // Inside of a script element, "<" could end it.
  const json = figureJson({ data: figure.data, layout }).replace(/</g, '\\u003c');
  const files = ['svg', 'png', 'json']
    .map((type) => `<a href="${id}.${type}">${type.toUpperCase()}</a>`)
    .join(' ');
  return `<figure id="${id}">
<figcaption><h3>${escapeHtml(figure.title)}</h3><p>${escapeHtml(figure.subtitle)}</p></figcaption>
<div class="frame"><div class="plot${hasColumns(layout) ? ' columns' : ''}" role="img" aria-label="${escapeHtml(figure.title)}" data-figure="${id}-data" style="min-height:${layout.height ?? 0}px"><noscript><img src="${id}.svg" alt="${escapeHtml(figure.title)}" width="${FIGURE_WIDTH}"></noscript></div></div>
<p class="files">from ${notebookLink(figure.notebook, `${figure.notebook}.ipynb`)} · ${files}</p>
<script type="application/json" id="${id}-data">${json}</script>
</figure>`;
}

/** Whether panels stand side by side, so that the figure needs room: on a phone it scrolls. */
function hasColumns(layout: SavedFigure['layout']): boolean {
  return Object.values(layout).some((part: unknown) => {
    const { anchor, domain } = (part ?? {}) as { anchor?: unknown; domain?: [number, number] };
    return typeof anchor === 'string' && anchor.startsWith('y') && (domain?.[0] ?? 0) > 0;
  });
}

/** Draws a figure when it comes near the visible part of the page, and shows its SVG when it cannot. */
const DRAWING = `
addEventListener('DOMContentLoaded', () => {
  const draw = (plot) => {
    if (plot.dataset.drawn) return;
    plot.dataset.drawn = 'begun';
    const id = plot.dataset.figure;
    const { data, layout } = JSON.parse(document.getElementById(id).textContent);
    if (plot.clientWidth < 640) {
      layout.legend = { ...layout.legend, orientation: 'h', x: 0, xanchor: 'left', y: -0.25, yanchor: 'top' };
    }
    const picture = () => {
      const image = new Image();
      image.src = id.replace(/-data$/, '.svg');
      image.alt = plot.getAttribute('aria-label');
      plot.replaceChildren(image);
      plot.dataset.drawn = 'picture';
    };
    if (!window.Plotly) return picture();
    Plotly.newPlot(plot, data, layout, { responsive: true, displaylogo: false }).then(
      () => { plot.dataset.drawn = 'interactive'; },
      picture,
    );
  };
  const plots = [...document.querySelectorAll('.plot')];
  addEventListener('beforeprint', () => plots.forEach(draw));
  if (!('IntersectionObserver' in window)) return plots.forEach(draw);
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      observer.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: '600px' });
  plots.forEach((plot) => observer.observe(plot));
});
`;

const STYLE = `
:root { --ink: #222; --soft: #555; --line: #ddd; --link: #005a8e; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #f6f6f4; font: 16px/1.5 "Open Sans", Arial, Helvetica, sans-serif; }
header, main { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 6px; }
h2 { font-size: 22px; margin: 44px 0 12px; padding-top: 8px; }
h2 small { font-size: 14px; font-weight: normal; margin-left: 8px; }
h3 { font-size: 17px; line-height: 1.35; margin: 0; }
a { color: var(--link); }
a:focus-visible, .scroll:focus-visible { outline: 3px solid #e69f00; outline-offset: 2px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 12px; top: 8px; background: #fff; padding: 6px 12px; z-index: 2000; }
nav { display: flex; flex-wrap: wrap; gap: 6px 18px; padding: 8px 0 4px; border-bottom: 1px solid var(--line); }
.synthetic { background: #fff3d6; border-left: 5px solid #e69f00; padding: 8px 14px; }
figure, .scroll { background: #fff; border: 1px solid var(--line); border-radius: 6px; margin: 0 0 22px; padding: 16px 18px 10px; }
figcaption p, .note, .files { color: var(--soft); font-size: 14px; margin: 2px 0 8px; }
.files { text-align: right; margin: 4px 0 0; }
.frame { overflow-x: auto; }
.plot { width: 100%; }
.plot.columns { min-width: 680px; }
.plot img { max-width: 100%; height: auto; }
.scroll { overflow-x: auto; margin-bottom: 8px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: normal; }
thead th { font-weight: 600; font-size: 14px; white-space: normal; vertical-align: bottom; }
tbody th { font-weight: 600; }
@media (max-width: 600px) { header, main { padding-left: 10px; padding-right: 10px; } figure { padding: 12px 8px 8px; } }
@media print { body { background: #fff; } figure { break-inside: avoid; } nav, .skip, .files { display: none; } }
`;
