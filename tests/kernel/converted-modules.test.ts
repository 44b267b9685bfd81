import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rememberConversions } from '../../kernel/converted-modules';
import { projectRoot } from '../../lib/files/project-root';

const folder = join(projectRoot(), '.cache', 'kernel');
mkdirSync(folder, { recursive: true });

test('a conversion is made once for the same code, options and compiler, and made anew when it is damaged', () => {
  let made = 0;
  const convert = (version: string): ReturnType<typeof rememberConversions> =>
    rememberConversions(version, (code) => {
      made++;
      return { outputText: `converted ${code}`, sourceMapText: 'map' };
    });
  // Of this run alone.
  const code = `// ${process.pid} ${Date.now()}\n`.repeat(200);
  const before = new Set(readdirSync(folder));
  const expected = { outputText: `converted ${code}`, sourceMapText: 'map' };
  assert.deepEqual(convert('1')(code, {}), expected);
  assert.deepEqual(convert('1')(code, {}), expected);
  assert.equal(made, 1);
  for (const file of readdirSync(folder)) {
    if (!before.has(file)) writeFileSync(join(folder, file), '{"outputTe');
  }
  assert.deepEqual(convert('1')(code, {}), expected);
  assert.equal(made, 2);
  convert('2')(code, {});
  convert('1')(code, { fileName: 'other.js' });
  assert.equal(made, 4);
});

test('short code is not kept', () => {
  let made = 0;
  const convert = rememberConversions('1', () => {
    made++;
    return { outputText: '' };
  });
  convert('1 + 1', {});
  convert('1 + 1', {});
  assert.equal(made, 2);
});
