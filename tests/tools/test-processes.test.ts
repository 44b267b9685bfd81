import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { projectRoot } from '../../lib/files/project-root';
import { filesOfProcesses, runsApart } from '../../tools/test/processes';

const folder = mkdtempSync(join(tmpdir(), 'test-processes-'));
after(() => rmSync(folder, { recursive: true }));

/** Writes a test file. */
function testFile(name: string, body: string): string {
  const path = join(folder, `${name}.test.ts`);
  writeFileSync(path, `import assert from 'node:assert/strict';\nimport * as t from 'node:test';\n${body}\n`);
  return path;
}

test('files that touch the process, themselves or by what they import, run apart; so do those that say so', () => {
  const ofTests = (path: string): string => join(projectRoot(), 'tests', path);
  assert.ok(runsApart(ofTests('tools/loader.test.ts')));
  // It starts JupyterLab by a module beside it.
  assert.ok(runsApart(ofTests('lab/start-notebook.test.ts')));
  // It looks at the memory that all kernels share.
  assert.ok(runsApart(ofTests('bench/cases.test.ts')));
  assert.ok(runsApart(testFile('environment', "process.env['A'] = '1';")));
  assert.ok(runsApart(testFile('marked', '// Apart from other test files: fills the memory.')));
  assert.ok(!runsApart(testFile('unmarked', '// Apart from other test files:')));
  assert.ok(!runsApart(ofTests('coding/range-coder.test.ts')));
});

test('every file is in one process, small ones together and in order', () => {
  const together = Array.from({ length: 30 }, (_, i) => testFile(`small-${i}`, ''));
  const apart = Array.from({ length: 5 }, (_, i) => testFile(`apart-${i}`, 'process.exit(0);'));
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...together, ...apart], { minLength: 1 }),
      fc.integer({ min: 1, max: 16 }),
      (files, processes) => {
        assert.deepEqual(
          filesOfProcesses(files, processes, true),
          files.map((file) => [file]),
        );
        const groups = filesOfProcesses(files, processes);
        assert.deepEqual(groups.flat().sort(), [...files].sort());
        for (const group of groups) {
          assert.ok(group.length === 1 || !group.some((file) => apart.includes(file)));
          assert.deepEqual(
            group,
            files.filter((file) => group.includes(file)),
          );
        }
        const small = files.filter((file) => together.includes(file)).length;
        const used = groups.filter(([file]) => together.includes(file!)).length;
        assert.ok(
          used >= Math.min(small, processes) / 2 && used <= Math.max(processes, Math.ceil(small / 8)),
        );
      },
    ),
    { numRuns: 50 },
  );
});

/** What is reported of files that run in one process, in lines. */
function reported(files: readonly string[], timeout = 60_000, seed = 1): string[] {
  const script = join(folder, 'script.ts');
  const runner = JSON.stringify(join(projectRoot(), 'tools', 'test', 'run-files'));
  const how = JSON.stringify({ processes: 1, timeout, seed, allApart: false });
  writeFileSync(
    script,
    `import { runTestFiles } from ${runner};
    void (async () => {
      for await (const { type, data } of runTestFiles(${JSON.stringify(files)}, ${how})) {
        if (type !== 'test:pass' && type !== 'test:fail') continue;
        const error = data.details?.error;
        const cause = (error as { cause?: { message?: string } } | undefined)?.cause?.message ?? error?.message ?? '';
        console.log(JSON.stringify([type.slice(5), data.nesting, data.name, data.details?.type ?? 'test', cause]));
      }
    })();`,
  );
  const loader = join(projectRoot(), 'tools', 'loader.cjs');
  const { stdout, stderr } = spawnSync(process.execPath, ['--require', loader, script], {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [type, nesting, name, kind, cause] = JSON.parse(line) as [string, number, string, string, string];
      return `${type} ${nesting} ${kind} ${name.replaceAll(`${folder}/`, '')}: ${cause.split('\n')[0]}`;
    });
}

test('files that share a process are reported as if each had its own; hooks hold for the file that has them', () => {
  const files = [
    testFile(
      'good',
      "t.beforeEach(() => {}); t.test('one', () => {}); t.describe('g', () => t.test('two', () => {}));",
    ),
    testFile('bad', "t.after(() => {}); t.test('three', () => assert.fail('no'));"),
    testFile('unloadable', "throw new Error('not loaded');"),
    testFile('changing', "t.test('four', () => { Math.random = () => 0.5; console.log = () => {}; });"),
    testFile(
      'restoring',
      "const { now } = Date; t.after(() => { Date.now = now; }); t.test('five', () => { Date.now = () => 0; });",
    ),
    testFile('changing-early', "Object.assign(Math, { fresh: () => 0 }); t.test('six', () => {});"),
  ];
  assert.deepEqual(reported(files), [
    'pass 0 test one: ',
    'pass 1 test two: ',
    'pass 0 suite g: ',
    'fail 0 test three: no',
    'fail 0 test unloadable.test.ts: not loaded',
    'pass 0 test four: ',
    'fail 0 test changing.test.ts: it leaves the process changed for the files that run after it: it has to put these back, or to have a line "// Apart from other test files: why"',
    'pass 0 test five: ',
    'pass 0 test six: ',
    'fail 0 test changing-early.test.ts: it leaves the process changed for the files that run after it: it has to put these back, or to have a line "// Apart from other test files: why"',
  ]);
});

test('files that the end of their process cuts off have failed', () => {
  // What was reported before is on its way.
  const later = 'await new Promise((resolve) => setTimeout(resolve, 300))';
  // Written so that it is not seen to touch the process.
  const exit = "(await import('\\x70rocess')).exit(0)";
  const ending = testFile('ending', `t.test('ends all', async () => { ${later}; ${exit}; });`);
  const files = [
    testFile('before', "t.test('one', () => {});"),
    ending,
    testFile('behind', "t.test('two', () => {});"),
  ];
  assert.deepEqual(reported(files), [
    'pass 0 test one: ',
    'fail 0 test ending.test.ts: its process ended before the end of this file',
    'fail 0 test behind.test.ts: its process ended before the end of this file',
  ]);
  const wait = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)';
  const endless = testFile('endless', `t.test('never ends', async () => { ${later}; ${wait}; });`);
  // On a busy machine the first file takes long too.
  let told: string[] = [];
  for (let limit = 4000; limit < 100_000 && !told[0]?.startsWith('pass'); limit *= 4) {
    told = reported([files[0]!, endless, files[2]!], limit);
  }
  assert.deepEqual(told, [
    'pass 0 test one: ',
    'fail 0 test endless.test.ts: its process ended before the end of this file: test failed',
    'fail 0 test behind.test.ts: its process ended before the end of this file: test failed',
  ]);
});

test('equal seeds try properties with equal inputs', () => {
  const inputs = testFile(
    'inputs',
    `import fc from ${JSON.stringify(require.resolve('fast-check'))};
    t.test('inputs', () => {
      const tried: number[] = [];
      fc.assert(fc.property(fc.nat(), (value) => { tried.push(value); }), { numRuns: 5 });
      assert.fail(tried.join(' '));
    });`,
  );
  const neighbor = testFile('neighbor', "t.test('another', () => {});");
  const tried = (seed: number, files = [inputs]): string | undefined =>
    reported(files, 60_000, seed).find((line) => line.includes(' inputs: '));
  assert.match(tried(1)!, /(\d+ ){4}\d+$/);
  assert.equal(tried(1, [inputs, neighbor]), tried(1));
  assert.notEqual(tried(2), tried(1));
});
