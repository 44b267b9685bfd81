import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TYPESCRIPT_ARGUMENTS } from '../../kernel/notebook-process';
import { projectRoot } from '../../lib/files/project-root';
import { browserTest } from '../figures/with-browser';
import type { Ran, Request } from './session-host';

const root = projectRoot();
const folder = `.cache/kernel-test-${process.pid}`;
const file = (name: string): string => join(root, folder, name);
/** Saves as many editors do: the file is replaced, not written into. */
function saveAtomically(name: string, text: string): void {
  writeFileSync(`${file(name)}.tmp`, text);
  renameSync(`${file(name)}.tmp`, file(name));
}

let host: ChildProcess;

before(() => {
  mkdirSync(join(root, folder), { recursive: true });
  host = fork(join(root, 'tests/kernel/session-host.ts'), [root], {
    execArgv: [...TYPESCRIPT_ARGUMENTS],
    // As Jupyter does, which starts a kernel in the folder of its notebook.
    cwd: tmpdir(),
  });
});
after(() => {
  host.disconnect();
  rmSync(join(root, folder), { recursive: true, force: true });
});

async function ask<Result>(request: Request): Promise<Result> {
  host.send(request);
  const [{ result, problem }] = (await once(host, 'message')) as [{ result: Result; problem?: string }];
  assert.equal(problem, undefined);
  return result;
}

const run = (code: string): Promise<Ran> => ask({ run: code });

/** The value of a cell that must not fail. */
async function value(code: string): Promise<string | undefined> {
  const { error, results } = await run(code);
  assert.equal(error, undefined, error?.traceback.join('\n'));
  return results[0];
}

test('cells import ./lib from the project, whatever folder the kernel was started in', async () => {
  assert.equal(await value("import { projectRoot } from './lib/files/project-root';\nprojectRoot()"), root);
});

test('an edited module takes effect at once in every module that imports it, directly or not', async () => {
  writeFileSync(file('a.ts'), 'export const a = 1;\n');
  writeFileSync(file('b.ts'), "import { a } from './a';\nexport const b = (): number => a * 10;\n");
  writeFileSync(file('c.ts'), "import { b } from './b';\nexport const c = (): number => b() + 1;\n");
  const cell = `import { c } from './${folder}/c';\nc()`;
  assert.equal(await value(cell), '11');
  writeFileSync(file('a.ts'), 'export const a = 2;\n');
  assert.equal(await value(cell), '21');
  writeFileSync(file('a.ts'), 'export const a = 3;\n');
  assert.equal(await value(cell), '31');
});

test('data that a module imports are read, and read again when they were edited', async () => {
  writeFileSync(file('data.json'), '{ "n": [1, 2] }');
  writeFileSync(
    file('of-data.ts'),
    "import data from './data.json';\nexport const sum = (): number => data.n[0]! + data.n[1]!;\n",
  );
  writeFileSync(file('above.ts'), "import { sum } from './of-data';\nexport const tenfold = sum() * 10;\n");
  const cell = `import { tenfold } from './${folder}/above';\ntenfold`;
  assert.equal(await value(cell), '30');
  writeFileSync(file('data.json'), '{ "n": [1, 5] }');
  assert.equal(await value(cell), '60');
  assert.equal(await value('tenfold + 1'), '61');
});

test('a module whose imports did not change keeps its state', async () => {
  writeFileSync(file('edited.ts'), 'export const edited = 1;\n');
  writeFileSync(file('counter.ts'), 'let calls = 0;\nexport const counter = (): number => ++calls;\n');
  const cell = `import { edited } from './${folder}/edited';\nimport { counter } from './${folder}/counter';\n[edited, counter()].join()`;
  assert.equal(await value(cell), '1,1');
  writeFileSync(file('edited.ts'), 'export const edited = 2;\n');
  assert.equal(await value(cell), '2,2');
});

test('a module replaced by an atomic save is reloaded, again and again', async () => {
  saveAtomically('atomic.ts', 'export const n = 0;\n');
  for (let n = 0; n < 4; n++) {
    saveAtomically('atomic.ts', `export const n = ${n};\n`);
    assert.equal(await value(`import { n } from './${folder}/atomic';\nn`), String(n));
  }
});

test('a module created while the kernel runs is found, after an import of it had failed too', async () => {
  const cell = `import { fresh } from './${folder}/fresh';\nfresh`;
  assert.match((await run(cell)).error?.message ?? '', /Cannot find module/);
  writeFileSync(file('fresh.ts'), "export const fresh = 'found';\n");
  assert.equal(await value(cell), 'found');
  writeFileSync(file('fresher.ts'), 'export const fresher = 5;\n');
  writeFileSync(file('fresh.ts'), "import { fresher } from './fresher';\nexport const fresh = fresher;\n");
  assert.equal(await value(cell), '5');
});

test('a removed module is missed, and found when it is back', async () => {
  writeFileSync(file('gone.ts'), 'export const gone = 1;\n');
  const cell = `import { gone } from './${folder}/gone';\ngone`;
  assert.equal(await value(cell), '1');
  rmSync(file('gone.ts'));
  assert.match((await run(cell)).error?.message ?? '', /Cannot find module/);
  writeFileSync(file('gone.ts'), 'export const gone = 2;\n');
  assert.equal(await value(cell), '2');
});

test('cells are checked strictly, but may leave variables unused and declare them again', async () => {
  const { error, number } = await run('const twice = (x) => 2 * x;');
  assert.equal(error?.name, 'TypeScriptError');
  assert.match(error.message, new RegExp(`^cell ${number}:1:16 - error TS7006`));
  assert.match((await run('const found: number = [1].find((x) => x > 1);')).error?.message ?? '', /TS2322/);
  assert.equal(await value('const unused = 1;\nconst other = 2;'), undefined);
  assert.equal(await value("const unused = 'again';\nunused"), 'again');
});

test('modules and cells run in strict mode', async () => {
  writeFileSync(
    file('frozen.ts'),
    'export function change(): void {\n  (Object.freeze([1]) as number[])[0] = 2;\n}\n',
  );
  const { error } = await run(`import { change } from './${folder}/frozen';\nchange();`);
  assert.equal(error?.name, 'TypeError');
  assert.equal((await run('(Object.freeze([1]) as number[])[0] = 2;')).error?.name, 'TypeError');
});

test('an exception prints its name, message and a stack with the lines of the sources', async () => {
  writeFileSync(
    file('boom.ts'),
    'interface Shape {\n  side: number;\n}\n\nexport function boom(shape: Shape): never {\n  throw new RangeError(`side ${shape.side}`);\n}\n',
  );
  const { error, number } = await run(
    `import { boom } from './${folder}/boom';\ninterface Unused {\n  a: number;\n}\nasync function go(): Promise<void> {\n  await null;\n  boom({ side: 3 });\n}\nawait go();`,
  );
  assert.equal(error?.name, 'RangeError');
  assert.equal(error.message, 'side 3');
  assert.equal(error.line, 7);
  assert.deepEqual(
    // Within a line, a call may be reported at its name or at its parenthesis.
    error.traceback.map((text) => text.replace(/:\d+(\)?)$/, '$1')),
    [
      'RangeError: side 3',
      `    at boom (${folder}/boom.ts:6)`,
      `    at go (cell ${number}:7)`,
      `    at async cell ${number}:9`,
    ],
  );
});

test('a stack tells the line of an earlier cell that defined the function', async () => {
  const { number } = await run('\nfunction fails(): never {\n  throw new Error("late");\n}');
  const { error, number: caller } = await run('fails();');
  assert.deepEqual(error?.traceback.slice(1), [
    `    at fails (cell ${number}:3:9)`,
    `    at cell ${caller}:1:1`,
  ]);
});

test('an error of the compiler in a module is reported under the name of the module', async () => {
  writeFileSync(
    file('wrong.ts'),
    'export const list: { a: { b: number } } = { a: { b: "text" } };\nexport const f: (x: number) => string = (x: number) => x;\n',
  );
  const { error } = await run(`import { list } from './${folder}/wrong';\nlist`);
  assert.match(error?.traceback.join('\n') ?? '', new RegExp(`${folder}/wrong.ts:2:\\d+ - error TS2322`));
});

test('a cell may wait at its top level in every form, and is not confused by functions that wait', async () => {
  assert.equal(await value('await Promise.resolve(1)'), '1');
  assert.equal(await value('await (Promise.resolve(2))'), '2');
  assert.equal(await value('(await (await Promise.resolve([3])))[0]'), '3');
  assert.equal(await value('await [4][0]'), '4');
  assert.equal((await run('for await (const n of [5, 6]) console.log(n);')).printed, '5\n6\n');
  assert.equal(await value('if (true) {\n  await (null);\n}\nconst later = 7;'), undefined);
  assert.equal(await value('const waits = async () => await (null);\nlater'), '7');
});

test('what is thrown without being an Error fails the cell', async () => {
  assert.match((await run("throw 'text';")).error?.message ?? '', /'text', which is not an Error/);
  assert.match(
    (await run('await Promise.reject(undefined);')).error?.message ?? '',
    /undefined, which is not/,
  );
});

/** Runs a cell that prints one value as JSON, and parses it. */
async function printed(code: string): Promise<unknown> {
  const ran = await run(code);
  assert.equal(ran.error, undefined, `${code}\n${ran.error?.traceback.join('\n')}`);
  return JSON.parse(ran.printed);
}

const EARLIER = `
import { basename } from 'node:path';
const style = 3;
const { b } = { b: 4 };
let x = 1;
let y = 2;
function double(n: number): number { return 2 * n; }
class Box<T> { constructor(readonly value: T) {} }
enum Color { Red, Green }
interface Shape { side: number; style: string }
const o = { a: 1, inner: { a: 7 }, style: 'own' };
const shape: Shape = { side: 2, style: 'of shape' };`;

const REFERENCES: Record<string, readonly (readonly [code: string, expected: unknown])[]> = {
  'shorthand properties': [
    ['{ style }', { style: 3 }],
    ['[{ style, b, deeper: { style } }]', [{ style: 3, b: 4, deeper: { style: 3 } }]],
    ["{ basename }.basename('/a/c')", 'c'],
    ['{ double }.double(4)', 8],
    ['new ({ Box }.Box)(3)', { value: 3 }],
    ['{ Color }.Color.Green', 1],
    ['((n = style, m = { style }) => [n, m])()', [3, { style: 3 }]],
    ['new (class { constructor(readonly all = { b }) {} })()', { all: { b: 4 } }],
  ],
  'renaming properties of earlier types': [
    ['(() => { const { a: mine } = o; return mine; })()', 1],
    ['(() => { const { inner: { a: deep } } = o; return deep; })()', 7],
    ['(() => { const { a: style } = o; return { style, b }; })()', { style: 1, b: 4 }],
    ['(({ side: s = style, style: t }: Shape) => [s, t])(shape)', [2, 'of shape']],
    ["(({ ['a']: a, ...rest }) => ({ a, rest }))(o)", { a: 1, rest: { inner: { a: 7 }, style: 'own' } }],
  ],
  assignments: [
    ['(x = 5, x++, x += 2, x)', 8],
    ['([x, y] = [10, 20], [x, y])', [10, 20]],
    ['(({ x, y } = { x: 11, y: 21 }), [x, y])', [11, 21]],
    ['(({ x = style, y = b } = {} as { x?: number; y?: number }), { x, y })', { x: 3, y: 4 }],
    ['(({ a: x } = o), x)', 1],
  ],
  'names of its own that hide them': [
    ['((style: string) => ({ style, b }))("mine")', { style: 'mine', b: 4 }],
    ['(() => { const b = 0; return () => ({ b, style }); })()()', { b: 0, style: 3 }],
    ['{ style() { return style; }, [style]: b, b: style }', { 3: 4, b: 3 }],
    [
      '(() => { class Own { style = style; m({ b: z }: { b: number }) { return { b, z, style }; } } return new Own().m({ b: 9 }); })()',
      { b: 4, z: 9, style: 3 },
    ],
  ],
  'types, templates and generics': [
    [
      '((t: typeof style, key: keyof typeof o, c: Color) => [t, o[key], c])(style, "a", Color.Red)',
      [3, 1, 0],
    ],
    ['`${style} ${double(style)} ${`${b}`}`', '3 6 4'],
    ['new Box<Shape>({ side: style, style: `${b}` })', { value: { side: 3, style: '4' } }],
    ['{ style, b } satisfies { style: number; b: number } as { style: 3; b: number }', { style: 3, b: 4 }],
  ],
};

for (const [what, cases] of Object.entries(REFERENCES)) {
  test(`variables of an earlier cell are found from a later one: ${what}`, async () => {
    await value(EARLIER);
    for (const [code, expected] of cases)
      assert.deepEqual(await printed(`console.log(JSON.stringify(${code}));`), expected, code);
  });
}

test('an expanded shorthand property keeps the lines of the errors after it', async () => {
  await value('const style = 3;');
  const { error } = await run(
    'const long = {\n  style,\n  boom: ((): never => { throw new Error("here"); })(),\n};',
  );
  assert.equal(error?.message, 'here');
  assert.equal(error.line, 3);
});

const unlessWindows = { timeout: 20_000, skip: process.platform === 'win32' && 'Windows has no SIGINT' };

test('SIGINT ends a waiting cell and leaves the kernel usable', unlessWindows, async () => {
  await value('const kept = 42;');
  const pending = run('await new Promise((resolve) => setTimeout(resolve, 60_000));');
  setTimeout(() => host.kill('SIGINT'), 1000);
  assert.equal((await pending).error?.name, 'Interrupted');
  assert.equal(await value('kept'), '42');
});

test('SIGINT ends a computing cell and leaves the kernel usable', unlessWindows, async () => {
  const pending = run('for (;;) { Math.sqrt(2); }');
  setTimeout(() => host.kill('SIGINT'), 1000);
  assert.equal((await pending).error?.name, 'Interrupted');
  assert.equal(await value('kept + 1'), '43');
});

browserTest('SIGINT leaves the kernel and a browser that a cell started alive', async () => {
  const started = await run(
    "import { launchBrowser } from './lib/figures/browser';\nconst { browser } = await launchBrowser();",
  );
  assert.equal(started.error, undefined, started.error?.traceback.join('\n'));
  const pending = run('await new Promise((resolve) => setTimeout(resolve, 60_000));');
  setTimeout(() => host.kill('SIGINT'), 1000);
  assert.equal((await pending).error?.name, 'Interrupted');
  assert.equal(await value('await (await browser.newPage()).evaluate("6 * 7")'), '42');
  await value('await browser.close();');
});

test('completion and inspection know what ./lib exports', async () => {
  const code = "import { projectRoot } from './lib/files/project-root';\nprojectRoot().toUpp";
  assert.deepEqual(await ask({ complete: code, position: code.length }), ['toUpperCase']);
  const named = "import { projectR } from './lib/files/project-root';";
  const candidates = await ask<string[]>({ complete: named, position: named.indexOf('R }') + 1 });
  assert.ok(candidates.includes('projectRoot'));
  const info = await ask<string>({ inspect: code, position: code.indexOf('projectRoot()') + 3 });
  assert.match(info, /projectRoot\(\): string/);
  assert.equal(await value('1 + 1'), '2');
});

test('displays carry several MIME types, and writing with a callback returns', async () => {
  const { displays, printed, error } = await run(
    "import { display } from 'tslab';\ndisplay.html('<b>x</b>');\nawait new Promise<void>((done) => process.stdout.write('written', () => done()));",
  );
  assert.equal(error, undefined);
  assert.deepEqual(displays[0]?.data, { 'text/html': '<b>x</b>' });
  assert.equal(printed, 'written');
});

test('an edited module is fresh in cells that do not import it themselves', async () => {
  writeFileSync(
    file('gain.ts'),
    'export const gain = (x: number): number => 8 * x;\nexport const unit = 1;\n',
  );
  writeFileSync(
    file('uses-gain.ts'),
    "import { gain } from './gain';\nexport const twice = (x: number): number => gain(gain(x));\n",
  );
  await value(
    `import { gain } from './${folder}/gain';\nimport * as all from './${folder}/gain';\nimport { twice } from './${folder}/uses-gain';\nconst inCell = (x: number): number => gain(x);`,
  );
  await value('const later = (x: number): number => gain(x) + inCell(x);');
  assert.equal(await value('[gain(2), twice(1), all.gain(1), inCell(1), later(1)].join()'), '16,64,8,8,16');
  saveAtomically('gain.ts', 'export const gain = (x: number): number => 6.5 * x;\nexport const other = 2;\n');
  assert.equal(await value('gain(2)'), '13');
  assert.equal(
    await value('[twice(1), all.gain(1), all.other, inCell(1), later(1)].join()'),
    '42.25,6.5,2,6.5,13',
  );
  assert.equal(await value('Object.keys(all).join()'), 'gain,other');
});

test('what a later cell put in the place of an import stays when the module is edited', async () => {
  writeFileSync(file('shadowed.ts'), 'export const shadowed = 1;\nexport const beside = 1;\n');
  await value(`import { shadowed, beside } from './${folder}/shadowed';`);
  await value("const shadowed = 'mine';");
  writeFileSync(file('shadowed.ts'), 'export const shadowed = 22;\nexport const beside = 22;\n');
  assert.equal(await value('`${shadowed} ${beside}`'), 'mine 22');
});

test('an edit that is wrong stops the cells that need it, at its line, and no others', async () => {
  writeFileSync(file('needed.ts'), 'export const needed = 1;\n');
  writeFileSync(file('independent.ts'), 'export const independent = 1;\n');
  await value(`import { needed } from './${folder}/needed';`);
  await value(`import { independent } from './${folder}/independent';`);
  writeFileSync(file('needed.ts'), "export const needed: number = 'two';\n");
  writeFileSync(file('independent.ts'), 'export const independent = 2;\n');
  assert.equal(await value('independent'), '2');
  const { error } = await run('independent + needed');
  assert.match(error?.message ?? '', new RegExp(`^${folder}/needed.ts:1:\\d+ - error TS2322`));
  writeFileSync(file('needed.ts'), "throw new RangeError('while loading');\nexport const needed = 3;\n");
  assert.equal((await run('needed')).error?.message, 'while loading');
  assert.equal(await value('const needed = 4;\nneeded'), '4');
  assert.equal(await value('needed + independent'), '6');
});

test('what a cell did before it threw stays: imports, types, variables that it had come to', async () => {
  await value('const kept = 1;\nlet overtaken = 1;');
  const { error } = await run(
    "import { basename } from 'node:path';\nimport { projectRoot } from './lib/files/project-root';\ninterface Point { x: number }\nlet overtaken = 2, { a: taken } = { a: 5 };\nfunction useful(): string { return basename('/a/b'); }\nthrow new Error('here');\nconst missed = 1, kept = 2;",
  );
  assert.equal(error?.message, 'here');
  assert.equal(await value("[basename('/c/d'), useful(), overtaken, taken, kept].join()"), 'd,b,2,5,1');
  assert.equal(await value('const point: Point = { x: projectRoot().length };\npoint.x > 1'), 'true');
  assert.match((await run('missed')).error?.message ?? '', /Cannot find name 'missed'/);
});

const RUNNABLE: readonly (readonly [first: string, later: string, expected: string])[] = [
  ["const fs = await import('node:fs');", "fs.existsSync('/')", 'true'],
  [
    'const Held = class { private x = 1; protected y = 2; get sum() { return this.x + this.y; } };',
    'const held: Held = new Held();\nheld.sum',
    '3',
  ],
  ['let make = () => new (class { private x = 1; z = 4; })();', 'make().z', '4'],
  ['function made() { return class { private x = 1; z = 5; }; }', 'new (made())().z', '5'],
  [
    'class Derived extends (class { protected w = 6; }) { get v() { return this.w; } }',
    'new Derived().v',
    '6',
  ],
  ['export async function pasted(x: number): Promise<number> { return x + 1; }', 'await pasted(6)', '7'],
  [
    'export const a = 8, b = 1;\nexport { a as renamed };\nexport type T = number;',
    'const t: T = a * b;\nt',
    '8',
  ],
  ["export { basename as base } from 'node:path';", "base('/a/9')", '9'],
  ['export class Pasted { private q = 10; static of() { return new Pasted().q; } }', 'Pasted.of()', '10'],
  ['export default function standing(): number { return 11; }', 'standing()', '11'],
];

test('cells that TypeScript would run are run, and later cells know what they declare', async () => {
  for (const [first, later, expected] of RUNNABLE) {
    assert.equal(await value(first), undefined, first);
    assert.equal(await value(later), expected, first);
  }
});

test('a type that cannot be written down is not among the errors of a cell that has others', async () => {
  const { error } = await run('const Private = class { private x = 1; };\nconst n: number = "text";');
  assert.match(error?.message ?? '', /TS2322/);
  assert.doesNotMatch(error?.traceback.join() ?? '', /TS4094/);
  assert.equal(error?.line, 2);
});

test('a wrong path and a name that is not imported come with what was probably meant', async () => {
  const message = async (code: string): Promise<string> => (await run(code)).error?.message ?? '';
  assert.match(
    await message("import { Corpus } from './lib/recordins/corpuss';"),
    /Cannot find module.*\nDid you mean '\.\/lib\/recordings\/corpus'\?$/,
  );
  assert.match(
    await message("import { projectRoot } from './lib/elsewhere/project-root';"),
    /\nDid you mean '\.\/lib\/files\/project-root'\?$/,
  );
  assert.doesNotMatch(await message("import { nothing } from './lib/nothing-like-it';"), /Did you mean/);
  assert.match(
    await message('openCorpus();'),
    /Cannot find name 'openCorpus'.*\nlib has it: import \{ openCorpus \} from '\.\/lib\/recordings\/corpus';$/,
  );
  assert.match(
    await message("import { openCorpus } from './lib/files/project-root';"),
    /no exported member.*\nlib has it: import \{ openCorpus \} from '\.\/lib\/recordings\/corpus';$/,
  );
});
