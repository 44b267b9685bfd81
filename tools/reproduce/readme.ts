/**
 * The figure and the table of the README, and the page of all curves: made from `results.json`, never by hand.
 */
import { idsForFolds } from '../../lib/catalog/fold-ids';
import { bestOfKinds } from '../../lib/figures/readme-figure';
import { psnrAt } from '../../lib/results/curve-at-ratio';
import { codecLook } from '../../lib/figures/codec-look';
import { delayText, type Curve, type Results } from '../../lib/results/results';
import type { AwaitedRun } from '../check/awaited-run';
import { README_FIGURE } from './readme-figure';

const START = '<!-- results:start (made by npm run reproduce) -->';
const END = '<!-- results:end -->';

const FIGURE_START = '<!-- figure:start (made by npm run reproduce) -->';
const FIGURE_END = '<!-- figure:end -->';

/** The page of all curves, from the root of the project. */
export const RESULTS_PAGE = 'docs/results.md';

/** Compression ratios that the tables compare bases at. */
const RATIOS = [5, 20, 50, 100, 200];

/** The ratio that the page of all curves is sorted by. */
const MIDDLE = 50;

/** Columns behind the name of a basis. */
const COLUMNS = ['id', 'lossless CR', ...RATIOS.map((ratio) => `dB at CR ${ratio}`), 'delay, ms'];

/** The README has no place for the table. */
export class ReadmeFormatError extends Error {
  override readonly name = 'ReadmeFormatError';
}

/**
 * The README with the best curve of each kind in its table.
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
  return `${readme.slice(0, start)}${START}\n\n${kindsTable(results)}\n\n${readme.slice(end)}`;
}

/**
 * The README with the figure of these results and its description, between two comments; a README without the comments
 * stays as it is.
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

![Decibels below the stationary Gaussian bound over the compression ratio, the best of each kind of basis](figures/${results.dataset.name}/${README_FIGURE}.png)

_The best of each kind of basis, ${results.dataset.label}: ${best}. The bound is the best that any codec could do if the recordings were stationary Gaussian processes; up is better._

${readme.slice(end)}`;
}

/**
 * The page of all curves, whole: one row each, from the best to the worst at the middle ratio, and which code measured
 * them.
 *
 * @param awaited - the run that these results await; none where the code as it is measured them
 */
export function resultsPage(results: Results, awaited?: AwaitedRun): string {
  const { dataset, curves } = results;
  const middle = (curve: Curve): number => psnrAt(curve, MIDDLE) ?? -Infinity;
  const rows = [...curves].sort((a, b) => middle(b) - middle(a)).map((curve) => cellsOf(curve, '../'));
  return `# All curves

<!-- made by npm run reproduce -->

One row for each curve of \`figures/${dataset.name}/results.json\`, from the best at CR ${MIDDLE} to the worst. ${columnsText(results)}

${measuredBy(awaited)}

${table(['basis', ...COLUMNS], rows)}

${datasetText(results)}
`;
}

/** Which code the numbers are of. */
function measuredBy(awaited: AwaitedRun | undefined): string {
  if (!awaited) {
    return 'The code of this commit measured them: `npm run check -- --only results` compares.';
  }
  const changes = awaited.changes.map((change) => `- ${change}`).join('\n');
  return `The code of commit \`${awaited.measuredBy}\` measured them. What has changed since awaits the next run on all recordings:

${changes}`;
}

/** The best curve of each kind, at most eight rows. */
function kindsTable(results: Results): string {
  const rows = bestOfKinds(results).map(({ label, curve }) => [label, ...cellsOf(curve, '')]);
  return `${table(['kind', 'best basis', ...COLUMNS], rows)}

${datasetText(results)} ${columnsText(results)} All curves, and which code measured them: [docs/results.md](docs/results.md).`;
}

function datasetText({ dataset }: Results): string {
  return `${dataset.label}, ${dataset.samples.toLocaleString('en-US')} samples, ${dataset.wavBytes.toLocaleString('en-US')} bytes of WAV files.`;
}

/**
 * What the columns and ids are; results of code that did not yet know delays of a whole recording promise none, and where
 * all folds choose alike no id has two bases.
 */
function columnsText({ curves }: Results): string {
  const whole = curves.some(({ wholeRecording }) => wholeRecording !== undefined)
    ? ', or the whole recording where something is chosen over it'
    : ' alone';
  const folds = curves.some(({ basis }) => new Set(idsForFolds(basis)).size > 1)
    ? ' An id with ~ names two bases, for the recordings of fold 0 and of fold 1: each fold has the parameters that the other chose.'
    : '';
  return `CR is the compression ratio, dB the PSNR over all samples; the delay is that of the transform${whole}.${folds}`;
}

/**
 * The row of a curve.
 *
 * @param toRoot - from the page to the root of the project
 */
function cellsOf(curve: Curve, toRoot: string): string[] {
  return [
    `[${codecLook(curve.basis).title}](${toRoot}notebooks/${curve.notebook})`,
    `\`${curve.basis}\``,
    curve.lossless ? curve.lossless.compressionRatio.toFixed(3) : '–',
    ...RATIOS.map((ratio) => psnrAt(curve, ratio)?.toFixed(1) ?? '–'),
    delayText(curve, 1),
  ];
}

/** A Markdown table; columns from that of the id on hold numbers. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const firstNumber = header.indexOf('id') + 1;
  const alignment = header.map((_, i) => (i < firstNumber ? '---' : '--:'));
  const lines = [header, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
}
