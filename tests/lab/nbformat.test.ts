import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import fc from 'fast-check';
import { parseNotebook, serializeNotebook, type Notebook, type Output } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { jupyterTest } from './jupyter-lab';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-nbformat-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Reads notebooks with nbformat and writes them beside themselves, as `<name>.ipynb.jupyter`. */
function throughNbformat(python: string, paths: readonly string[]): void {
  const script = join(projectRoot(), 'tests/lab/write-with-nbformat.py');
  const { status, stderr } = spawnSync(python, [script, folder, ...paths], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

/** Characters on which writers of JSON and of lines differ, among others. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\n', '\r', '\r\n', '\v', '\f', '\x1c', '\x1e', '\x85', '\u2028', '\u2029', '\u007f'),
    fc.constantFrom('\ud800', '\udfff', '\u{1f9e0}', '\ue000', '\uffff', 'µ', '"', '\\', '\t', '\0', '</'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  ),
  maxLength: 12,
});

/** Keys that JavaScript puts first, that sort otherwise by UTF-16 units, and all others. */
const key = fc.oneof(
  fc.nat(1000).map(String),
  fc.constantFrom('\ue000', '\u{1f9e0}', '__proto__', '', 'a', 'B'),
  text,
);

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e-3, max: 1e-3, noNaN: true }),
  fc.double({ min: 1e14, max: 1e23, noNaN: true }),
  fc.integer(),
  fc.constantFrom(0.00003679, 1e-4, 1e-5, 1e-7, 1e-10, 1e16, 1e21, 1e22, -0, 5e-324),
);

const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(key, tie('json'), { maxKeys: 4 }),
  ),
}));

const metadata = fc.dictionary(
  // Metadata keys with a meaning of their own cannot have arbitrary values.
  key.filter((name) => !['name', 'tags', 'format', 'jupyter', 'collapsed', 'scrolled'].includes(name)),
  json,
  { maxKeys: 3 },
);

/** A text in one piece or in any pieces. */
const multiline = fc.oneof(text, fc.array(text, { maxLength: 3 }));

const contents = fc
  .record(
    {
      'text/plain': multiline,
      'text/html': multiline,
      'image/svg+xml': multiline,
      'image/png': multiline,
      'application/javascript': multiline,
      'application/x-latex': multiline,
      'application/json': json,
      'application/vnd.plotly.v1+json': fc.dictionary(key, json, { maxKeys: 3 }),
    },
    { requiredKeys: [] },
  )
  .map((data): Record<string, unknown> => data);

const output: fc.Arbitrary<Output> = fc.oneof(
  fc.record({
    output_type: fc.constant('stream' as const),
    name: fc.constantFrom('stdout' as const, 'stderr' as const),
    text: multiline,
  }),
  fc.record({ output_type: fc.constant('display_data' as const), data: contents, metadata }),
  fc.record({
    output_type: fc.constant('execute_result' as const),
    data: contents,
    metadata,
    execution_count: fc.nat(),
  }),
  fc.record({
    output_type: fc.constant('error' as const),
    ename: text,
    evalue: text,
    traceback: fc.array(text, { maxLength: 3 }),
  }),
);

const cell = fc.oneof(
  fc.record({
    cell_type: fc.constant('code' as const),
    metadata,
    source: multiline,
    execution_count: fc.option(fc.nat()),
    outputs: fc.array(output, { maxLength: 3 }),
  }),
  fc.record(
    {
      cell_type: fc.constantFrom('markdown' as const, 'raw' as const),
      metadata,
      source: multiline,
      attachments: fc.dictionary(fc.constantFrom('a.png', 'b.svg', '1'), contents, { maxKeys: 2 }),
    },
    { requiredKeys: ['cell_type', 'metadata', 'source'] },
  ),
);

const notebooks: fc.Arbitrary<Notebook> = fc
  .record({ cells: fc.array(cell, { maxLength: 4 }), metadata })
  .map((parts) => ({
    ...parts,
    cells: parts.cells.map((content, index) => ({ ...content, id: `c${index}` })),
    nbformat: 4,
    nbformat_minor: 5,
  }));

jupyterTest('nbformat reads what is written here, and writes the same bytes', 120_000, (python) => {
  const written = fc.sample(notebooks, { numRuns: 300 }).map(serializeNotebook);
  const names = written.map((_, i) => join(folder, `property-${i}.ipynb`));
  names.forEach((name, i) => writeFileSync(name, written[i]!));
  throughNbformat(python, names);
  names.forEach((name, i) => assert.equal(readFileSync(`${name}.jupyter`, 'utf8'), written[i]));
  // Notebooks that were read and written again here stay the same too.
  names.forEach((name, i) => assert.equal(serializeNotebook(parseNotebook(written[i]!, name)), written[i]));
});

jupyterTest('the committed notebooks are as Jupyter writes them', 120_000, (python) => {
  const notebooksFolder = join(projectRoot(), 'notebooks');
  const names = readdirSync(notebooksFolder).filter((name) => name.endsWith('.ipynb'));
  assert.ok(names.length > 20);
  throughNbformat(
    python,
    names.map((name) => join(notebooksFolder, name)),
  );
  const changed = names.filter(
    (name) =>
      readFileSync(join(folder, `${name}.jupyter`), 'utf8') !==
      readFileSync(join(notebooksFolder, name), 'utf8'),
  );
  assert.deepEqual(changed, []);
});
