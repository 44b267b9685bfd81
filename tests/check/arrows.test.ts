import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findArrows } from '../../tools/check/arrows';
import type { Use } from '../../tools/uses/exports';

/** Complaints of the check about modules that import each other, given as importer, line, imported. */
function problemsOf(
  ...imports: readonly (readonly [place: string, line: number, module: string])[]
): string[] {
  const uses = new Map<string, Use[]>();
  for (const [place, line, module] of imports) {
    uses.set(module, [...(uses.get(module) ?? []), { place, line, names: ['one'] }]);
  }
  return [...findArrows(uses).problems];
}

test('every import of the project runs down, and no files import each other in a circle', () => {
  const { rooms, problems } = findArrows();
  assert.deepEqual(problems, []);
  assert.match(rooms.join('\n'), /^tools +→ .*kernel \d+/m);
  assert.match(rooms.join('\n'), /^lib\/files +imports from no other room$/m);
});

test('an import that runs up is named with file, line and the way out', () => {
  assert.deepEqual(problemsOf(['lib/coding/codec.ts', 7, 'lib/bases/basis.ts']), [
    'lib/coding/codec.ts:7 imports lib/bases/basis.ts: up from lib/coding to lib/bases. ' +
      'Move what it needs down to lib/coding or below, or move the module that needs it up.',
  ]);
  assert.deepEqual(
    problemsOf(['lib/study/a.ts', 1, 'lib/coding/codec.ts'], ['tools/a.ts', 1, 'kernel/b.ts']),
    [],
  );
});

test('a notebook imports from lib, and never from what runs it', () => {
  assert.deepEqual(problemsOf(['notebooks/02-cosine.ipynb (02-01)', 1, 'lib/investigations/02-x.ts']), []);
  for (const module of ['tools/sweep.ts', 'kernel/session.ts', 'bench/measure.ts']) {
    assert.match(
      problemsOf(['notebooks/02-cosine.ipynb (02-01)', 3, module])[0]!,
      /^notebooks\/02-cosine\.ipynb \(02-01\):3 imports .*: up from notebooks to/,
    );
  }
});

test('a circle of files is named once, with the line that closes it', () => {
  const problems = problemsOf(
    ['lib/bases/a.ts', 1, 'lib/bases/b.ts'],
    ['lib/bases/b.ts', 2, 'lib/bases/c.ts'],
    ['lib/bases/c.ts', 3, 'lib/bases/a.ts'],
    ['lib/bases/z.ts', 4, 'lib/bases/c.ts'],
  );
  assert.deepEqual(problems, [
    'lib/bases/c.ts:3 closes a circle: lib/bases/a.ts → lib/bases/b.ts → lib/bases/c.ts → lib/bases/a.ts. ' +
      'Move what both need to a module of its own.',
  ]);
});

test('a module outside of every room is told where the rooms are listed', () => {
  assert.match(
    problemsOf(['lib/somewhere/a.ts', 1, 'lib/coding/codec.ts'])[0]!,
    /^lib\/somewhere\/a\.ts is in no room: move it to one, or add its folder to tools\/check\/arrows\.ts\.$/,
  );
  assert.deepEqual(problemsOf(['tests/a.test.ts', 1, 'tools/check.ts']), []);
});
