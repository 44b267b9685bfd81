import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { undescribed } from '../../kernel/typescript';
import { projectRoot } from '../../lib/files/project-root';

const printer = ts.createPrinter({ removeComments: true });

/** What a text says to a compiler. */
function printed(name: string, text: string): string {
  return printer.printFile(ts.createSourceFile(name, text, ts.ScriptTarget.Latest));
}

test('the types of Node say the same to the compiler without their descriptions, in half of the text', () => {
  const folder = join(projectRoot(), 'node_modules', '@types', 'node');
  let [whole, short] = [0, 0];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    assert.equal(printed(name, undescribed(text)), printed(name, text));
    whole += text.length;
    short += undescribed(text).length;
  }
  assert.ok(whole > 1e6 && short < whole / 2, `${short} of ${whole} characters`);
});
