/**
 * `npm run figure`: a saved figure at the size that it has in a paper.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { SavedFigure } from '../lib/figures/display';
import { closeExport, renderPdf, renderPictures, renderSvg } from '../lib/figures/export';
import type { Figure } from '../lib/figures/figure';
import { MILLIMETER, paperFigure } from '../lib/figures/paper-figure';
import { writeWhole } from '../lib/files/write-whole';
import { CommandLineError, runCommand } from './command-line';
import { requireAsSaved } from './reproduce/provenance';
import { refuseInputAsOutput } from './input-as-output';
import { typedPath } from './typed-path';

const COMMAND = {
  name: 'figure',
  operands: 'figures/neuralink/07-wavelets-levels.json',
  count: [1, 1],
  options: {
    width: { value: '90mm', about: 'width; mm, cm or in (default: 90mm, a column)' },
    height: { value: '70mm', about: 'height (default: 70mm); panels need more, which it says' },
    format: { value: 'pdf', about: 'pdf, svg or png (default: pdf, or as the name given with --to ends)' },
    'no-title': { about: 'without title and subtitle, which the caption says' },
    points: { value: '8', about: 'size of letters' },
    to: { value: 'FILE', about: 'where to (default: name of the figure, in this folder)' },
  },
  notes: 'Letters have 8 points, lines and margins to match.',
} as const;

const FORMATS = ['pdf', 'svg', 'png'] as const;
type Format = (typeof FORMATS)[number];

/** Pixels of a PNG for each CSS pixel: 600 dots per inch. */
const PNG_SCALE = 600 / 96;

const MILLIMETERS: Readonly<Record<string, number>> = { mm: 1, cm: 10, in: 25.4 };

/** A length in mm. */
function lengthOption(option: string, text: string): number {
  const [, number, unit = 'mm'] = /^(\d+(?:\.\d+)?)\s*(mm|cm|in)?$/.exec(text) ?? [];
  if (number === undefined)
    throw new CommandLineError(`--${option} ${text}: give a length such as 90mm, 9cm or 3.5in.`);
  return Number(number) * MILLIMETERS[unit]!;
}

function readFigure(path: string): Figure {
  if (!existsSync(path)) {
    throw new CommandLineError(`There is no file ${path}: give the .json of a figure under figures/.`);
  }
  requireAsSaved(path);
  let saved: Partial<SavedFigure> = {};
  try {
    saved = JSON.parse(readFileSync(path, 'utf8')) as Partial<SavedFigure>;
  } catch {
    // Said below.
  }
  const { name, data, layout } = saved;
  if (typeof name !== 'string' || !Array.isArray(data) || typeof layout !== 'object') {
    throw new CommandLineError(`${path} is not a figure: give the .json of a figure under figures/.`);
  }
  return saved as Figure;
}

async function draw(figure: Figure, format: Format): Promise<string | Uint8Array> {
  if (format === 'pdf') return renderPdf(figure);
  if (format === 'svg') {
    // Programs differ in how large a pixel is, not in millimeters.
    const length = (pixels: number | undefined): string =>
      `${Number(((pixels ?? 0) / MILLIMETER).toFixed(2))}mm`;
    const { width, height } = figure.layout;
    return (await renderSvg(figure)).replace(
      / width="[\d.]+" height="[\d.]+"/,
      ` width="${length(width)}" height="${length(height)}"`,
    );
  }
  return (await renderPictures(figure, PNG_SCALE)).png;
}

void runCommand(COMMAND, async ({ values, operands }) => {
  const [typed] = operands as [string];
  const source = typedPath(typed);
  const format = values.format ?? (values.to === undefined ? 'pdf' : extname(values.to).slice(1));
  if (!FORMATS.includes(format as Format)) {
    throw new CommandLineError(`There is no format "${format}": choose ${FORMATS.join(', ')}.`);
  }
  const points = Number(values.points ?? 8);
  if (!(points >= 4 && points <= 30)) throw new CommandLineError(`--points ${values.points}: give 4 to 30.`);
  const figure = paperFigure(readFigure(source), {
    width: lengthOption('width', values.width ?? '90mm'),
    height: lengthOption('height', values.height ?? '70mm'),
    points,
    title: !values['no-title'],
  });
  const target = typedPath(values.to ?? `${basename(source, '.json')}.${format}`);
  refuseInputAsOutput(source, target);
  try {
    writeWhole(target, await draw(figure, format as Format));
  } finally {
    await closeExport();
  }
  console.log(target);
});
