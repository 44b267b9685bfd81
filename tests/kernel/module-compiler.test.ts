import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import ts from 'typescript';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import { ModuleCompiler } from '../../kernel/module-compiler';
import { projectRoot } from '../../lib/files/project-root';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'neurobasis-modules-'));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  symlinkSync(join(projectRoot(), 'node_modules'), join(root, 'node_modules'), 'dir');
  mkdirSync(join(root, 'lib'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (name: string): string => join(root, 'lib', name);
const write = (name: string, text: string): void => writeFileSync(at(name), text);
const cache = (): string => join(root, '.cache', 'modules');
const keptFiles = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(cache())
      .sort()
      .map((file) => [file, readFileSync(join(cache(), file), 'hex')]),
  );

/** The modules that are checked from now on, by name: each asks for its diagnostics once. */
let checked: string[] = [];
/** A compiler as a new process has it. */
function fresh(): ModuleCompiler {
  checked = [];
  const watched = Object.create(ts, {
    createProgram: {
      value: (...request: Parameters<typeof ts.createProgram>) => {
        const program = ts.createProgram(...request);
        const { getSemanticDiagnostics } = program;
        program.getSemanticDiagnostics = (file, token) => {
          checked.push(file!.fileName.replace(`${root}/lib/`, ''));
          return getSemanticDiagnostics(file, token);
        };
        return program;
      },
    },
  }) as typeof TypeScript;
  return new ModuleCompiler(root, watched, {
    strict: true,
    declaration: true,
    resolveJsonModule: true,
    module: ts.ModuleKind.ESNext as number,
    moduleResolution: ts.ModuleResolutionKind.Node10 as number,
    target: ts.ScriptTarget.ES2022 as number,
    types: [],
    lib: ['lib.es2022.d.ts'],
    rootDir: root,
  });
}
/** The compiled code, the declarations that importers see, and the errors of a module. */
function all(
  compiler: ModuleCompiler,
  name: string,
): { declarations: string; code: string; wrong: string[] } {
  compiler.compile([at(name)]);
  return {
    declarations: compiler.declarations(at(name)) ?? '',
    code: compiler.code([at(name)]).get(at(name))?.code ?? '',
    wrong: compiler.diagnostics([at(name)]).map((d) => `${d.fileName}:${d.start.line + 1} ${d.messageText}`),
  };
}

function writeChain(): void {
  write('a.ts', 'export const a = (): number => 1;\n');
  write('b.ts', "import { a } from './a';\nexport const b = () => a() + 1;\n");
  write('c.ts', "import { b } from './b';\nexport const c = () => [b()];\n");
}

test('what one process has compiled, the next one reads', () => {
  writeChain();
  const first = all(fresh(), 'c.ts');
  assert.deepEqual(checked, ['a.ts', 'b.ts', 'c.ts']);
  assert.deepEqual(first.wrong, []);
  assert.match(first.declarations, /export declare const c: \(\) => number\[\];/);
  const kept = keptFiles();
  assert.deepEqual(all(fresh(), 'c.ts'), first);
  assert.deepEqual(checked, []);
  assert.deepEqual(keptFiles(), kept);
});

test('an edit that leaves the declarations as they are has nothing else checked; one that changes them, the importers', () => {
  writeChain();
  const compiler = fresh();
  all(compiler, 'c.ts');
  checked = [];
  write('a.ts', 'export const a = (): number => 12;\n');
  assert.match(all(compiler, 'a.ts').code, /12/);
  all(compiler, 'c.ts');
  assert.deepEqual(checked, ['a.ts']);
  checked = [];
  write('a.ts', "export const a = (): string => 'text';\n");
  // The declared type of b changes too, and with it c.
  assert.match(all(compiler, 'c.ts').declarations, /string\[\]/);
  assert.deepEqual(checked, ['a.ts', 'b.ts', 'c.ts']);
});

test('an importer that a change makes wrong is named, again and again until it is mended', () => {
  write('a.ts', 'export const a = (): number => 1;\n');
  write('b.ts', "import { a } from './a';\n\nexport const b: number = a();\n");
  assert.deepEqual(all(fresh(), 'b.ts').wrong, []);
  write('a.ts', "export const a = (): string => '';\n");
  const wrong = ["lib/b.ts:3 Type 'string' is not assignable to type 'number'."];
  const compiler = fresh();
  assert.deepEqual(all(compiler, 'b.ts').wrong, wrong);
  assert.deepEqual(all(compiler, 'b.ts').wrong, wrong);
  assert.deepEqual(all(fresh(), 'b.ts').wrong, wrong);
  write('a.ts', 'export const a = (): number => 1;\n');
  assert.deepEqual(all(compiler, 'b.ts').wrong, []);
});

test('what cannot be declared is said of the module', () => {
  write('a.ts', 'export const a = class { private secret = 1; };\n');
  assert.match(all(fresh(), 'a.ts').wrong.join(), /lib\/a\.ts:1 Property 'secret' of exported/);
});

test('modules in a circle, types from data, and modules that appear and go', () => {
  write('one.ts', "import { two } from './two';\nexport const one = (): number => two() + 1;\n");
  write(
    'two.ts',
    "import { one } from './one';\nimport { n } from './data.json';\nexport const two = (): number => (n > 5 ? one() : n);\n",
  );
  write('data.json', '{ "n": 3 }');
  const compiler = fresh();
  assert.deepEqual(all(compiler, 'one.ts').wrong, []);
  write('data.json', '{ "n": "three" }');
  assert.match(all(compiler, 'one.ts').wrong.join(), /lib\/two\.ts:3/);
  rmSync(at('data.json'));
  assert.match(all(compiler, 'one.ts').wrong.join(), /lib\/two\.ts:2 Cannot find module '\.\/data\.json'/);
  write('data.json', '{ "n": 4 }');
  assert.deepEqual(all(compiler, 'one.ts').wrong, []);
  rmSync(at('two.ts'));
  assert.match(all(compiler, 'one.ts').wrong.join(), /lib\/one\.ts:1 Cannot find module '\.\/two'/);
});

test('what a module exports is read directly, and is what it is at that moment', () => {
  write(
    'a.ts',
    "import { b } from './b';\nexport * from './c';\nexport let count = 1;\nexport const raise = () => (count += b());\n",
  );
  write('b.ts', "import { count } from './a';\nexport const b = () => count;\n");
  write('c.ts', 'export const c = 5;\n');
  const codes = fresh().code([at('a.ts')]);
  const loaded = new Map<string, { exports: Record<string, unknown> }>();
  const load = (path: string): Record<string, unknown> => {
    const known = loaded.get(path);
    if (known) return known.exports;
    const module = { exports: {} as Record<string, unknown> };
    loaded.set(path, module);
    const require = (name: string): unknown => load(join(root, 'lib', `${name}.ts`));
    new Function('module', 'exports', 'require', codes.get(path)!.code)(module, module.exports, require);
    return module.exports;
  };
  const a = load(at('a.ts')) as { count: number; c: number; raise: () => number; __esModule: boolean };
  assert.deepEqual([a.c, a.count, a.raise(), a.count, a.__esModule], [5, 1, 2, 2, true]);
  assert.deepEqual(Object.keys(a).sort(), ['c', 'count', 'raise']);
  // Through a name in a variable, each access in an inner loop would cost as much as the rest of it.
  assert.equal(String(Object.getOwnPropertyDescriptor(a, 'count')!.get), '() => count');
});

test('every kept file may be damaged: the same is made again', () => {
  writeChain();
  const first = all(fresh(), 'c.ts');
  const whole = keptFiles();
  for (const file of Object.keys(whole)) {
    const bytes = Buffer.from(whole[file]!, 'hex');
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 3]! ^= 4;
    for (const damaged of [flipped, bytes.subarray(0, bytes.length / 2), Buffer.from('{}'), Buffer.of()]) {
      writeFileSync(join(cache(), file), damaged);
      assert.deepEqual(all(fresh(), 'c.ts'), first);
      assert.deepEqual(keptFiles(), whole);
    }
  }
});

test('a cache that cannot be written is said in words', () => {
  writeChain();
  mkdirSync(join(root, '.cache'));
  writeFileSync(cache(), '');
  assert.throws(
    () => all(fresh(), 'c.ts'),
    /could not be written: something else is in its place\. Delete the folder/,
  );
});
