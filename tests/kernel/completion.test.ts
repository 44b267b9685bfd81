import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { completeImport, exportedNames } from '../../kernel/completion';
import { importLines, libModules } from '../../kernel/lib-modules';
import { projectRoot } from '../../lib/files/project-root';

const root = mkdtempSync(join(tmpdir(), 'neurobasis-completion-'));
after(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
write('lib/figures/waveforms.ts', 'export function waveforms(): void {}\nexport interface WaveformData {}\n');
write('lib/figures/bars.ts', 'export const bars = 1;\nconst hidden = 2;\n');
write('lib/figures/page/bars-page.ts', 'export const barsPage = 1;\n');
write('lib/study/sweep.ts', 'export async function sweep(): Promise<void> {}\n');
write('lib/root.ts', 'export default class {}\nexport abstract class Root {}\n');
write('lib/ambient.d.ts', 'export declare const ambient: number;\n');
write('node_modules/x/index.ts', '');
write('.cache/y.ts', '');

/** Completes at the bar. Returns the text with each candidate in place. */
function completed(marked: string): string[] | undefined {
  const position = marked.indexOf('|');
  const code = marked.replace('|', '');
  const completion = completeImport(root, code, position);
  return completion?.candidates.map(
    (candidate) => code.slice(0, completion.start) + candidate + code.slice(completion.end),
  );
}

test('paths are completed folder by folder, as the folders are now', () => {
  assert.deepEqual(completed("import { a } from './|';"), ["import { a } from './lib/';"]);
  assert.deepEqual(completed("import { a } from './lib/|'"), [
    "import { a } from './lib/figures/'",
    "import { a } from './lib/root'",
    "import { a } from './lib/study/'",
  ]);
  assert.deepEqual(completed('const m = await import("./lib/figures/w|ave")'), [
    'const m = await import("./lib/figures/waveforms")',
  ]);
  assert.deepEqual(completed("require('./lib/study/S|"), ["require('./lib/study/sweep"]);
  write('lib/figures/waves.ts', 'export const waves = 1;\n');
  assert.equal(completed("from './lib/figures/wav|'")?.length, 2);
});

test('a path that leads nowhere is completed to a module of that name in any folder', () => {
  assert.deepEqual(completed("import './lib/swe|';"), ["import './lib/study/sweep';"]);
  assert.deepEqual(completed("import './lib/bases/waveform|';"), ["import './lib/figures/waveforms';"]);
  assert.deepEqual(completed("import './lib/zzz|';"), []);
});

test('import and a name become the whole import', () => {
  const line = "import { waveforms } from './lib/figures/waveforms';";
  assert.deepEqual(completed('import waveforms|'), [line]);
  assert.deepEqual(completed('const a = 1;\n  import { waveformd|\na'), [
    "const a = 1;\n  import { WaveformData } from './lib/figures/waveforms';\na",
  ]);
  assert.deepEqual(completed('import { wavef| }'), [
    line,
    "import { WaveformData } from './lib/figures/waveforms';",
  ]);
});

test('what is for the compiler to complete is left to it', () => {
  assert.equal(completed("import { wave| } from './lib/figures/waveforms';"), undefined);
  assert.equal(completed("const path = './lib/|';"), undefined);
  assert.equal(completed('waveforms.|'), undefined);
  assert.equal(completed('import nothingLikeIt|'), undefined);
});

test('names of all modules are offered for a name that is typed, from three letters on', () => {
  assert.deepEqual(exportedNames(root, 'const a = wavefo'), ['WaveformData', 'waveforms']);
  assert.deepEqual(exportedNames(root, 'wa'), []);
  assert.deepEqual(exportedNames(root, 'all.wavefo'), []);
  assert.deepEqual(exportedNames(root, "'wavefo"), []);
});

test('modules are listed with what they export, those for browsers left out', () => {
  assert.deepEqual(
    libModules(root).map(({ specifier }) => specifier),
    ['figures/bars', 'figures/waveforms', 'figures/waves', 'root', 'study/sweep'].map(
      (name) => `./lib/${name}`,
    ),
  );
  assert.deepEqual(importLines(root, 'Root'), ["import { Root } from './lib/root';"]);
  assert.deepEqual(importLines(root, 'hidden'), []);
  write('lib/figures/bars.ts', 'export const hidden = 2; // with other bytes\n');
  assert.deepEqual(importLines(root, 'hidden'), ["import { hidden } from './lib/figures/bars';"]);
});

test('every import that is offered can be made', () => {
  const found = libModules(projectRoot());
  assert.ok(found.length > 200);
  assert.ok(found.every(({ specifier }) => !specifier.endsWith('.d')));
  assert.deepEqual(importLines(projectRoot(), 'projectRoot'), [
    "import { projectRoot } from './lib/files/project-root';",
  ]);
});
