/**
 * Draws figures as SVG and PNG, all of them in one headless page with plotly, one after another.
 *
 * The page is opened at the first figure. It never keeps Node alive by itself: a browser that this process started
 * ends with it, and the connection to a shared one is given up when nothing was drawn for a while.
 */
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { projectRoot } from '../study/root';
import { connectBrowser, type BrowserSession } from './browser';
import { FIGURE_HEIGHT, FIGURE_WIDTH, figureJson, type Figure } from './figure';

/** Plotly could not draw a figure. */
export class FigureExportError extends Error {
  override readonly name = 'FigureExportError';
}

/** Absolute path of the script that draws, in the export page and in the gallery alike. */
export function plotlyScript(): string {
  return join(projectRoot(), 'node_modules', 'plotly.js-cartesian-dist-min', 'plotly-cartesian.min.js');
}

/** Milliseconds without a figure after which a shared browser is left. */
const IDLE_TIME = 3000;

// Plotly names parts of a picture at random; the same seed before each gives the same names, so the same bytes.
const PAGE_SCRIPT = `
window.knownTypes = new Set(Object.keys(Plotly.PlotSchema.get().traces));
window.drawFigure = async (figure, image) => {
  let state = 1;
  Math.random = () => {
    state = (Math.imul(state, 48271) >>> 0) % 2147483647;
    return state / 2147483647;
  };
  // Plotly leaves out what it does not know, silently.
  const unknown = figure.data.map(({ type = 'scatter' }) => type).filter((type) => !knownTypes.has(type));
  if (unknown.length > 0) throw new Error('this build of plotly has no traces of type ' + unknown.join(', '));
  return await Plotly.toImage({ ...figure, config: { staticPlot: true } }, image);
};
0;
`;

interface Studio {
  readonly session: BrowserSession;
  readonly page: Page;
}

let studio: Promise<Studio> | undefined;
let queue: Promise<unknown> = Promise.resolve();
let waiting = 0;
let idleTimer: NodeJS.Timeout | undefined;

async function openStudio(): Promise<Studio> {
  const session = await connectBrowser();
  try {
    const page = await session.browser.newPage();
    await page.setContent('<!doctype html><meta charset="utf-8"><body></body>');
    await page.addScriptTag({ path: plotlyScript() });
    await page.evaluate(PAGE_SCRIPT);
    session.browser.once('disconnected', () => (studio = undefined));
    return { session, page };
  } catch (error) {
    await session.end();
    throw error;
  }
}

/** Runs one drawing after all that were asked for before it. */
function draw(figure: Figure, format: 'svg' | 'png', scale: number): Promise<string> {
  waiting++;
  clearTimeout(idleTimer);
  const drawing = queue.then(async () => {
    studio ??= openStudio();
    let open: Studio;
    try {
      open = await studio;
    } catch (error) {
      studio = undefined;
      throw error;
    }
    open.session.keepAlive(true);
    const { data, layout } = figure;
    const image = { format, scale, width: layout.width ?? FIGURE_WIDTH, height: layout.height ?? FIGURE_HEIGHT };
    try {
      return (await open.page.evaluate(`drawFigure(${figureJson({ data, layout })}, ${figureJson(image)})`)) as string;
    } catch (error) {
      throw new FigureExportError(
        `Plotly could not draw the figure "${figure.name}": ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  });
  const settled = (): void => {
    if (--waiting === 0) void rest();
  };
  queue = drawing.then(settled, settled);
  return drawing;
}

/** Nothing to draw for now: lets Node exit. */
async function rest(): Promise<void> {
  const open = await studio?.catch(() => undefined);
  if (open === undefined || waiting > 0) return;
  if (open.session.owned) open.session.keepAlive(false);
  else idleTimer = setTimeout(() => void closeExport(), IDLE_TIME);
}

/**
 * A figure as SVG, the same bytes for the same figure whenever it is drawn on this machine.
 *
 * @throws BrowserNotFoundError when there is no browser to draw with
 * @throws FigureExportError when plotly refuses the figure
 */
export async function renderSvg(figure: Figure): Promise<string> {
  const url = await draw(figure, 'svg', 1);
  const svg = decodeURIComponent(url.slice(url.indexOf(',') + 1));
  return describe(orderAttributes(roundGeometry(svg)), figure);
}

/**
 * A figure as PNG.
 *
 * @param scale - pixels per CSS pixel
 * @throws BrowserNotFoundError when there is no browser to draw with
 * @throws FigureExportError when plotly refuses the figure
 */
export async function renderPng(figure: Figure, scale = 1.5): Promise<Uint8Array> {
  const url = await draw(figure, 'png', scale);
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** Closes the page, and the browser too when this process started it. Waits for the figures being drawn. */
export async function closeExport(): Promise<void> {
  await queue;
  clearTimeout(idleTimer);
  const closing = await studio?.catch(() => undefined);
  studio = undefined;
  if (closing === undefined) return;
  closing.session.keepAlive(true);
  await closing.page.close().catch(() => undefined);
  await closing.session.end();
}

/** Coordinates with two decimals are exact to a hundredth of a pixel; plotly writes up to fifteen. */
function roundGeometry(svg: string): string {
  return svg.replace(/ (?:d|transform|x|y|x1|x2|y1|y2|width|height|r)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)) + 0)),
  );
}

/**
 * Puts the attributes of each element in alphabetical order: plotly sets them in another order when it has
 * measured the same text before.
 */
function orderAttributes(svg: string): string {
  return svg.replace(/<([\w:-]+)((?: [\w:-]+="[^"]*")+)(\/?)>/g, (_, tag: string, attributes: string, end: string) => {
    const ordered = attributes.match(/ [\w:-]+="[^"]*"/g) ?? [];
    return `<${tag}${ordered.sort().join('')}${end}>`;
  });
}

/** Gives the picture a name for those who do not see it. */
function describe(svg: string, figure: Figure): string {
  const text = `${figure.title}. ${figure.subtitle}`.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return svg.replace(/^(<svg[^>]*)>/, `$1 role="img"><title>${text}</title>`) + '\n';
}
