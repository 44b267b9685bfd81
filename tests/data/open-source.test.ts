import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { encodeChunk } from '../../packages/neurobasis-codec/src/zarr-chunk';
import { openSource } from '../../tools/data/open-source';

const FIXTURES = join(projectRoot(), 'tests', 'fixtures', 'recordings');
const folder = mkdtempSync(join(tmpdir(), 'open-source-'));
after(() => rmSync(folder, { recursive: true }));

type Description = Record<string, unknown>;

/** All samples of the only stream, channel by channel. */
async function samplesOf(path: string): Promise<unknown> {
  const file = await openSource(path);
  const { read, samples, channels } = file.streams[0]!;
  const found = await read(
    channels.map((_, i) => i),
    0,
    samples,
  );
  file.close();
  return found;
}

/** A copy of a fixture whose chunks of 100 times 3 samples are coded anew. */
async function codedAnew(
  fixture: string,
  description: string,
  codec: (of: Description) => void,
): Promise<string> {
  const copy = join(mkdtempSync(join(folder, 'copy-')), fixture);
  cpSync(join(FIXTURES, fixture), copy, { recursive: true });
  const data = join(copy, 'data');
  const path = join(data, description);
  const found = JSON.parse(readFileSync(path, 'utf8')) as Description;
  codec(found);
  writeFileSync(path, JSON.stringify(found));
  const [first, second, third] = (await samplesOf(join(FIXTURES, fixture))) as Int16Array[];
  const chunks = readdirSync(data, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|\/)\d[./]?\d?$/.test(name) && statSync(join(data, name)).isFile())
    .sort();
  assert.equal(chunks.length, first!.length / 100);
  chunks.forEach((name, i) => {
    const at = (channel: Int16Array, t: number): number => channel[100 * i + t]!;
    const samples = Int16Array.from({ length: 300 }, (_, k) =>
      at([first!, second!, third!][k % 3]!, Math.floor(k / 3)),
    );
    const chunk = { data: samples, shape: [100, 3], stride: [3, 1] };
    writeFileSync(join(data, name), encodeChunk(chunk, { preset: 'fast' }));
  });
  return copy;
}

for (const [fixture, description, codec] of [
  [
    'version3.zarr',
    'zarr.json',
    (of: Description): void =>
      void (of['codecs'] = [{ name: 'neurobasis', configuration: { preset: 'fast' } }]),
  ],
  [
    'version2.zarr',
    '.zarray',
    (of: Description): void =>
      void Object.assign(of, { filters: null, compressor: { id: 'neurobasis', preset: 'fast' } }),
  ],
] as const) {
  test(`an array with this project's own codec is read, and a damaged chunk refused: ${fixture}`, async () => {
    const copy = await codedAnew(fixture, description, codec);
    assert.deepEqual(await samplesOf(copy), await samplesOf(join(FIXTURES, fixture)));
    const chunk = readdirSync(join(copy, 'data'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(copy, 'data', name))
      .find((path) => statSync(path).isFile() && readFileSync(path).subarray(0, 3).toString() === 'NBZ')!;
    const whole = readFileSync(chunk);
    const samples = await samplesOf(copy);
    let refused = 0;
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 16;
      writeFileSync(chunk, damaged);
      // The table of channels is there twice.
      const found = await samplesOf(copy).catch((error: Error) => error);
      if (!(found instanceof Error)) assert.deepEqual(found, samples, `byte ${at}`);
      else {
        assert.equal(found.name, 'RecordingFormatError', String(found));
        refused++;
      }
    }
    assert.ok(refused > 0);
  });
}
