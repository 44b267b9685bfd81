import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { joined, readNotebook } from '../../kernel/notebook';
import { catalog } from '../../lib/catalog/catalog';
import { RECORDING_PAGE } from '../../lib/figures/gallery/gallery';
import { projectRoot } from '../../lib/files/project-root';
import { listNotebooks } from '../../tools/reproduce/notebook-file';

const root = projectRoot();
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'data/README.md',
  'packages/neurobasis-codec/README.md',
  'packages/python/README.md',
  ...readdirSync(join(root, 'docs')).map((file) => `docs/${file}`),
];

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The anchors of a document, as GitHub makes them of its headings. */
function anchorsOf(path: string): Set<string> {
  const headings = [...textOf(path).matchAll(/^#+ (.+)$/gm)];
  return new Set(
    headings.map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Links of a text that lead nowhere. */
function brokenLinks(document: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([link, target]) => {
    return leadsSomewhere(document, target!) ? [] : [`${document}: ${link.slice(1)}`];
  });
}

/** Whether an address of a document is on the web, or leads to a file and a heading that are there. */
function leadsSomewhere(document: string, target: string): boolean {
  if (/^(?:https?|data|mailto):/.test(target)) return true;
  const [file, anchor] = target.split('#');
  const path = file === '' ? document : join(dirname(document), file!);
  // A forge shows nothing outside of the repository.
  if (path.startsWith('..') || !existsSync(join(root, path))) return false;
  return anchor === undefined || !path.endsWith('.md') || anchorsOf(path).has(anchor);
}

/** Addresses of a page that lead nowhere, those within the page among them. */
function brokenAddresses(document: string, html: string): string[] {
  const ids = new Set([...html.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id));
  return [...html.matchAll(/\b(?:href|src)="([^"]*)"/g)].flatMap(([, address]) => {
    const there = address!.startsWith('#') ? ids.has(address!.slice(1)) : leadsSomewhere(document, address!);
    return there ? [] : [`${document}: ${address}`];
  });
}

test('a link that leads nowhere is found, in Markdown and in HTML', () => {
  const links =
    '[a](architecture.md#glossary) [b](none.md) [c](architecture.md#none) [d](../../elsewhere.md) [e](#rooms)';
  assert.deepEqual(brokenLinks('docs/architecture.md', links), [
    'docs/architecture.md: (none.md)',
    'docs/architecture.md: (architecture.md#none)',
    'docs/architecture.md: (../../elsewhere.md)',
  ]);
  const page =
    '<p id="one"><a href="#one">1</a><a href="#two">2</a><a href="../README.md">3</a><img src="none.svg">';
  assert.deepEqual(brokenAddresses('docs/page.html', page), [
    'docs/page.html: #two',
    'docs/page.html: none.svg',
  ]);
});

test('the links of all documents lead to files and headings that are there', () => {
  assert.deepEqual(
    DOCUMENTS.flatMap((document) => brokenLinks(document, textOf(document))),
    [],
  );
});

test('the links of notebooks lead to files and headings that are there', () => {
  const folder = join(root, 'notebooks');
  const broken = listNotebooks(folder).flatMap((name) =>
    readNotebook(join(folder, name)).cells.flatMap((cell) => {
      const document = `notebooks/${name}`;
      if (cell.cell_type === 'markdown') return brokenLinks(document, joined(cell.source));
      if (cell.cell_type !== 'code') return [];
      return cell.outputs.flatMap((output) => {
        const shown = (type: string): string =>
          'data' in output ? joined((output.data[type] ?? '') as string | string[]) : '';
        return brokenLinks(document, shown('text/markdown'));
      });
    }),
  );
  assert.deepEqual(broken, []);
});

test('the links of the gallery lead to files, notebooks and places of the page that are there', () => {
  const page = 'figures/neuralink/index.html';
  const html = textOf(page);
  // A fresh clone lacks the page of recordings: a run makes it, and the gallery says by what command.
  const made = `<a href="${RECORDING_PAGE}">`;
  const line = html.split('\n').find((text) => text.includes(made));
  assert.ok(line?.includes('<code>npm run reproduce -- --gallery</code>'), `no command beside ${made}`);
  assert.deepEqual(
    brokenAddresses(page, html).filter((broken) => broken !== `${page}: ${RECORDING_PAGE}`),
    [],
  );
});

test("the reader's path has no gap: README, verdict, notebook of a basis, module, and back to the verdict", () => {
  assert.ok(textOf('README.md').includes('](notebooks/92-verdict.ipynb)'));
  const verdict = readNotebook(join(root, 'notebooks', '92-verdict.ipynb')).cells;
  assert.ok(
    verdict.some((cell) => cell.cell_type === 'code' && joined(cell.source).includes('showPlaces()')),
  );
  const gaps = catalog.flatMap(({ name, notebook, module }) => {
    const [introduction] = readNotebook(join(root, 'notebooks', notebook)).cells;
    const text = joined(introduction!.source);
    return [`](../${module})`, '](92-verdict.ipynb)'].flatMap((link) =>
      text.includes(link) ? [] : [`${notebook}, introduction of ${name}: ${link}`],
    );
  });
  assert.deepEqual(gaps, []);
});

test('the walk of a sample names functions of the files that it says', () => {
  const walk = /^## A sample from WAV file to figure$(.*?)^## /ms.exec(textOf('docs/architecture.md'))![1]!;
  const named = [...walk.matchAll(/`([A-Za-z]\w+)`[^`[]{0,40}\(\[`([^`]+)`\]/g)];
  assert.ok(named.length >= 25, `${named.length} functions`);
  for (const [, name, file] of named) {
    assert.match(textOf(file!), new RegExp(`export [\\w ]*\\b${name}\\b`), `${file} exports ${name}`);
  }
});

test('the example of the format has the bytes of its file', () => {
  const format = textOf('docs/format.md');
  const path = /`(tests\/fixtures\/golden\/[^`]+\.nbz)`/.exec(format)![1]!;
  const file = readFileSync(join(root, path));
  const rows = [...format.matchAll(/^\| `((?:[0-9a-f]{2} ?)+)…?` +\| (\d+) +\|/gm)];
  assert.ok(rows.length >= 12, `${rows.length} rows`);
  for (const [, text, at] of rows) {
    const bytes = Buffer.from(text!.replaceAll(' ', ''), 'hex');
    assert.deepEqual(file.subarray(Number(at), Number(at) + bytes.length), bytes, `at ${at}`);
  }
  const last = rows[rows.length - 1]!;
  assert.equal(Number(last[2]) + 4, file.length);
});
