import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { uniformNumbers } from '../../lib/numerics/random';
import { hashFiles, sourceFiles } from '../../tools/data/source-files';

const folder = mkdtempSync(join(tmpdir(), 'source-files-'));
after(() => rmSync(folder, { recursive: true }));

const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');

test('the hash of a source is that of the names and contents of its files, of any length', async () => {
  const random = uniformNumbers(1);
  // Files are read by pieces of 2²⁰ bytes.
  const lengths = [0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20 + 5];
  const contents = lengths.map((length) => Buffer.from(Uint8Array.from({ length }, () => 256 * random())));
  contents.forEach((content, i) => writeFileSync(join(folder, `${i}.raw`), content));
  const read: number[] = [];
  const found = await hashFiles(sourceFiles(folder), (done) => read.push(done));
  assert.equal(found, sha256(contents.map((content, i) => `${i}.raw\0${sha256(content)}\n`).join('')));
  assert.equal(
    read.at(-1),
    lengths.reduce((sum, length) => sum + length, 0),
  );
});

test('a file that is not there is an error, and whoever listens may stop it', async () => {
  const gone = { path: join(folder, 'gone'), name: 'gone', bytes: 1, changed: 0 };
  await assert.rejects(
    hashFiles([gone], () => {}),
    { code: 'ENOENT' },
  );
  const stopped = hashFiles(sourceFiles(join(folder, '5.raw')), () => {
    throw new Error('stopped');
  });
  await assert.rejects(stopped, /stopped/);
});
