import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';

interface NotebookText {
  readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
}

/** Last names and the year of a citation in parentheses: "(Ahmed, Natarajan and Rao, 1974)". */
const CITATION = /\(([^()]*?\b\p{Lu}[^()]*?),? (1[89]\d\d|20\d\d)\b/gu;

const bibliography = readFileSync(join(projectRoot(), 'docs/bibliography.bib'), 'utf8');
const entries = [
  ...bibliography.matchAll(/^@\w+\{(\w+), author = \{(.*?)\}, title = .* year = \{(\d+)\}\}$/gm),
];

test('every entry of the bibliography is whole and has a key of its own', () => {
  const lines = bibliography.split('\n').filter((line) => line.startsWith('@'));
  assert.equal(entries.length, lines.length);
  assert.equal(new Set(entries.map(([, key]) => key)).size, entries.length);
  for (const [, key, , year] of entries) assert.ok(key!.endsWith(year!), key);
});

/** Letters without the marks of TeX and of Unicode: "Ballé" and "Ball{\'e}" are the same. */
function plain(name: string): string {
  return name
    .replace(/\\[`'"^~]/g, '')
    .replace(/[{}]/g, '')
    .normalize('NFD')
    .replace(/\p{M}/gu, '');
}

test('what notebooks cite is in the bibliography', () => {
  const folder = join(projectRoot(), 'notebooks');
  let cited = 0;
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.ipynb'))) {
    const notebook = JSON.parse(readFileSync(join(folder, name), 'utf8')) as NotebookText;
    for (const { source } of notebook.cells.filter(({ cell_type }) => cell_type === 'markdown')) {
      for (const [, before, year] of source.join('').matchAll(CITATION)) {
        // Where one pair of parentheses cites several works, the last one's authors follow the last semicolon.
        const authors = plain(before!.split(';').pop()!).match(/\p{Lu}\p{L}+/gu)!;
        const found = entries.some(
          ([, , names, ofEntry]) =>
            ofEntry === year && authors.some((author) => plain(names!).includes(author)),
        );
        assert.ok(found, `${name}: (${before}, ${year}) is not in docs/bibliography.bib`);
        cited++;
      }
    }
  }
  assert.ok(cited > 20, `only ${cited} citations were found`);
});
