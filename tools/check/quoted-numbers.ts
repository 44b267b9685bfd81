/**
 * Numbers in prose, and where they come from. A comment behind a number names its source:
 *
 *     3.57<!-- results: lossless-best cr -->              a curve of the committed results
 *     0.5<!-- results: network-256 below@20 -->           its distance from the bound, dB; `psnr@20` its PSNR
 *     3.43<!-- results: peer pcodec cr -->                a compressor of another project
 *     0.91<!-- cell: 92-verdict 92-26 -->                 printed by a cell, so or with more digits
 *     92<!-- measured: npm run evaluate -->               measured by a command; only that there is one is checked
 *
 * A number may have fewer digits than its source, and must be its rounding.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { joined, readNotebook, type Notebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { boundAt, psnrAt } from '../../lib/results/curve-at-ratio';
import { readDetails } from '../../lib/results/curve-details';
import { PEERS_FILE, readPeers } from '../../lib/results/peers';
import { readResults } from '../../lib/results/results';
import { COMMANDS } from '../commands';
import { listNotebooks } from '../reproduce/notebook-file';

/** A text with numbers. */
export interface Prose {
  /** How messages name it: `"README.md"`, `"92-verdict.ipynb, cell 92-27"`. */
  readonly place: string;
  readonly text: string;
  /** Whether numbers with decimals must have a source: on the first page that readers see. */
  readonly strict: boolean;
}

/** Where sources are; a test gives other places. */
export interface NumberSources {
  /** `figures/<dataset>` */
  readonly figures: string;
  readonly notebooks: string;
}

/** A number, then the comment with its source. */
const QUOTED = /([−-]?\d[\d,]*(?:\.\d+)?)\s*(?:%|dB|KB)?\s*<!-- (results|cell|measured): ([^>]*?) -->/g;
const MARK = /<!-- (results|cell|measured): [^>]*?-->/g;

/** Generated parts, code, and links have numbers of their own. */
const NO_PROSE = [
  /<!-- (\w+):start[^>]*-->[\s\S]*?<!-- \1:end -->/g,
  /```[\s\S]*?```/g,
  /`[^`]*`/g,
  /\]\([^)]*\)/g,
  /^\|.*$/gm,
];

/** A number with decimals that measures something; versions of programs do not. */
const DECIMAL =
  /(?<!(?:Node|Python|TypeScript|JupyterLab|\(https:\/\/nodejs\.org\))\s*)(?<![\d.])[−-]?\d+\.\d+(?!\d|\.\d)/g;

const valueOf = (text: string): number => Number(text.replace(/,/g, '').replace('−', '-'));

const digitsOf = (text: string): number => /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;

/** Whether a number is the rounding of another. */
function isRounding(text: string, value: number): boolean {
  // Half a unit of the last digit, and what floating point adds.
  return Math.abs(valueOf(text) - value) <= 0.5 * 10 ** -digitsOf(text) * (1 + 1e-9);
}

/** A number of the results by the words of a source; a text where there is none. */
function fromResults(words: readonly string[], { figures }: NumberSources): number | string {
  const [id = '', what = ''] = words[0] === 'peer' ? words.slice(1) : words;
  if (words[0] === 'peer') {
    const peer = readPeers(join(figures, PEERS_FILE))?.peers.find(
      ({ name }) => name.replace(/ /g, '-') === id,
    );
    return peer?.lossless && what === 'cr'
      ? peer.lossless.compressionRatio
      : `there is no ${what} of a peer ${id}`;
  }
  const curve = readResults(join(figures, 'results.json'))?.curves.find(({ basis }) => basis === id);
  if (!curve) return `the results have no curve of ${id}`;
  if (what === 'cr') return curve.lossless?.compressionRatio ?? `${id} has no lossless point`;
  const [, quantity, ratio] = /^(psnr|below)@(\d+)$/.exec(what) ?? [];
  const psnr = ratio === undefined ? undefined : psnrAt(curve, Number(ratio));
  if (psnr === undefined) return `${id} has no ${what}: give cr, psnr@RATIO or below@RATIO within its curve`;
  if (quantity === 'psnr') return psnr;
  const bound = boundAt(readDetails(figures)[0]?.bound ?? [], Number(ratio));
  return bound === undefined ? `there is no bound at ${ratio}` : bound - psnr;
}

/** Numbers that a cell printed; undefined where there is no such cell. A cell that has not run has none. */
function fromCell(
  notebook: Notebook,
  id: string,
): { readonly ran: boolean; readonly numbers: number[] } | undefined {
  const cell = notebook.cells.find((one) => one.id === id);
  if (cell?.cell_type !== 'code') return undefined;
  const texts = cell.outputs.map((output) => {
    if (output.output_type === 'stream') return joined(output.text);
    if (output.output_type === 'error') return '';
    return joined((output.data['text/plain'] ?? '') as string | string[]);
  });
  const numbers = texts.join('\n').match(/[−-]?\d[\d,]*(?:\.\d+)?/g) ?? [];
  return { ran: cell.execution_count !== null, numbers: numbers.map(valueOf) };
}

/** Why a quoted number is wrong; undefined where it is right. */
function problemOf(number: string, kind: string, source: string, sources: NumberSources): string | undefined {
  const words = source.trim().split(/\s+/);
  if (kind === 'measured') {
    const command = /^npm run ([\w:]+)/.exec(source.trim())?.[1];
    return command !== undefined && command in COMMANDS
      ? undefined
      : `there is no command "${source.trim()}"`;
  }
  if (kind === 'results') {
    const value = fromResults(words, sources);
    if (typeof value === 'string') return value;
    return isRounding(number, value) ? undefined : `it is ${Number(value.toPrecision(6))} there`;
  }
  const [name = '', id = ''] = words;
  const path = join(sources.notebooks, `${name}.ipynb`);
  const cell = existsSync(path) ? fromCell(readNotebook(path), id) : undefined;
  if (!cell) return `there is no code cell ${id} in ${name}.ipynb`;
  if (!cell.ran) return undefined;
  return cell.numbers.some((value) => isRounding(number, value))
    ? undefined
    : 'that cell prints no such number';
}

/**
 * Numbers that are not what their source says, sources that there are not, and, in strict prose, numbers without one.
 *
 * @param texts - Markdown
 */
export function findNumberProblems(
  texts: readonly Prose[] = projectProse(),
  sources: NumberSources = committed(),
): string[] {
  return texts.flatMap(({ place, text, strict }) => {
    const quoted = [...text.matchAll(QUOTED)].flatMap(([, number = '', kind = '', source = '']) => {
      const problem = problemOf(number, kind, source, sources);
      return problem === undefined ? [] : [`${place}: ${number} (${kind}: ${source.trim()}): ${problem}.`];
    });
    const marks = [...text.matchAll(MARK)].length;
    const without = [...text.matchAll(QUOTED)].length;
    const stray = marks === without ? [] : [`${place}: ${marks - without} sources stand behind no number.`];
    const prose = NO_PROSE.reduce((left, part) => left.replace(part, ' '), text.replace(QUOTED, ' '));
    const unnamed = strict
      ? [...prose.matchAll(DECIMAL)].map(
          ([number]) => `${place}: ${number} names no source: see tools/check/quoted-numbers.ts.`,
        )
      : [];
    return [...quoted, ...stray, ...unnamed];
  });
}

function committed(): NumberSources {
  return {
    figures: join(projectRoot(), 'figures', 'neuralink'),
    notebooks: join(projectRoot(), 'notebooks'),
  };
}

/** README, documents and the Markdown of notebooks. */
function projectProse(): Prose[] {
  const root = projectRoot();
  const documents = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const folder = join(root, 'notebooks');
  return [
    { place: 'README.md', text: readFileSync(join(root, 'README.md'), 'utf8'), strict: true },
    ...documents.map((name) => ({
      place: `docs/${name}`,
      text: readFileSync(join(root, 'docs', name), 'utf8'),
      strict: false,
    })),
    ...listNotebooks(folder).flatMap((name) =>
      readNotebook(join(folder, name)).cells.flatMap((cell) =>
        cell.cell_type === 'markdown'
          ? [{ place: `${name}, cell ${cell.id ?? '?'}`, text: joined(cell.source), strict: false }]
          : [],
      ),
    ),
  ];
}
