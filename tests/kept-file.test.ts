import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { KeptFileError, readKept, writeKept } from '../lib/files/kept-file';
import { projectRoot } from '../lib/files/project-root';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-kept-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'deeper', 'file');

test('what was kept comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (contents) => {
      writeKept(path, contents);
      assert.deepEqual(readKept(path), Buffer.from(contents));
    }),
  );
});

test('a file that is cut, longer, or has a changed bit counts as none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.nat({ max: 7 }), (contents, place, bit) => {
      writeKept(path, contents);
      const file = readFileSync(path);
      const at = place % file.length;
      const flipped = Buffer.from(file);
      flipped[at]! ^= 1 << bit;
      for (const damaged of [file.subarray(0, at), Buffer.concat([file, Buffer.of(0)]), flipped]) {
        writeFileSync(path, damaged);
        assert.equal(readKept(path), undefined);
      }
    }),
  );
});

test('no file, and a folder in its place, count as none', () => {
  assert.equal(readKept(join(folder, 'none')), undefined);
  assert.equal(readKept(folder), undefined);
});

test('what is in the way is said, and what helps', () => {
  writeFileSync(join(folder, 'plain'), '');
  mkdirSync(join(folder, 'busy', 'inside'), { recursive: true });
  for (const place of [join(folder, 'plain', 'file'), join(folder, 'busy')]) {
    assert.throws(
      () => writeKept(place, 'x'),
      (error: Error) => {
        assert.ok(error instanceof KeptFileError);
        assert.match(error.message, /something else is in its place\. Delete the folder \.cache/);
        return true;
      },
    );
  }
});

/** Without one, there is no disk that can be filled at will. */
const fullDisk = existsSync('/dev/full') && process.platform === 'linux';

test(
  'a full disk is said in words, with the file',
  { skip: !fullDisk && 'there is no small disk here' },
  (context) => {
    // A disk in memory that only this process sees; not every machine allows it.
    const script = `mount -t tmpfs -o size=64k tmpfs ${folder}/small && ${process.execPath} --require ./tools/loader.cjs -e "
    const { writeKept } = require('${projectRoot()}/lib/files/kept-file');
    try { writeKept('${folder}/small/file', Buffer.alloc(2 ** 20)); } catch (error) { console.log(String(error)); }
    console.log(require('node:fs').readdirSync('${folder}/small').length);
    require('node:child_process').execSync('mount -o remount,ro ${folder}/small');
    try { writeKept('${folder}/small/file', 'x'); } catch (error) { console.log(String(error)); }
  "`;
    mkdirSync(join(folder, 'small'));
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['--map-root-user', '--mount', 'sh', '-c', script],
      {
        cwd: projectRoot(),
        encoding: 'utf8',
      },
    );
    if (status !== 0) return context.skip(`no disk of one's own can be had: ${stderr.trim().split('\n')[0]}`);
    assert.match(stdout, /small\/file could not be written: the disk .* is full\. Free some space/);
    assert.match(stdout, /\n0\n/);
    assert.match(stdout, /small\/file could not be written: it is on a disk that is mounted read-only/);
  },
);
