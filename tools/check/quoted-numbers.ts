/**
 * Numbers in prose, and where they come from. A comment behind a number names its source:
 *
 *     3.57<!-- results: lossless-best cr -->              a curve of the committed results
 *     0.5<!-- results: network-256 below@20 -->           its distance from the bound, dB; `psnr@20` its PSNR
 *     3.43<!-- results: peer pcodec cr -->                a compressor of another project
 *     0.91<!-- cell: 92-verdict 92-26 -->                 printed by a cell, so or with more digits
 *     92<!-- measured: npm run evaluate -->               measured by a command; only that there is one is checked
 *     3.43<!-- json: bench/compressors/results.json > comparisons > name=pcodec, level 12 & form=codes > ratio -->
 *                                                         a number of a JSON file: keys, places in lists from 0 on, and
 *                                                         objects of a list by their values
 *     0.587<!-- constant: Zar 2010, table B.20 -->        no measurement: a definition, a parameter, the literature
 *     4.5<!-- constant: lib/metrics/spikes.ts THRESHOLD_DEVIATIONS -->
 *                                                         of the code, where this name has this value
 *
 * A number may have fewer digits than its source, and must be its rounding.
 *
 * A table in front of which `<!-- table: bench/compressors/results.json -->` stands has the numbers of that file: those of
 * a row are roundings of numbers of one object, or several, that has the text of the row's first cell as a value or a key;
 * a percentage may be what one of them is less than another.
 *
 * Measured numbers that no file has are a record, which says when and by which code: a section with the line
 *
 *     _Record of 2026-11-24, kept since commit `c2c9eaa`; later code does not change it._
 *
 * is one up to the next heading, and so is an item of a list that begins with a date, `- **2026-11-28. …`.
 */
import { execFileSync } from 'node:child_process';
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
  /** Whether numbers with decimals must have a source. */
  readonly strict: boolean;
  /** Whether those of tables must too; the tables of the README are made from results. */
  readonly tables?: boolean;
}

/** Where sources are; a test gives other places. */
export interface NumberSources {
  /** `figures/<dataset>` */
  readonly figures: string;
  readonly notebooks: string;
  /** Folder that paths of JSON files start from. */
  readonly root: string;
}

/** A number, then the comment with its source. */
const QUOTED =
  /([−-]?\d[\d,]*(?:\.\d+)?)\s*(?:%|dB|KB)?\s*<!-- (results|cell|measured|json|constant): (.*?) -->/g;
const MARK = /<!-- (results|cell|measured|json|constant): .*?-->/g;

/** A table with the file that its numbers are of. */
const TABLE = /<!-- table: (.*?) -->\n\n?((?:\|.*(?:\n|$))+)/g;
const TABLE_MARK = /<!-- table: .*?-->/g;

/** A section that is a record, from the line that says so to the next heading. */
const RECORD =
  /^_Record of (\S+), kept since commit `([^`]*)`; later code does not change it\._$[\s\S]*?(?=\n#|$(?![\s\S]))/gm;

/** An item of a list that begins with a date, with the lines that are indented below it. */
const DATED_ITEM = /^- \*\*\d{4}-\d{2}-\d{2}\..*(?:\n(?: .*)?(?=\n|$))*/gm;

/** Generated parts, code, formulas and links have numbers of their own. */
const NO_PROSE = [
  /<!-- ([\w-]+):start[^>]*-->[\s\S]*?<!-- \1:end -->/g,
  /```[\s\S]*?```/g,
  /`[^`]*`/g,
  /\$\$[\s\S]*?\$\$/g,
  /\$[^$\n]+\$/g,
  /\]\([^)]*\)/g,
];
const TABLE_ROW = /^\|.*$/gm;

/** A number with decimals that measures something; versions of programs and formats do not. */
const DECIMAL =
  /(?<!(?:Node|Python|TypeScript|JupyterLab|\(https:\/\/nodejs\.org\)|specifications?(?: [\d.]+ to)?)\s*)(?<![\w.])[−-]?\d+\.\d+(?!\d|\.\d)/g;

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

/** The value at a place of a JSON file, or what is wrong with the place. */
function fromJson(place: string, { root }: NumberSources): number | string {
  const [file = '', ...steps] = place.split(' > ').map((step) => step.trim());
  const parsed = readJson(file, root);
  if (parsed === undefined) return `there is no file ${file}`;
  let value: unknown = parsed;
  for (const step of steps) {
    if (Array.isArray(value) && step.includes('=')) {
      const wanted = step.split(' & ').map((condition) => condition.split(/=(.*)/s));
      const found = value.filter((one: unknown) =>
        wanted.every(([key, text]) => String((one as Record<string, unknown>)[key!]) === text),
      ) as unknown[];
      if (found.length !== 1) return `${found.length} entries have ${step}`;
      value = found[0];
    } else value = (value as Record<string, unknown> | null | undefined)?.[step];
  }
  return typeof value === 'number' ? value : `there is no number at ${steps.join(' > ')}`;
}

/** Contents of a JSON file; undefined where there is none. */
function readJson(file: string, root: string): unknown {
  const path = join(root, file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as unknown) : undefined;
}

/** All numbers within a value. */
function numbersWithin(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersWithin) : [];
}

/** The objects within a value that a text names, as one of their values or as their key. */
function objectsNamed(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value) as [string, unknown][];
  if (!Array.isArray(value) && entries.some(([, own]) => own === name)) return [value];
  return entries.flatMap(([key, own]) =>
    key === name && typeof own === 'object' ? [own] : objectsNamed(own, name),
  );
}

/** What is wrong with a table whose numbers are of a file. */
function tableProblems(place: string, file: string, table: string, { root }: NumberSources): string[] {
  const parsed = readJson(file, root);
  if (parsed === undefined) return [`${place}: there is no file ${file}, which a table names.`];
  const rows = table.trim().split('\n').slice(2);
  return rows.flatMap((row) => {
    const [name = '', ...cells] = row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replace(/`/g, '').trim());
    const known = objectsNamed(parsed, name).flatMap(numbersWithin);
    if (known.length === 0) return [`${place}: ${file} has no ${name}, which a table names.`];
    const wrong = cells.filter((cell) => {
      const [, number, percent] = /^([−-]?\d[\d,]*(?:\.\d+)?)(%?)$/.exec(cell) ?? [];
      if (number === undefined) return false;
      return percent
        ? !known.some((a) => known.some((b) => isRounding(number, 100 * (1 - a / b))))
        : !known.some((value) => isRounding(number, value));
    });
    return wrong.map((cell) => `${place}: ${file} has no ${cell} for ${name}.`);
  });
}

/** What is wrong with the lines that say when a record was made. */
function recordProblems(place: string, text: string): string[] {
  return [...text.matchAll(RECORD)].flatMap(([, date = '', commit = '']) => [
    ...(Number.isNaN(Date.parse(date)) || !/^\d{4}-\d{2}-\d{2}$/.test(date)
      ? [`${place}: a record is of ${date}, which is no date.`]
      : []),
    ...(isCommit(commit) ? [] : [`${place}: a record is of commit ${commit}, which there is not.`]),
  ]);
}

/** Whether there is such a commit; where the history is not there, whether it can be one. */
function isCommit(name: string): boolean {
  if (!/^[0-9a-f]{7,40}$/.test(name)) return false;
  const git = (...options: string[]): string =>
    execFileSync('git', options, { cwd: projectRoot(), encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    if (git('rev-parse', '--is-shallow-repository') !== 'false') return true;
  } catch {
    return true;
  }
  try {
    return git('cat-file', '-t', name) === 'commit';
  } catch {
    return false;
  }
}

/** Why a constant is wrong; that of a module is looked up there. */
function constantProblem(number: string, source: string, { root }: NumberSources): string | undefined {
  if (source === '') return 'a constant says what it is of';
  const [, file, name] = /^(\S+\.ts) (\w+)$/.exec(source) ?? [];
  if (file === undefined) return undefined;
  const path = join(root, file);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const value = new RegExp(`\\bconst ${name} = (-?[\\d._]+);`).exec(text)?.[1];
  if (value === undefined) return `${file} has no constant ${name} that is a number`;
  return isRounding(number, Number(value.replace(/_/g, ''))) ? undefined : `it is ${value} there`;
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
  if (kind === 'constant') return constantProblem(number, source.trim(), sources);
  if (kind === 'results' || kind === 'json') {
    const value = kind === 'json' ? fromJson(source, sources) : fromResults(words, sources);
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
  return texts.flatMap(({ place, text, strict, tables = false }) => {
    const quoted = [...text.matchAll(QUOTED)].flatMap(([, number = '', kind = '', source = '']) => {
      const problem = problemOf(number, kind, source, sources);
      return problem === undefined ? [] : [`${place}: ${number} (${kind}: ${source.trim()}): ${problem}.`];
    });
    const marks = [...text.matchAll(MARK)].length;
    const without = [...text.matchAll(QUOTED)].length;
    const stray = marks === without ? [] : [`${place}: ${marks - without} sources stand behind no number.`];
    const sourced = [...text.matchAll(TABLE)];
    const ofTables = sourced.flatMap(([, file = '', table = '']) =>
      tableProblems(place, file, table, sources),
    );
    const idle = [...text.matchAll(TABLE_MARK)].length - sourced.length;
    if (idle > 0) ofTables.push(`${place}: ${idle} sources stand in front of no table.`);
    const free = [QUOTED, RECORD, DATED_ITEM, TABLE, ...NO_PROSE, ...(tables ? [] : [TABLE_ROW])];
    const prose = free.reduce((left, part) => left.replace(part, ' '), text);
    const unnamed = strict
      ? [...prose.matchAll(DECIMAL)].map(
          ([number]) => `${place}: ${number} names no source: see tools/check/quoted-numbers.ts.`,
        )
      : [];
    return [...quoted, ...stray, ...ofTables, ...recordProblems(place, text), ...unnamed];
  });
}

function committed(): NumberSources {
  return {
    figures: join(projectRoot(), 'figures', 'neuralink'),
    notebooks: join(projectRoot(), 'notebooks'),
    root: projectRoot(),
  };
}

/** Documents without measurements of their own: made from sources or results, which other checks compare, or a specification. */
const NOT_STRICT = ['api.md', 'results.md', 'format.md'];

/** README, documents and the Markdown of notebooks. */
export function projectProse(): Prose[] {
  const root = projectRoot();
  const documents = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const folder = join(root, 'notebooks');
  return [
    { place: 'README.md', text: readFileSync(join(root, 'README.md'), 'utf8'), strict: true },
    ...documents.map((name) => ({
      place: `docs/${name}`,
      text: readFileSync(join(root, 'docs', name), 'utf8'),
      strict: !NOT_STRICT.includes(name),
      tables: true,
    })),
    ...listNotebooks(folder).flatMap((name) =>
      readNotebook(join(folder, name)).cells.flatMap((cell) =>
        cell.cell_type === 'markdown'
          ? [{ place: `${name}, cell ${cell.id ?? '?'}`, text: joined(cell.source), strict: true }]
          : [],
      ),
    ),
  ];
}
