import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lintCells } from '../../tools/check/cell-lint';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-cell-lint-'));
after(() => rmSync(folder, { recursive: true }));

test('cells are linted one by one: what later cells use and a last expression are no findings, the rest is', async () => {
  const path = join(folder, 'n.ipynb');
  const sources = [
    'const forALaterCell = [1, 2];\nforALaterCell.length',
    "let never = 'assigned again';\nvar old = never;\nold",
    'const answer: any = 42;\nanswer',
  ];
  const cells = sources.map((source, index) => ({
    cell_type: 'code',
    id: `c${index}`,
    metadata: {},
    source,
    execution_count: null,
    outputs: [],
  }));
  writeFileSync(path, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  const found = await lintCells([path]);
  assert.deepEqual(
    found.map(({ cell, line, message }) => `${cell}:${line} ${/\((\S+)\)$/.exec(message)?.[1]}`),
    ['2:1 prefer-const', '2:2 no-var', '3:1 @typescript-eslint/no-explicit-any'],
  );
});
