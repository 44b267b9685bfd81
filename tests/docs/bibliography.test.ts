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
    .replace(/\\o\b/g, 'ø')
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

/** TypeScript files of a folder and of the folders in it. */
function modulesOf(folder: string): string[] {
  return readdirSync(join(projectRoot(), folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return modulesOf(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

/** The comments of a module, each as one line. */
function commentsOf(text: string): string[] {
  const comments = text.match(/\/\*\*[\s\S]*?\*\/|(?:\/\/.*(?:\n\s*(?=\/\/)|))+/g) ?? [];
  return comments.map((comment) => comment.replace(/\s*\n\s*(?:\*|\/\/) ?/g, ' '));
}

/** An author as docstrings name one, "C. F. Van Loan", before a comma, "and", "et al." or the year in parentheses. */
const AUTHOR =
  /(?<!SIAM )(?:\b\p{Lu}\.[ -]?)+((?:[Vv]an |de |von )?\p{Lu}\p{L}+(?:[ -]\p{Lu}\p{L}+)?)(?=,| and | et al| \()/gu;

/** Authors that comments cite, with the year or the edition that follows in the same citation. */
function citedAuthors(comment: string): { readonly author: string; readonly year: string | undefined }[] {
  return [...plain(comment).matchAll(AUTHOR)].flatMap((match) => {
    const citation = plain(comment)
      .slice(match.index, match.index + 330)
      .split(';')[0]!;
    const year = /\b(?:1[89]\d\d|20\d\d)\b/.exec(citation)?.[0];
    const edition = /\b\d(?:st|nd|rd|th) ed\b|\bvol\. \d/.test(citation);
    return year !== undefined || edition ? [{ author: match[1]!, year }] : [];
  });
}

test('a citation is read with its authors and its year, and initials of sentences are not authors', () => {
  const comment =
    '(A. V. Oppenheim and R. W. Schafer, Discrete-Time Signal Processing, 3rd ed., §6.3; K. Goto and R. A. van de Geijn, "Anatomy", 2008). D. Odd samples, 1990.';
  assert.deepEqual(citedAuthors(comment), [
    { author: 'Oppenheim', year: undefined },
    { author: 'Schafer', year: undefined },
    { author: 'Goto', year: '2008' },
  ]);
});

test('what docstrings of lib cite is in the bibliography', () => {
  const missing: string[] = [];
  let cited = 0;
  for (const path of modulesOf('lib')) {
    for (const comment of commentsOf(readFileSync(join(projectRoot(), path), 'utf8'))) {
      for (const { author, year } of citedAuthors(comment)) {
        cited++;
        const found = entries.some(
          ([, , names, ofEntry]) =>
            plain(names!).includes(author) && (year === undefined || ofEntry === year),
        );
        if (!found) missing.push(`${path}: ${author}${year === undefined ? '' : `, ${year}`}`);
      }
    }
  }
  assert.deepEqual(missing, []);
  assert.ok(cited > 100, `only ${cited} citations were found`);
});

test('every entry of the bibliography is cited, in lib or in a notebook', () => {
  const notebooks = readdirSync(join(projectRoot(), 'notebooks')).filter((name) => name.endsWith('.ipynb'));
  const texts = [
    ...modulesOf('lib'),
    ...modulesOf('tools'),
    ...notebooks.map((name) => `notebooks/${name}`),
  ].map((path) => plain(readFileSync(join(projectRoot(), path), 'utf8')));
  const idle = entries.filter(([, , names]) => {
    const authors = plain(names!)
      .split(' and ')
      .map((author) => author.split(' ').at(-1)!);
    return !texts.some((text) => authors.some((author) => text.includes(author)));
  });
  assert.deepEqual(
    idle.map(([, key]) => key),
    [],
  );
});

test('CITATION.cff has what its format requires, and the name, version and license of the package', () => {
  const citation = readFileSync(join(projectRoot(), 'CITATION.cff'), 'utf8');
  const keys = new Map(
    [...citation.matchAll(/^([a-z-]+):(?: (.+))?$/gm)].map(([, key, value]) => [key!, value] as const),
  );
  // Citation File Format 1.2.0, the properties of its schema that are required, and those that are used here.
  for (const key of ['cff-version', 'message', 'title', 'authors']) assert.ok(keys.has(key), key);
  const known = ['cff-version', 'message', 'title', 'type', 'authors', 'version', 'license', 'keywords'];
  assert.deepEqual(
    [...keys.keys()].filter((key) => !known.includes(key)),
    [],
  );
  assert.equal(keys.get('cff-version'), '1.2.0');
  assert.equal(keys.get('type'), 'software');
  assert.match(citation, /^authors:\n {2}- (?:name|family-names): \S/m);
  const manifest = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    version: string;
    license: string;
  };
  assert.deepEqual([keys.get('version'), keys.get('license')], [manifest.version, manifest.license]);
});
