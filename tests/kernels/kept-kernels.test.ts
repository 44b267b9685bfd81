import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createTemporaryProject, type CommandResult } from '../tools/temporary-project';

const project = createTemporaryProject();
after(() => project.remove());

const folder = join(project.folder, '.cache', 'kernels');
const source = join(project.folder, 'lib', 'kernels', 'assembly');
const names = ['walsh', 'trellis'];

writeFileSync(
  join(project.folder, 'tools', 'prepare.ts'),
  `import { loadKernel, prepareKernels } from '../lib/kernels/runtime/webassembly';
const names = ${JSON.stringify(names)};
try {
  if (process.argv[2] === 'prepare') prepareKernels(console.log, names);
  console.log(names.map((name) => Object.keys(loadKernel(name)).length > 0).join());
} catch (error) {
  console.log(String(error));
}
`,
);
const prepare = (): Promise<CommandResult> => project.run('prepare', ['prepare']);
const load = (): Promise<CommandResult> => project.run('prepare', ['load']);
const kept = (name: string): string =>
  join(folder, readdirSync(folder).find((file) => file.startsWith(`${name}-`)) ?? '');

test('kernels that are missing are compiled together, and only once', async () => {
  rmSync(folder, { recursive: true, force: true });
  assert.equal((await prepare()).output, 'Compiling 2 kernels (once) …\ntrue,true\n');
  assert.equal((await prepare()).output, 'true,true\n');
  assert.equal(readdirSync(folder).length, 2);
});

test('a damaged kernel is compiled again, by a command and by a thread, to the same bytes', async () => {
  const path = kept('walsh');
  const whole = readFileSync(path);
  const flipped = Buffer.from(whole);
  flipped[whole.length - 20]! ^= 1;
  const damages = [whole.subarray(0, whole.length / 2), Buffer.of(), whole.subarray(0, 8), flipped];
  for (const [i, damaged] of damages.entries()) {
    writeFileSync(path, damaged);
    const { output } = await (i % 2 === 0 ? prepare() : load());
    assert.match(output, /true,true/, output);
    assert.deepEqual(readFileSync(path), whole);
  }
});

test('a kernel that cannot be kept is said in words, with the file and what helps', async () => {
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file where a folder belongs');
  const { output } = await prepare();
  assert.match(output, /KeptFileError: \.cache\/kernels\/\S+ could not be written: something else/);
  assert.match(output, /Delete the folder \.cache/);
  rmSync(folder);
  mkdirSync(folder);
});

test('a kernel that does not compile is named', async () => {
  const file = join(source, 'walsh.ts');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\nexport function wrong(): i32 { return nothing; }\n`);
  assert.match((await prepare()).output, /KernelBuildError: .*walsh\.ts does not compile/);
});
