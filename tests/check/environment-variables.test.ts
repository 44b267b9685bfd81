import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';

test('CONTRIBUTING has a row for every environment variable of the project, and for no other', () => {
  const root = projectRoot();
  const used = new Set<string>();
  for (const folder of ['lib', 'kernel', 'tools', 'bench']) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|mjs|py)$/.test(file)) continue;
      const text = readFileSync(join(root, folder, file), 'utf8');
      for (const [name] of text.matchAll(/\bNEUROBASIS_[A-Z_]+\b/g)) used.add(name);
      if (/env\['CHROME'\]/.test(text)) used.add('CHROME');
    }
  }
  const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const rows = [...contributing.matchAll(/^\| `((?:NEUROBASIS_[A-Z_]+)|CHROME)` /gm)].map(
    ([, name]) => name!,
  );
  assert.ok(used.size > 8);
  assert.deepEqual(rows.sort(), [...used].sort());
});
