/**
 * The figure and the table of results in the README: made from `results.json`, never by hand.
 */
import { bestOfKinds } from '../../lib/figures/readme-figure';
import { psnrAt } from '../../lib/results/curve-at-ratio';
import { codecLook } from '../../lib/figures/codec-look';
import { delayText, type Curve, type Results } from '../../lib/results/results';
import { README_FIGURE } from './readme-figure';

const START = '<!-- results:start (made by npm run reproduce) -->';
const END = '<!-- results:end -->';

const FIGURE_START = '<!-- figure:start (made by npm run reproduce) -->';
const FIGURE_END = '<!-- figure:end -->';

/** Compression ratios that the table compares bases at. */
const RATIOS = [5, 20, 50, 100, 200];

/** The README has no place for the table. */
export class ReadmeFormatError extends Error {
  override readonly name = 'ReadmeFormatError';
}

/**
 * The README with the table of these results in it.
 *
 * @throws ReadmeFormatError when the two comments that enclose the table are not there
 */
export function withResults(readme: string, results: Results): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END, start);
  if (start < 0 || end < 0) {
    throw new ReadmeFormatError(
      `README.md has no place for the results: put these two lines where the table belongs.\n${START}\n${END}`,
    );
  }
  return `${readme.slice(0, start)}${START}\n\n${resultsTable(results)}\n\n${readme.slice(end)}`;
}

/**
 * The README with the figure of these results and what it shows in words, where two comments enclose a place for it;
 * a README without such a place has no figure.
 */
export function withFigure(readme: string, results: Results): string {
  const start = readme.indexOf(FIGURE_START);
  const end = readme.indexOf(FIGURE_END, start);
  const kinds = bestOfKinds(results);
  if (start < 0 || end < 0 || kinds.length === 0) return readme;
  const best = kinds
    .map(({ label, curve }) => `${label} [\`${curve.basis}\`](notebooks/${curve.notebook})`)
    .join(', ');
  return `${readme.slice(0, start)}${FIGURE_START}

![How many dB the best of each kind of basis stays below the stationary Gaussian bound, over the compression ratio](figures/${results.dataset.name}/${README_FIGURE}.png)

_The best of each kind of basis, ${results.dataset.label}: ${best}. The bound is the best that any codec could do if the recordings were stationary Gaussian processes; up is better._

${readme.slice(end)}`;
}

/** A Markdown table: one row for each basis, from the best to the worst at the middle ratio. */
function resultsTable({ dataset, curves }: Results): string {
  const middle = (curve: Curve): number => psnrAt(curve, 50) ?? -Infinity;
  const rows = [...curves]
    .sort((a, b) => middle(b) - middle(a))
    .map((curve) => [
      `[${codecLook(curve.basis).title}](notebooks/${curve.notebook})`,
      `\`${curve.basis}\``,
      curve.lossless ? curve.lossless.compressionRatio.toFixed(3) : '–',
      ...RATIOS.map((ratio) => psnrAt(curve, ratio)?.toFixed(1) ?? '–'),
      delayText(curve, 1),
    ]);
  const header = ['basis', 'id', 'lossless CR', ...RATIOS.map((ratio) => `dB at CR ${ratio}`), 'delay, ms'];
  const alignment = ['---', '---', ...header.slice(2).map(() => '--:')];
  const lines = [header, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}

${dataset.label}, ${dataset.samples.toLocaleString('en-US')} samples, ${dataset.wavBytes.toLocaleString('en-US')} bytes of WAV files. dB is PSNR over all samples; the delay is that of the transform, unless something is chosen over the whole recording.`;
}
