/**
 * Titles and axes of the committed figures: what a reader would stumble over. Each title is one finding in plain signs; a
 * distance from the bound is a positive number below it, so that up is better in every picture.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAwaitedRun } from './awaited-run';

/** What is looked at of a figure. */
export interface TitledFigure {
  /** File name without its ending. */
  readonly name: string;
  readonly title: string;
  readonly data: readonly {
    readonly type?: string;
    readonly mode?: string;
    readonly name?: string;
    readonly xaxis?: string;
    readonly yaxis?: string;
    readonly hoverinfo?: string;
  }[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** Longest title: two lines at the width of a notebook. */
const LONGEST = 150;

/** Most lines of a panel that can be told apart; the bound and other guides do not count. */
const MOST_LINES = 8;

/** What says the direction itself, so that its number has no sign. */
const SIGNED_TWICE = [
  /(?<!\w)[-−]\d[\d.,]*\s*(?:dB|%|bits?)?\s*(?:above|below|behind|more|less|fewer|better|worse)\b/,
  /\b(?:rises?|falls?|gains?|costs?|saves?|takes?|loses?) (?:by )?[-−]\d/,
];

/** A minus that is a hyphen: in front of a number, and not within a name. */
const HYPHEN = /(?:^|[\s(])-\d/;

/** What a number becomes that was not measured. */
const NO_NUMBER = /\b(?:NaN|undefined|null|Infinity)\b/;

/** Problems of one figure. */
export function titleProblems({ name, title, data, layout }: TitledFigure): string[] {
  const problems: string[] = [];
  const say = (problem: string): void => void problems.push(`${name}: ${problem}: "${title}".`);
  if (title.trim() === '') say('there is no title');
  if (title.length > LONGEST) say(`the title has ${title.length} characters, and ${LONGEST} can be read`);
  if (SIGNED_TWICE.some((pattern) => pattern.test(title)))
    say('a number has a sign beside the word that says it');
  if (HYPHEN.test(title)) say('a minus is a hyphen');
  if (NO_NUMBER.test(title)) say('a number was not measured');
  const lines = new Map<string, Set<string>>();
  for (const { type, mode, xaxis = 'x', yaxis = 'y', name: line, hoverinfo } of data) {
    const drawn = type === 'scatter' && mode?.includes('lines') && hoverinfo !== 'skip' && line !== undefined;
    if (!drawn || /bound/i.test(line)) continue;
    const panel = `${xaxis} ${yaxis}`;
    lines.set(panel, (lines.get(panel) ?? new Set()).add(line));
  }
  const most = Math.max(0, ...[...lines.values()].map(({ size }) => size));
  if (most > MOST_LINES) say(`a panel has ${most} lines, and ${MOST_LINES} can be told apart`);
  for (const [key, axis] of Object.entries(layout)) {
    if (!/^yaxis\d*$/.test(key)) continue;
    const { title: own, range } = axis as {
      readonly title?: { readonly text?: string };
      readonly range?: readonly [number, number];
    };
    if (/below the .*bound/i.test(own?.text ?? '') && !(range && range[0] > range[1])) {
      say('a distance below the bound does not grow downward');
    }
  }
  return problems;
}

/** The figures of a folder: its JSON files with a title, data and a layout. */
export function readTitledFigures(folder: string): TitledFigure[] {
  return readdirSync(folder)
    .filter((file) => /^(?:\d\d|start|your)-?[\w.-]*\.json$/.test(file) && !file.endsWith('.details.json'))
    .sort()
    .flatMap((file) => {
      const { title, data, layout } = JSON.parse(
        readFileSync(join(folder, file), 'utf8'),
      ) as Partial<TitledFigure>;
      if (typeof title !== 'string' || !Array.isArray(data) || typeof layout !== 'object') return [];
      return [{ name: file.replace(/\.json$/, ''), title, data, layout } as TitledFigure];
    });
}

/**
 * Problems of all figures of a dataset; notes where a run is awaited, which draws them anew.
 *
 * @param folder - `figures/<dataset>`
 * @throws AwaitedRunError
 */
export function findTitleProblems(folder: string): {
  readonly problems: readonly string[];
  readonly notes: readonly string[];
} {
  const found = readTitledFigures(folder).flatMap(titleProblems);
  if (found.length === 0 || !readAwaitedRun(folder)) return { problems: found, notes: [] };
  return { problems: [], notes: ['A run is awaited. Until then:', ...found.map((one) => `  ${one}`)] };
}
