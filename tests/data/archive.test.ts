import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { formatManifest, type ManifestEntry } from '../../lib/recordings/manifest';
import {
  ArchiveError,
  describeArchive,
  importArchive,
  type ImportSummary,
  IncompleteImportError,
  missingRecordings,
} from '../../tools/data/archive';
import { tinyDataset } from './dataset';
import { type ZipFile, zipArchive } from '../../tools/fuzz/zip-archive';

const root = mkdtempSync(join(tmpdir(), 'archive-'));
after(() => rmSync(root, { recursive: true }));

const folder = join(root, 'recordings');
const archive = join(root, 'data.zip');
const { manifest, files } = tinyDataset(4);

beforeEach(() => rmSync(folder, { recursive: true, force: true }));

async function importFiles(
  contents: readonly ZipFile[],
  onBytes?: (done: number, total: number) => void,
): Promise<ImportSummary> {
  writeFileSync(archive, zipArchive(contents));
  const missing = await missingRecordings(folder, manifest, false);
  return importArchive({ archive, folder, manifest, missing, ...(onBytes ? { onBytes } : {}) });
}

/** The recordings that are there, all of them whole. */
function inPlace(): string[] {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  for (const name of names) {
    const file = files.find((candidate) => candidate.name === `data/${name}`);
    assert.ok(file, `${name} is none of the recordings`);
    assert.deepEqual(new Uint8Array(readFileSync(join(folder, name))), file.content);
  }
  return names;
}

const allNames = manifest.map(({ name }) => name);

test('an archive is imported whole, with its progress', async () => {
  const reports: [number, number][] = [];
  const summary = await importFiles(files, (done, total) => reports.push([done, total]));
  assert.deepEqual(summary, { imported: 4, skipped: 0, ignored: [] });
  assert.deepEqual(inPlace(), allNames);
  const total = manifest.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.equal(reports.length, 5);
  assert.deepEqual(reports[0], [0, total]);
  assert.deepEqual(reports.at(-1), [total, total]);
});

test('files that the manifest does not name are ignored and told, folders are not', async () => {
  const extra = { name: 'data/notes.txt', content: Buffer.from('hello') };
  const shadow = { name: '__MACOSX/data/._recording-0.wav', content: Buffer.from('resource') };
  const directory = { name: 'data/', content: Buffer.alloc(0) };
  const summary = await importFiles([directory, extra, shadow, ...files]);
  assert.deepEqual(summary.ignored, [extra.name, shadow.name]);
  assert.deepEqual(inPlace(), allNames);
});

test('an import goes on where an earlier one stopped', async () => {
  await assert.rejects(importFiles(files.slice(0, 2)), IncompleteImportError);
  assert.deepEqual(inPlace(), allNames.slice(0, 2));
  const summary = await importFiles(files.slice(2));
  assert.deepEqual(summary, { imported: 2, skipped: 2, ignored: [] });
  assert.deepEqual(inPlace(), allNames);
});

test('altered and missing recordings are named, and the others are imported', async () => {
  const flipped = files[0]!.content.slice();
  flipped[1000]! ^= 1;
  const contents = [
    { ...files[0]!, content: flipped },
    { ...files[1]!, content: files[1]!.content.slice(0, -2) },
    files[3]!,
  ];
  await assert.rejects(importFiles(contents), (error: unknown) => {
    assert.ok(error instanceof IncompleteImportError);
    assert.deepEqual(error.missing, ['recording-2.wav']);
    assert.deepEqual(
      error.altered.map(({ name }) => name),
      ['recording-0.wav', 'recording-1.wav'],
    );
    assert.match(error.message, /1 missing, 2 altered/);
    assert.match(error.message, /recording-0\.wav: its SHA-256 is not the one of the manifest/);
    assert.match(error.message, /recording-1\.wav: 4044 bytes, the manifest says 4046/);
    return true;
  });
  assert.deepEqual(inPlace(), ['recording-3.wav']);
});

test('a file of the archive that cannot be unpacked counts as altered', async () => {
  const noise = Buffer.alloc(200, 0xff);
  await assert.rejects(
    importFiles([{ ...files[0]!, compressed: noise }, ...files.slice(1)]),
    /recording-0\.wav: cannot be unpacked/,
  );
  assert.deepEqual(inPlace(), allNames.slice(1));
});

test('a truncated archive, none and a missing one are refused by name', async () => {
  const missing = await missingRecordings(folder, manifest, false);
  const attempt = (): Promise<ImportSummary> => importArchive({ archive, folder, manifest, missing });
  writeFileSync(archive, zipArchive(files).subarray(0, 5000));
  await assert.rejects(
    attempt(),
    (error: unknown) => error instanceof ArchiveError && /data\.zip/.test(error.message),
  );
  writeFileSync(archive, '');
  await assert.rejects(attempt(), ArchiveError);
  rmSync(archive);
  await assert.rejects(attempt(), /does not exist/);
  assert.deepEqual(inPlace(), []);
});

test('every truncation of a small archive is refused or imports nothing that is not whole', async () => {
  const whole = zipArchive(files.slice(0, 1));
  const one = manifest.slice(0, 1);
  for (let length = 0; length < whole.length; length += 97) {
    writeFileSync(archive, whole.subarray(0, length));
    await assert.rejects(importArchive({ archive, folder, manifest: one, missing: one }), ArchiveError);
  }
  assert.deepEqual(inPlace(), []);
});

test('a file of the right size is trusted, unless it is to be verified', async () => {
  mkdirSync(folder);
  const first = manifest[0]!;
  writeFileSync(join(folder, first.name), Buffer.alloc(first.bytes));
  const names = (entries: ManifestEntry[]): string[] => entries.map(({ name }) => name);
  assert.deepEqual(names(await missingRecordings(folder, manifest, false)), allNames.slice(1));
  assert.deepEqual(names(await missingRecordings(folder, manifest, true)), allNames);
  writeFileSync(archive, zipArchive(files));
  const missing = await missingRecordings(folder, manifest, true);
  await importArchive({ archive, folder, manifest, missing });
  assert.deepEqual(inPlace(), allNames);
});

test('a manifest describes an archive as it is', async () => {
  const notes = { name: 'data/notes.txt', content: Buffer.from('hello') };
  writeFileSync(archive, zipArchive([...[...files].reverse(), notes]));
  assert.equal(formatManifest(await describeArchive(archive)), formatManifest(manifest));
});

test('a folder that the archive was unpacked to is as good, links in it left out', async () => {
  const unpacked = join(root, 'unpacked');
  for (const { name, content } of files) {
    mkdirSync(dirname(join(unpacked, name)), { recursive: true });
    writeFileSync(join(unpacked, name), content);
  }
  const missing = await missingRecordings(folder, manifest, false);
  const attempt = (): Promise<ImportSummary> =>
    importArchive({ archive: unpacked, folder, manifest, missing });
  const first = join(unpacked, files[0]!.name);
  renameSync(first, join(root, 'elsewhere.wav'));
  symlinkSync(join(root, 'elsewhere.wav'), first);
  await assert.rejects(attempt(), /recording-0\.wav: missing/);
  assert.deepEqual(inPlace(), allNames.slice(1));
  rmSync(first);
  renameSync(join(root, 'elsewhere.wav'), first);
  await attempt();
  assert.deepEqual(inPlace(), allNames);
});

test('an import removes what a killed one left half-written', async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${allNames[0]}.${randomUUID()}.part`), 'half');
  await importFiles(files);
  assert.deepEqual(inPlace(), allNames);
});

test('hostile archives write nothing outside of the folder and nothing that is not of the manifest', async () => {
  const [first, ...others] = files;
  const content = first!.content;
  const before = readdirSync(root).sort();
  const outside = [
    '../recording-0.wav',
    '/tmp/recording-0.wav',
    'data/../../recording-0.wav',
    'C:/recording-0.wav',
  ];
  for (const name of outside) {
    await importFiles([{ name, content }, ...others]).catch((error: unknown) => {
      assert.ok(error instanceof ArchiveError || error instanceof IncompleteImportError, String(error));
    });
    inPlace();
    rmSync(folder, { recursive: true, force: true });
  }
  // With two files of one name, the file named by the manifest is taken, at any position.
  const fake = { name: first!.name, content: Buffer.alloc(content.length, 1) };
  for (const order of [
    [fake, ...files],
    [...files, fake],
  ]) {
    await importFiles(order);
    assert.deepEqual(inPlace(), allNames);
    rmSync(folder, { recursive: true });
  }
  // A name that leads out of the folder by a link is no name of a WAV file, and a bomb says how large it is.
  const bomb = { name: first!.name, content: Buffer.alloc(64 * 2 ** 20) };
  await assert.rejects(importFiles([bomb, ...others]), /recording-0\.wav: 67108864 bytes, the manifest says/);
  const liar = { name: first!.name, content, compressed: deflateRawSync(Buffer.alloc(64 * 2 ** 20)) };
  await assert.rejects(importFiles([liar, ...others]), /recording-0\.wav: cannot be unpacked/);
  assert.deepEqual(inPlace(), allNames.slice(1));
  assert.deepEqual(readdirSync(root).sort(), [...new Set([...before, 'data.zip', 'recordings'])].sort());
});

test('an archive that is damaged in front of a file is named, where recordings are described, too', async () => {
  const whole = zipArchive(files);
  for (const at of [0, 26, 60]) {
    const broken = Buffer.from(whole);
    broken[at]! ^= 64;
    writeFileSync(archive, broken);
    await assert.rejects(describeArchive(archive), {
      name: 'ArchiveError',
      message: /data\.zip cannot be read/,
    });
  }
});
