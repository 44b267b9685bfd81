import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { joined, readNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { listNotebooks } from '../../tools/reproduce/notebook-file';

const root = projectRoot();
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'data/README.md',
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
    if (/^https?:/.test(target!)) return [];
    const [file, anchor] = target!.split('#');
    const path = file === '' ? document : join(dirname(document), file!);
    const there =
      existsSync(join(root, path)) &&
      (anchor === undefined || !path.endsWith('.md') || anchorsOf(path).has(anchor));
    return there ? [] : [`${document}: ${link.slice(1)}`];
  });
}

test('the links of all documents lead to files and headings that are there', () => {
  assert.deepEqual(
    DOCUMENTS.flatMap((document) => brokenLinks(document, textOf(document))),
    [],
  );
});

test('the links of notebooks lead to files and headings that are there', () => {
  const folder = join(root, 'notebooks');
  const broken = listNotebooks(folder).flatMap((name) =>
    readNotebook(join(folder, name)).cells.flatMap((cell) =>
      cell.cell_type === 'markdown' ? brokenLinks(`notebooks/${name}`, joined(cell.source)) : [],
    ),
  );
  assert.deepEqual(broken, []);
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
