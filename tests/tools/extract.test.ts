import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { joined, parseNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { planExtraction, type Extraction, type Request } from '../../tools/extract/extraction';
import { withFirstCases } from '../../tools/extract/first-test';
import { specifierFrom, withImports } from '../../tools/extract/imports';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-extract-'));
after(() => rmSync(folder, { recursive: true }));

const MODULE = 'lib/bases/made-in-a-test.ts';

function notebook(name: string, sources: readonly string[], withIds = true): string {
  const path = join(folder, `${name}.ipynb`);
  const cells = sources.map((source, index) => ({
    cell_type: 'code',
    ...(withIds && { id: `c${index}` }),
    metadata: {},
    source,
    execution_count: null,
    outputs: [],
  }));
  writeFileSync(path, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: withIds ? 5 : 4 }));
  return path;
}

async function plan(
  sources: readonly string[],
  request: Partial<Request> | undefined,
  withIds = true,
): Promise<Extraction & { path: string; module: string; cells: string[] }> {
  const path = notebook('n', sources, withIds);
  const extraction = await planExtraction(path, request && [{ module: MODULE, ...request }]);
  const text = extraction.changes.get(path) ?? readFileSync(path, 'utf8');
  return {
    ...extraction,
    path,
    module: extraction.changes.get(join(projectRoot(), MODULE)) ?? '',
    cells: parseNotebook(text, path).cells.map(({ source }) => joined(source)),
  };
}

test('a function moves with its comments and all it needs of other cells, and its types are written down', async () => {
  const { module, cells } = await plan(
    [
      'import { SAMPLE_RATE } from "./lib/recordings/adc";\nconst HALF = 1 / 2;\nlet count = 0;',
      '// Half of one.\nconst QUARTER = HALF * HALF;\n\ninterface Limits {\n  readonly least?: number;\n}',
      '/** Seconds. */\nfunction seconds(samples: Float64Array, scale = QUARTER, { least = 0 }: Limits = {}) {\n  // Never less.\n  return samples.map((value) => Math.max(least, (value * scale) / SAMPLE_RATE));\n}\nconst kept = 1;',
      'console.log(seconds(Float64Array.of(1)), QUARTER, count, kept);',
    ],
    { declaration: 'seconds' },
  );
  assert.equal(
    module,
    `import { SAMPLE_RATE } from '../recordings/adc';
export const HALF: number = 1 / 2;

// Half of one.
export const QUARTER: number = HALF * HALF;

export interface Limits {
  readonly least?: number;
}

/** Seconds. */
export function seconds(
  samples: Float64Array,
  scale: number = QUARTER,
  { least = 0 }: Limits = {},
): Float64Array {
  // Never less.
  return samples.map((value) => Math.max(least, (value * scale) / SAMPLE_RATE));
}
`.replace("'../recordings/adc';\n", "'../recordings/adc';\n\n"),
  );
  assert.deepEqual(cells, [
    'import { SAMPLE_RATE } from "./lib/recordings/adc";\nlet count = 0;',
    'import { QUARTER } from "./lib/bases/made-in-a-test";',
    'import { seconds } from "./lib/bases/made-in-a-test";\n\nconst kept = 1;',
    'console.log(seconds(Float64Array.of(1)), QUARTER, count, kept);',
  ]);
});

test('generics, overloads, classes with private members, async functions and type-only imports move', async () => {
  const { module, cells } = await plan(
    [
      'import type { Basis } from "./lib/bases/basis";',
      'function first<T>(list: readonly T[]): T | undefined;\nfunction first<T>(list: readonly T[], other: T): T;\nfunction first<T>(list: readonly T[], other?: T) {\n  return list[0] ?? other;\n}\nclass Tally {\n  #count = 0;\n  private readonly names = new Set<string>();\n  add(name: string) {\n    this.names.add(name);\n    return ++this.#count;\n  }\n}\nconst idOf = async (basis: Basis) => (await Promise.resolve(basis)).id;',
    ],
    { cell: 'c1' },
  );
  assert.match(module, /^import type \{ Basis \} from '\.\/basis';/);
  assert.match(
    module,
    /export function first<T>\(list: readonly T\[\]\): T \| undefined;\nexport function first<T>/,
  );
  assert.match(module, /#count = 0;[\s\S]*add\(name: string\): number \{/);
  assert.match(module, /export const idOf = async \(basis: Basis\): Promise<string> =>/);
  assert.equal(cells[1], 'import { first, Tally, idOf } from "./lib/bases/made-in-a-test";');
});

test('what depends on a variable of a cell is refused, and the message says what to do', async () => {
  const refusals: Readonly<Record<string, readonly string[]>> = {
    'bump uses count, a variable of cell 1: make it a parameter of bump.': [
      'let count = 0;',
      'function bump() {\n  return count + 1;\n}',
    ],
    'bump uses a, b, a variable of cell 1: make it a parameter of bump.': [
      'const [a, { b }] = [1, { b: 2 }];',
      'const bump = () => a + b;',
    ],
    'bump uses root, a variable of cell 1: make it a parameter of bump.': [
      'import { projectRoot } from "./lib/files/project-root";\nconst root = projectRoot();',
      'const bump = () => ({ root });',
    ],
    'bump of cell 1 is a variable of the notebook, with a value that the cell computes: only functions, classes, types and constants can be moved.':
      ['const bump = Date.now();'],
    'lib/ knows nothing of Jupyter: what uses tslab has to stay in the notebook.': [
      'import { display } from "tslab";',
      'function bump() {\n  display.html("");\n}',
    ],
  };
  for (const [message, sources] of Object.entries(refusals)) {
    await assert.rejects(plan(sources, { declaration: 'bump' }), { name: 'ExtractionError', message });
  }
});

test('names that are taken apart from a value are named, also in default parameters', async () => {
  await assert.rejects(
    plan(
      [
        'const { low, high: [top] } = { low: 1, high: [2] };',
        'function inside(x: number, { from = low }: { from?: number } = {}) {\n  return x >= from && x <= top!;\n}',
      ],
      { declaration: 'inside' },
    ),
    /inside uses low, top, a variable of cell 1: make it a parameter of inside/,
  );
});

test('of a cell that is a module the declarations move, and what says so stays', async () => {
  const { module, cells } = await plan(
    [
      '/** @module ./own */\nexport const k = 3;\n/** Thrice. */\nexport function thrice(x: number) {\n  return k * x;\n}',
    ],
    { declaration: 'thrice' },
  );
  assert.equal(
    module,
    'export const k = 3;\n\n/** Thrice. */\nexport function thrice(x: number): number {\n  return k * x;\n}\n',
  );
  assert.match(cells[0]!, /^\/\*\* @module \.\/own \*\/\nimport \{ thrice \}/);
});

test('a name that is not there, a cell that is not there and a place outside of lib are refused', async () => {
  await assert.rejects(
    plan(['function here() {\n  return 1;\n}'], { declaration: 'there' }),
    /declares here\./,
  );
  await assert.rejects(plan(['1;'], { cell: 'c9' }), /no code cell c9/);
  await assert.rejects(
    plan(['const one = 1;'], { declaration: 'one', module: 'tools/x.ts' }),
    /modules of lib/,
  );
  await assert.rejects(
    plan(['const one = 1;'], { declaration: 'one', module: 'lib/../kernel/x.ts' }),
    /modules of lib/,
  );
});

test('an existing module is appended to and otherwise left as it is; a taken name is refused', async () => {
  const module = 'lib/numerics/median.ts';
  const before = readFileSync(join(projectRoot(), module), 'utf8');
  const { changes } = await plan(['function twice(value: number) {\n  return 2 * value;\n}'], {
    declaration: 'twice',
    module,
  });
  const text = changes.get(join(projectRoot(), module))!;
  assert.ok(text.startsWith(before.trimEnd()));
  assert.match(text, /\n\nexport function twice\(value: number\): number \{\n {2}return 2 \* value;\n\}\n$/);
  const [, taken] = /export function (\w+)/.exec(before)!;
  await assert.rejects(plan([`function ${taken}() {\n  return 1;\n}`], { declaration: taken!, module }), {
    message: new RegExp(`has a ${taken} already`),
  });
});

test('of two cells that define a name the last one counts, unless a cell is named', async () => {
  const sources = ['function one() {\n  return 1;\n}', 'function one() {\n  return "one";\n}\none();'];
  assert.match((await plan(sources, { declaration: 'one' })).module, /\(\): string/);
  const first = await plan(sources, { declaration: 'one', cell: 'c0' });
  assert.match(first.module, /\(\): number/);
  assert.match(first.cells[1]!, /return "one"/);
});

test('directives move what they stand above, or all of their cell, and go', async () => {
  const { module, cells } = await plan(
    [
      `// @extract ${MODULE}\nfunction one() {\n  return 1;\n}\ninterface Two {\n  two: number;\n}`,
      `const kept = 3;\n// @extract ${MODULE}\n/** Three. */\nfunction three() {\n  return 3;\n}\nconst alsoKept = 4;`,
    ],
    undefined,
  );
  assert.match(
    module,
    /export function one[\s\S]*export interface Two[\s\S]*\/\*\* Three\. \*\/\nexport function three/,
  );
  assert.ok(!module.includes('@extract') && !cells.join('\n').includes('@extract'));
  assert.match(cells[1]!, /const kept = 3;[\s\S]*const alsoKept = 4;/);
});

test('a second time there is nothing to do', async () => {
  const first = await plan(['function one() {\n  return 1;\n}\none();'], { declaration: 'one' });
  const again = await plan(first.cells, { declaration: 'one' });
  assert.equal(again.changes.size, 0);
  assert.equal((await plan(first.cells, undefined)).changes.size, 0);
});

test('Windows line ends and notebooks without ids stay what they are', async () => {
  const { module, cells, changes, path } = await plan(
    ['const kept = 1;\r\n\r\nfunction one() {\r\n  return 1;\r\n}\r\none();'],
    { declaration: 'one', cell: '1' },
    false,
  );
  assert.equal(module, 'export function one(): number {\n  return 1;\n}\n');
  assert.equal(
    cells[0],
    'import { one } from "./lib/bases/made-in-a-test";\r\n\r\nconst kept = 1;\r\n\r\none();',
  );
  const text = changes.get(path)!;
  assert.equal(parseNotebook(text, path).nbformat_minor, 4);
  assert.ok(!text.includes('"id"'));
});

test('what would not type-check changes nothing', async () => {
  await assert.rejects(
    plan(['const one = 1;\nfunction wrong(): string {\n  return one;\n}'], { declaration: 'wrong' }),
    /Nothing was changed, because the result would not type-check:\nlib\/bases\/made-in-a-test\.ts:\d+ Type 'number'/,
  );
});

test('imports join those of the same module and follow the others', () => {
  const text = "import { a } from './x';\nimport type { T } from './y';\n\na();\n";
  const one = { imported: 'b', local: 'b', specifier: './x', typeOnly: false };
  assert.equal(withImports(text, [one], "'"), text.replace('{ a }', '{ a, b }'));
  assert.equal(withImports(withImports(text, [one], "'"), [one], "'"), text.replace('{ a }', '{ a, b }'));
  const value = { imported: 'v', local: 'w', specifier: './y', typeOnly: false };
  assert.match(withImports(text, [value], "'"), /'\.\/y';\nimport \{ v as w \} from '\.\/y';\n\na/);
  assert.equal(specifierFrom('lib/bases/x.ts', './lib/kernels/fft'), '../kernels/fft');
  assert.equal(specifierFrom('lib/bases/x.ts', './lib/bases/y'), './y');
  assert.equal(specifierFrom('lib/bases/x.ts', 'mathjs'), 'mathjs');
});

test('the first test is the call of the notebook with the value that it gave there', async () => {
  const path = notebook('calls', [
    'const scale = Number("2");',
    'throw new Error("what is not needed is not run");',
    'function scaled(values: Float64Array, by: number) {\n  return values.map((value) => value * by);\n}\nfunction never(x: () => void) {\n  return x;\n}',
    'const result = scaled(Float64Array.of(1, -0, NaN), scale + 1);\nnever(() => {});\nresult.length;',
  ]);
  const text = await withFirstCases(path, MODULE, ['scaled', 'never']);
  assert.equal(
    text,
    `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scaled } from '../../lib/bases/made-in-a-test';

test('scaled gives what it gave in calls.ipynb', () => {
  assert.deepEqual(scaled(Float64Array.of(1, -0, NaN), 3), Float64Array.of(3, -0, NaN));
});
`,
  );
});
