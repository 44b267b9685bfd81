import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkCells, formatCellProblem } from '../../tools/check/cells';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-cells-'));
after(() => rmSync(folder, { recursive: true }));

function notebook(name: string, sources: readonly string[]): string {
  const path = join(folder, `${name}.ipynb`);
  const cells = sources.map((source, index) => ({
    cell_type: 'code',
    id: `c${index}`,
    metadata: {},
    source,
    execution_count: null,
    outputs: [],
  }));
  const text = { cell_type: 'markdown', id: 'm', metadata: {}, source: 'const not: code' };
  writeFileSync(
    path,
    JSON.stringify({ cells: [text, ...cells], metadata: {}, nbformat: 4, nbformat_minor: 5 }),
  );
  return path;
}

/** The problems of some cells, in short: `cell:line:column code`. */
async function problems(...sources: string[]): Promise<string[]> {
  const found = checkCells([notebook('n', sources)]);
  return found.map(({ cell, line, column, message }) => `${cell}:${line}:${column} ${message.split(':')[0]}`);
}

test('right cells have no problems: imports, redeclaration, top-level await, a last expression, unused names', async () => {
  assert.deepEqual(
    await problems(
      "import { projectRoot } from './lib/files/project-root';\nimport { display, newDisplay } from 'tslab';\nimport type { Progress } from './lib/files/progress';\ninterface Point { x: number }\nlet count = 0;\nconst [first, { second }] = [1, { second: 'b' }] as const;",
      "const here: string = projectRoot();\ndisplay.html('<b>b</b>');\nconst point: Point = { x: first };\nfunction grow(by: number): number { return by + count; }\nconst p: Progress | undefined = undefined;",
      "import { projectRoot } from './lib/files/project-root';\ncount += grow(1);\nconst point = 'another type now';\nawait Promise.resolve(point.length)",
      'point.toUpperCase();\nsecond',
      '',
    ),
    [],
  );
});

test('a wrong type is found at its cell, line and column', async () => {
  const [problem, ...others] = checkCells([
    notebook('wrong', ["const a = 'text';", '', '\nconst b: number =\n  a;']),
  ]);
  assert.deepEqual(others, []);
  assert.ok(problem);
  assert.match(
    formatCellProblem(problem),
    /wrong\.ipynb:cell 2 \(c2\):2:7 error TS2322: Type 'string' is not assignable to type 'number'\.$/,
  );
});

test('cells are checked strictly', async () => {
  assert.deepEqual(await problems('const f = (x) => x;'), ['1:1:12 error TS7006']);
  assert.deepEqual(await problems('const n: number = [1].find(Boolean);'), ['1:1:7 error TS2322']);
});

test('a cell does not see what later cells declare, nor other notebooks', async () => {
  assert.deepEqual(await problems('later;', 'const later = 1;'), ['1:1:1 error TS2304']);
  const both = checkCells([notebook('one', ['const mine = 1;']), notebook('two', ['mine;'])]);
  assert.equal(both.length, 1);
  assert.match(both[0]?.notebook ?? '', /two\.ipynb$/);
});

test('a constant of an earlier cell, and what a module exports, cannot be assigned to', async () => {
  assert.deepEqual(await problems('const fixed = 1;', 'fixed = 2;'), ['2:1:1 error TS2632']);
  assert.deepEqual(
    await problems("import { projectRoot } from './lib/files/project-root';", 'projectRoot = () => "";'),
    ['2:1:1 error TS2632'],
  );
});

test('a missing module, a name that a module does not export, and broken syntax are problems', async () => {
  assert.deepEqual(await problems("import { x } from './lib/missing';"), ['1:1:19 error TS2307']);
  assert.deepEqual(await problems("import { missing } from './lib/files/project-root';"), [
    '1:1:10 error TS2305',
  ]);
  assert.notDeepEqual(await problems('const = 3;'), []);
});
