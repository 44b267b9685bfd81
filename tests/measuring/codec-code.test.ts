import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createTemporaryProject, type TemporaryProject } from '../tools/temporary-project';

let project: TemporaryProject;
before(() => {
  project = createTemporaryProject();
  // A command that prints the hashes of codecs under the code of the temporary project.
  writeFileSync(
    join(project.folder, 'tools', 'hash.ts'),
    `import { hashCodecCode } from '../lib/study/codec-code';
     Promise.all(process.argv.slice(2).map(hashCodecCode)).then((hashes) => console.log(JSON.stringify(hashes)));`,
  );
});
after(() => project.remove());

async function hashes(...ids: string[]): Promise<(string | null)[]> {
  const { code, output } = await project.run('hash', ids);
  assert.equal(code, 0, output);
  return JSON.parse(output) as (string | null)[];
}

function edit(file: string, change: (text: string) => string): void {
  const path = join(project.folder, file);
  const text = readFileSync(path, 'utf8');
  assert.ok(change(text) !== text, `the edit changes nothing in ${file}`);
  writeFileSync(path, change(text));
}

test('a codec that the catalog has not has no hash, and each that it has its own', async () => {
  const [identity, small, large, none] = await hashes('identity', 'dct-16', 'dct-32', 'no-such');
  assert.equal(none, null);
  assert.equal(new Set([identity, small, large]).size, 3);
});

test('editing one basis makes its measurements new and no others; a comment makes none new', async () => {
  const [identity, cosine] = await hashes('identity', 'dct-16');
  edit('lib/bases/blocks/cosine.ts', (text) => `// A remark.\n${text}`);
  assert.deepEqual(await hashes('identity', 'dct-16'), [identity, cosine]);
  edit('lib/bases/blocks/cosine.ts', (text) => `${text}\nexport const another = 1;\n`);
  const [sameIdentity, otherCosine] = await hashes('identity', 'dct-16');
  assert.equal(sameIdentity, identity);
  assert.notEqual(otherCosine, cosine);
});

test('editing the coder, or a metric, makes all measurements new', async () => {
  for (const file of ['lib/codecs/transform-codec.ts', 'lib/metrics/recording-metrics.ts']) {
    const before = await hashes('identity', 'dct-16');
    edit(file, (text) => text.replace(/\n\}\n$/, '\n}\nconsole.assert(true);\n'));
    const now = await hashes('identity', 'dct-16');
    now.forEach((hash, i) => assert.notEqual(hash, before[i], file));
  }
});

test('what the catalog says of a basis counts where the coder uses it', async () => {
  const [identity, cosine] = await hashes('identity', 'dct-16');
  edit('lib/catalog/catalog.ts', (text) => text.replace(/title: 'Cosine[^']*'/, `title: 'Another title'`));
  assert.deepEqual(await hashes('identity', 'dct-16'), [identity, cosine]);
  edit('lib/catalog/catalog.ts', (text) => text.replace('formatFamily: 1,', 'formatFamily: 99,'));
  const [sameIdentity, otherCosine] = await hashes('identity', 'dct-16');
  assert.equal(sameIdentity, identity);
  assert.notEqual(otherCosine, cosine);
});
