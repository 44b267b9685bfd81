/**
 * `npm run figure`: a saved figure at the size that it has in a paper.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { SavedFigure } from '../lib/figures/display';
import { closeExport, renderPdf, renderPictures, renderSvg } from '../lib/figures/export';
import type { Figure } from '../lib/figures/figure';
import { MILLIMETER, paperFigure } from '../lib/figures/paper-figure';
import { writeWhole } from '../lib/files/write-whole';
import { CommandLineError } from './command-line';

const USAGE = `npm run figure -- figures/neuralink/07-wavelets-levels.json --width 90mm --height 70mm
  draws a saved figure for a paper: letters of 8 points, lines and margins to match

  --width 90mm     width; mm, cm or in (default 90mm, a column)
  --height 70mm    height (default 70mm); panels need more, which it says
  --format pdf     pdf, svg or png (default pdf, or as the name given with --to ends)
  --no-title       without title and subtitle, which the caption says
  --points 8       size of letters
  --to FILE        where to (default: name of the figure, in this folder)`;

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

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      width: { type: 'string', default: '90mm' },
      height: { type: 'string', default: '70mm' },
      format: { type: 'string' },
      points: { type: 'string', default: '8' },
      to: { type: 'string' },
      'no-title': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  if (positionals.length !== 1) throw new CommandLineError(USAGE);
  const source = resolve(positionals[0]!);
  const format = values.format ?? (values.to === undefined ? 'pdf' : extname(values.to).slice(1));
  if (!FORMATS.includes(format as Format)) {
    throw new CommandLineError(`There is no format "${format}": choose ${FORMATS.join(', ')}.`);
  }
  const points = Number(values.points);
  if (!(points >= 4 && points <= 30)) throw new CommandLineError(`--points ${values.points}: give 4 to 30.`);
  const figure = paperFigure(readFigure(source), {
    width: lengthOption('width', values.width),
    height: lengthOption('height', values.height),
    points,
    title: values['no-title'] !== true,
  });
  const target = resolve(values.to ?? `${basename(source, '.json')}.${format}`);
  if (target === source)
    throw new CommandLineError(`${target} is the figure itself: give another name with --to.`);
  try {
    writeWhole(target, await draw(figure, format as Format));
  } finally {
    await closeExport();
  }
  console.log(target);
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

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
