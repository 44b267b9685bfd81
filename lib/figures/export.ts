/**
 * Draws figures as SVG and PNG, one after another in a single headless page with plotly.
 *
 * The page is opened at the first figure. It never keeps Node alive: a browser that this process started ends
 * with it. A process that runs notebooks one after another keeps a page for all of them ({@link keepDrawingPage}).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { projectRoot } from '../files/project-root';
import { atSessionEnd } from '../files/session-end';
import { startClock } from '../files/time-spent';
import { launchBrowser, type BrowserSession } from './browser';
import { FIGURE_HEIGHT, FIGURE_WIDTH, figureJson, type Figure } from './figure';
import { FONT_FAMILY } from './theme';

/** Plotly could not draw a figure. */
export class FigureExportError extends Error {
  override readonly name = 'FigureExportError';
}

/** Absolute path of plotly's script; the export page and the gallery load the same. */
export function plotlyScript(): string {
  return join(projectRoot(), 'node_modules', 'plotly.js-cartesian-dist-min', 'plotly-cartesian.min.js');
}

/**
 * The letters of the figures as style rules: the widths of letters decide where plotly puts things, so they must
 * not depend on what fonts a machine has, nor on which browser draws. Another font changes every figure.
 */
function fontFaces(): string {
  const face = (file: string, weight: number): string => {
    const font = readFileSync(join(projectRoot(), 'lib', 'figures', 'fonts', file));
    return (
      `@font-face { font-family: "${FONT_FAMILY}"; font-weight: ${weight}; ` +
      `src: url(data:font/ttf;base64,${font.toString('base64')}); }`
    );
  };
  return face('OpenSans-Regular.ttf', 400) + face('OpenSans-Bold.ttf', 700);
}

// Plotly names parts of a picture at random; the same seed before each gives the same names, so the same bytes.
const PAGE_SCRIPT = `
window.knownTypes = new Set(Object.keys(Plotly.PlotSchema.get().traces));
window.drawFigure = async (figure, size) => {
  let state = 1;
  Math.random = () => {
    state = (Math.imul(state, 48271) >>> 0) % 2147483647;
    return state / 2147483647;
  };
  // Plotly leaves out what it does not know, silently.
  const unknown = figure.data.map(({ type = 'scatter' }) => type).filter((type) => !knownTypes.has(type));
  if (unknown.length > 0) throw new Error('this build of plotly has no traces of type ' + unknown.join(', '));
  const url = await Plotly.toImage({ ...figure, config: { staticPlot: true } }, { format: 'svg', ...size });
  return decodeURIComponent(url.slice(url.indexOf(',') + 1));
};
Promise.all(['400', '700'].map((weight) => document.fonts.load(weight + ' 15px "${FONT_FAMILY}"')));
`;

interface Studio {
  readonly session: BrowserSession;
  readonly page: Page;
}

/**
 * The kept page is global, because the process holds this file more than once: loaded by the runner of notebooks, and
 * imported by the cells of each notebook. All of them draw in it.
 */
const slot = Symbol.for('neurobasis.drawing-page');
const everywhere = globalThis as { [slot]?: Studio };

let studio: Promise<Studio> | undefined;
let queue: Promise<unknown> = Promise.resolve();
let waiting = 0;

atSessionEnd(closeExport);

async function openStudio(): Promise<Studio> {
  const session = await launchBrowser();
  try {
    const page = await session.browser.newPage();
    await page.setContent('<!doctype html><meta charset="utf-8"><body style="margin:0"></body>');
    await page.addStyleTag({ content: fontFaces() });
    await page.addScriptTag({ path: plotlyScript() });
    await page.evaluate(PAGE_SCRIPT);
    return { session, page };
  } catch (error) {
    await session.end();
    throw error;
  }
}

/** The page to draw in: the kept one, else one that is opened for this file. */
async function openedStudio(): Promise<Studio> {
  const open = await studio;
  if (open?.session.browser.connected) return open;
  const kept = everywhere[slot];
  studio = kept?.session.browser.connected ? Promise.resolve(kept) : openStudio();
  return studio;
}

/**
 * Opens a page that draws for all notebooks of this process, and loads what figures are lightened with. Without it each
 * notebook would start a browser of its own, which takes longer than drawing its figures. The same figure has the same
 * bytes whatever was drawn before it.
 *
 * @throws BrowserNotFoundError when there is no browser to draw with
 */
export async function keepDrawingPage(): Promise<void> {
  if (everywhere[slot]?.session.browser.connected) return;
  const kept = await openStudio();
  kept.session.keepAlive(false);
  everywhere[slot] = kept;
  createRequire(join(projectRoot(), 'package.json'))('svgo');
}

/** Queues work for the page, after all work that was queued before. */
function inPage<T>(figure: Figure, work: (page: Page) => Promise<T>): Promise<T> {
  waiting++;
  let stopClock: (() => void) | undefined;
  const turn = queue.then(async () => {
    stopClock = startClock('drawing');
    let open: Studio;
    try {
      open = await openedStudio();
    } catch (error) {
      studio = undefined;
      throw error;
    }
    open.session.keepAlive(true);
    try {
      return await work(open.page);
    } catch (error) {
      // The next notebook does not draw in a page that something is wrong with.
      if (everywhere[slot] === open) delete everywhere[slot];
      throw new FigureExportError(
        `Plotly could not draw the figure "${figure.name}": ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  });
  const settled = (): void => {
    stopClock?.();
    if (--waiting === 0) void rest();
  };
  queue = turn.then(settled, settled);
  return turn;
}

async function drawSvg(page: Page, figure: Figure): Promise<string> {
  const { data, layout } = figure;
  const svg = await page.evaluate(
    `drawFigure(${figureJson({ data, layout })}, ${figureJson(sizeOf(figure))})`,
  );
  return describe(await lightenSvg(svg as string), figure);
}

function sizeOf({ layout }: Figure): { width: number; height: number } {
  return { width: layout.width ?? FIGURE_WIDTH, height: layout.height ?? FIGURE_HEIGHT };
}

/** Nothing is left to draw: allows Node to exit. */
async function rest(): Promise<void> {
  const open = await studio?.catch(() => undefined);
  if (open === undefined || waiting > 0) return;
  open.session.keepAlive(false);
}

/**
 * A figure as SVG, the same bytes for the same figure whenever it is drawn on this machine.
 *
 * @throws BrowserNotFoundError when there is no browser to draw with
 * @throws FigureExportError when plotly refuses the figure
 * @internal
 */
export function renderSvg(figure: Figure): Promise<string> {
  return inPage(figure, (page) => drawSvg(page, figure));
}

/** A figure as pictures of both kinds. */
export interface Pictures {
  readonly svg: string;
  readonly png: Uint8Array;
}

/**
 * A figure as SVG and as PNG; the PNG is the SVG as the browser shows it.
 *
 * @param scale - pixels of the PNG per CSS pixel; its size is rounded, half a pixel to a whole one
 * @throws BrowserNotFoundError when there is no browser to draw with
 * @throws FigureExportError when plotly refuses the figure
 */
export function renderPictures(figure: Figure, scale = 1.5): Promise<Pictures> {
  return inPage(figure, async (page) => {
    const svg = await drawSvg(page, figure);
    return { svg, png: await photograph(page, figure, svg, scale) };
  });
}

/**
 * The PNG of a figure whose SVG is drawn: that of {@link renderPictures}, for the time of the photograph alone.
 *
 * @param svg - the figure as {@link renderSvg} drew it
 * @param scale - pixels of the PNG per CSS pixel
 * @throws BrowserNotFoundError when there is no browser to draw with
 * @throws FigureExportError when the browser refuses the picture
 */
export function renderPng(figure: Figure, svg: string, scale: number): Promise<Uint8Array> {
  return inPage(figure, (page) => photograph(page, figure, svg, scale));
}

async function photograph(page: Page, figure: Figure, svg: string, scale: number): Promise<Uint8Array> {
  const { width, height } = sizeOf(figure);
  await page.setViewport({ width: Math.ceil(width), height: Math.ceil(height), deviceScaleFactor: scale });
  try {
    await page.evaluate(`document.body.innerHTML = ${JSON.stringify(svg)}; 0`);
    return await page.screenshot({ type: 'png' });
  } finally {
    // The drawn picture is removed, since its elements could shift the next measurement of text.
    await page.evaluate("document.body.innerHTML = ''");
  }
}

/**
 * A figure as vector PDF with real text, in the size of its layout.
 *
 * @throws BrowserNotFoundError when there is no browser to draw with
 * @throws FigureExportError when plotly refuses the figure
 */
export function renderPdf(figure: Figure): Promise<Uint8Array> {
  return inPage(figure, async (page) => {
    const svg = await drawSvg(page, figure);
    const { width, height } = sizeOf(figure);
    try {
      await page.evaluate(
        `document.body.innerHTML = ${JSON.stringify(svg)}; document.querySelector('svg').style.display = 'block'; 0`,
      );
      return await page.pdf({
        width: `${width}px`,
        height: `${height}px`,
        printBackground: true,
        pageRanges: '1',
      });
    } finally {
      await page.evaluate("document.body.innerHTML = ''");
    }
  });
}

/** Closes the browser after the figures that are being drawn, unless it is kept. */
export async function closeExport(): Promise<void> {
  await queue;
  const closing = await studio?.catch(() => undefined);
  studio = undefined;
  if (closing === undefined) return;
  if (closing === everywhere[slot]) {
    closing.session.keepAlive(false);
    return;
  }
  closing.session.keepAlive(true);
  await closing.page.close().catch(() => undefined);
  await closing.session.end();
}

/**
 * Shrinks an SVG to a third of its bytes without changing the picture: attributes for plotly's scripts and
 * default styles are removed, and paths become relative with a resolution of a tenth of a pixel. The same
 * picture gives the same bytes, whatever the order of its attributes.
 */
export async function lightenSvg(svg: string): Promise<string> {
  const { optimize } = await import('svgo');
  const { data } = optimize(svg, {
    floatPrecision: 1,
    plugins: [
      { name: 'removeAttrs', params: { attrs: ['class', 'data-.*', 'pointer-events', 'xml:space'] } },
      { name: 'convertStyleToAttrs', params: { keepImportant: true } },
      {
        name: 'preset-default',
        params: { overrides: { removeUnknownsAndDefaults: { keepRoleAttr: true, keepAriaAttrs: true } } },
      },
      'moveElemsAttrsToGroup',
      'collapseGroups',
      'reusePaths',
      'sortAttrs',
    ],
  });
  return data;
}

/** Adds a text description for readers who cannot see the picture. */
function describe(svg: string, figure: Figure): string {
  const text = `${figure.title}. ${figure.subtitle}`.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return svg.replace(/^(<svg[^>]*)>/, `$1 role="img"><title>${text}</title>`) + '\n';
}
