/**
 * The files of the README's figure: drawn again when what it shows has changed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderPictures } from '../../lib/figures/export';
import { figureJson, type Figure } from '../../lib/figures/figure';
import { README_PREFIX } from '../../lib/figures/gallery/gallery';
import { readmeFigure } from '../../lib/figures/readme-figure';
import { readDetails } from '../../lib/results/curve-details';
import { readResults } from '../../lib/results/results';
import { writeWhole } from '../../lib/files/write-whole';

/** Name of the files without their ending. */
export const README_FIGURE = `${README_PREFIX}bound-distance`;

/** The files of the figure, its data first. */
export const README_FILES = ['json', 'svg', 'png'].map((ending) => `${README_FIGURE}.${ending}`);

/** Pixels of the PNG per CSS pixel: sharp on screens of twice the resolution. */
const SCALE = 2;

function currentFigure(folder: string): Figure | undefined {
  const results = readResults(join(folder, 'results.json'));
  const bound = readDetails(folder)[0]?.bound ?? [];
  if (!results || bound.length === 0 || results.curves.every(({ points }) => points.length === 0))
    return undefined;
  return readmeFigure(results, bound);
}

const textOf = (figure: Figure): string => `${figureJson(figure)}\n`;

/** Whether the figure in a folder shows the results and the bound in that folder; true where there is none to show. */
export function readmeFigureIsCurrent(folder: string): boolean {
  const figure = currentFigure(folder);
  if (!figure) return true;
  const files = README_FILES.map((file) => join(folder, file));
  return files.every(existsSync) && readFileSync(files[0]!, 'utf8') === textOf(figure);
}

/**
 * Draws the figure where it is not as the results are; else it takes no time and needs no browser.
 *
 * @param folder - `figures/<dataset>`
 * @returns the names of its files; none where there is nothing to show
 * @throws BrowserNotFoundError when it has to be drawn and there is no browser to draw it
 */
export async function writeReadmeFigure(folder: string): Promise<string[]> {
  const figure = currentFigure(folder);
  if (!figure) return [];
  if (!readmeFigureIsCurrent(folder)) {
    const { svg, png } = await renderPictures(figure, SCALE);
    writeWhole(join(folder, `${README_FIGURE}.svg`), svg);
    writeWhole(join(folder, `${README_FIGURE}.png`), png);
    writeWhole(join(folder, `${README_FIGURE}.json`), textOf(figure));
  }
  return README_FILES;
}
