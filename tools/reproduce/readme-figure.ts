/**
 * The files of the README's figures: drawn again when what they show has changed.
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

/** The figure of the verdict, as notebook 92 saved it. */
export const VERDICT_FIGURE = `${README_PREFIX}verdict`;
const SAVED_VERDICT = '92-verdict-three-axes.json';

const filesOf = (name: string): string[] => ['json', 'svg', 'png'].map((ending) => `${name}.${ending}`);

/** The files of the figures, the data of each first. */
export const README_FILES = [README_FIGURE, VERDICT_FIGURE].flatMap(filesOf);

/** Pixels of the PNG per CSS pixel: sharp on screens of twice the resolution. */
const SCALE = 2;

function boundFigure(folder: string): Figure | undefined {
  const results = readResults(join(folder, 'results.json'));
  const bound = readDetails(folder)[0]?.bound ?? [];
  if (!results || bound.length === 0 || results.curves.every(({ points }) => points.length === 0))
    return undefined;
  return readmeFigure(results, bound);
}

function verdictFigure(folder: string): Figure | undefined {
  const path = join(folder, SAVED_VERDICT);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Figure) : undefined;
}

/** The figures that a folder has something for. */
function currentFigures(folder: string): { readonly name: string; readonly figure: Figure }[] {
  const figures = [
    { name: README_FIGURE, figure: boundFigure(folder) },
    { name: VERDICT_FIGURE, figure: verdictFigure(folder) },
  ];
  return figures.flatMap(({ name, figure }) => (figure ? [{ name, figure }] : []));
}

const textOf = (figure: Figure): string => `${figureJson(figure)}\n`;

function isCurrent(folder: string, name: string, figure: Figure): boolean {
  const files = filesOf(name).map((file) => join(folder, file));
  return files.every(existsSync) && readFileSync(files[0]!, 'utf8') === textOf(figure);
}

/** Names of the figures in a folder that show other results than are there. */
export function staleReadmeFigures(folder: string): string[] {
  return currentFigures(folder).flatMap(({ name, figure }) =>
    isCurrent(folder, name, figure) ? [] : [name],
  );
}

/**
 * Draws the figures that are not as the results are; where all are, it takes no time and needs no browser.
 *
 * @param folder - `figures/<dataset>`
 * @returns the names of their files; none where there is nothing to show
 * @throws BrowserNotFoundError when one has to be drawn and there is no browser to draw it
 */
export async function writeReadmeFigures(folder: string): Promise<string[]> {
  const figures = currentFigures(folder);
  for (const { name, figure } of figures) {
    if (isCurrent(folder, name, figure)) continue;
    const { svg, png } = await renderPictures(figure, SCALE);
    writeWhole(join(folder, `${name}.svg`), svg);
    writeWhole(join(folder, `${name}.png`), png);
    writeWhole(join(folder, `${name}.json`), textOf(figure));
  }
  return figures.flatMap(({ name }) => filesOf(name));
}
