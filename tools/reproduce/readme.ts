/**
 * The figure and the table of the README, and the page of all curves: made from `results.json`, never by hand.
 */
import { idsForFolds } from '../../lib/catalog/fold-ids';
import { bestOfKinds } from '../../lib/figures/readme-figure';
import { markdownTable } from '../../lib/files/markdown-tables';
import { psnrAt } from '../../lib/results/curve-at-ratio';
import { codecLook } from '../../lib/figures/codec-look';
import { delayText, type Curve, type Results } from '../../lib/results/results';
import type { AwaitedRun } from '../check/awaited-run';
import type { Interval } from '../../lib/numerics/statistics';
import type { Verdict } from '../../lib/results/verdict';
import { README_FIGURE, VERDICT_FIGURE } from './readme-figure';

const START = '<!-- results:start (made by npm run reproduce) -->';
const END = '<!-- results:end -->';

const FIGURE_START = '<!-- figure:start (made by npm run reproduce) -->';
const FIGURE_END = '<!-- figure:end -->';

const VERDICT_START = '<!-- verdict:start (made by npm run reproduce) -->';
const VERDICT_END = '<!-- verdict:end -->';

/** The notebook of the verdict. */
const VERDICT_NOTEBOOK = 'notebooks/92-verdict.ipynb';

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
 * The README with the verdict between two comments: its figure, its sentences, its table. A README without the comments
 * stays as it is, and so does one whose verdict is not there yet or is about other recordings than the results.
 */
export function withVerdict(readme: string, { dataset }: Results, verdict: Verdict | undefined): string {
  const start = readme.indexOf(VERDICT_START);
  const end = readme.indexOf(VERDICT_END, start);
  if (start < 0 || end < 0 || verdict?.dataset.sha256 !== dataset.sha256) return readme;
  return `${readme.slice(0, start)}${VERDICT_START}

${verdict.sentences.join('\n\n')}

![Three axes of quality over the compression ratio: all samples, the spike band, spikes that stay in their cluster](figures/${dataset.name}/${VERDICT_FIGURE}.png)

${verdictTable(verdict)}

${verdictText(verdict)}${carriedText(verdict)}

${readme.slice(end)}`;
}

/** An interval as Markdown; a dash where there is none. */
function intervalText(interval: Interval | null, digits: number, unit = ''): string {
  if (!interval) return '–';
  const text = (value: number): string => value.toFixed(digits).replace('-', '−');
  const { estimate, lower, upper } = interval;
  return lower === upper
    ? `${text(estimate)}${unit}`
    : `${text(estimate)}${unit} (${text(lower)} to ${text(upper)})`;
}

function verdictTable({ ratios, middle, low, rows }: Verdict): string {
  const highest = ratios[ratios.length - 1]!;
  const header = [
    '',
    'id',
    ...ratios.map((ratio) => `dB at CR ${ratio}`),
    `bytes at equal PSNR, CR ${middle}`,
    `dB in 300–5000 Hz at CR ${low}`,
    `same cluster at CR ${low}`,
    `at CR ${highest}`,
    `band power at CR ${highest}`,
  ];
  const lines = rows.map(({ what, id, notebook, psnr, bytes, inBandSnr, sameCluster, bandPower }) => [
    notebook === undefined ? what : `[${what}](notebooks/${notebook})`,
    notebook === undefined ? id : `\`${id}\``,
    ...psnr.map((value) => value?.toFixed(1) ?? '–'),
    intervalText(bytes, 1, '%'),
    intervalText(inBandSnr, 1),
    ...sameCluster.map((interval) => intervalText(interval, 2)),
    intervalText(bandPower, 3),
  ]);
  return markdownTable(header, lines, 2);
}

function verdictText({ dataset, reference, missing }: Verdict): string {
  const lacking = missing.length === 0 ? '' : ` Missing: ${missing.join(', ')}.`;
  return (
    `${dataset.label}; 95% intervals; bytes against \`${reference}\`; a dash where a codec does not send it, is judged by what it works ` +
    `toward, or does not reach the ratio.${lacking} All codecs, tests, kinds of recordings, other compressors: [the verdict](${VERDICT_NOTEBOOK}).`
  );
}

/** Which sentences hold on other recordings, as a paragraph; nothing where none were tested there. */
function carriedText({ carriesOver }: Verdict): string {
  return carriesOver?.summary ? `\n\n${carriesOver.summary}` : '';
}

/** The README with all that is made from results. */
export function readmeOf(readme: string, results: Results, verdict: Verdict | undefined): string {
  return withVerdict(withFigure(withResults(readme, results), results), results, verdict);
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

${markdownTable(['basis', ...COLUMNS], rows, 2)}

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
  return `${markdownTable(['kind', 'best basis', ...COLUMNS], rows, 3)}

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
