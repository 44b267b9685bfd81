import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type * as Zarrita from 'zarrita';
import { openContainer } from '../../lib/codecs/files/recording-encoder';
import { isContainer } from '../../lib/codecs/files/recording-container';
import { decodeWav } from '../../lib/codecs/files/wav-file';
import { StreamEncoder } from '../../lib/codecs/lossless/streaming';
import { projectRoot } from '../../lib/files/project-root';
import { modelsFolder } from '../../lib/models/model-store';
import { pcm16FromCodes } from '../../lib/recordings/adc';
import { parseWav } from '../../lib/recordings/wav';
import { installCodec, type InstalledCodec } from './installed-codec';
import { interpreterOf, runWithWheel } from './installed-wheel';
import { randomRecording } from './random-recordings';

const FIXTURES = join(projectRoot(), 'tests', 'fixtures');
const RANDOM_FILES = 200;

const zarrPython = interpreterOf('Zarr for Python', 'packages');

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-python-'));
let installed: InstalledCodec;
before(async () => {
  installed = await installCodec();
});
after(() => {
  installed.remove();
  rmSync(folder, { recursive: true });
});

async function imported<T>(...path: readonly string[]): Promise<T> {
  return (await import(pathToFileURL(join(projectRoot(), 'node_modules', ...path)).href)) as T;
}

/** Samples of a file by the library, channel after channel. */
function expectedBytes(name: string, file: Uint8Array): Buffer {
  const arrays = isContainer(file)
    ? openContainer(file).channels.map(({ samples }, i) => openContainer(file).readRange(i, 0, samples))
    : [parseWav(decodeWav(file), name).samples];
  return Buffer.concat(arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)));
}

const skip = zarrPython.skip ?? false;
test(
  'Python reads files and Zarr arrays of JavaScript, and JavaScript those of Python, all equal',
  { skip },
  async () => {
    const work = join(folder, 'work');
    mkdirSync(join(work, 'files'), { recursive: true });
    for (const golden of ['golden', 'golden-channels']) {
      for (const name of readdirSync(join(FIXTURES, golden)).filter((file) => file.endsWith('.nbz'))) {
        cpSync(join(FIXTURES, golden, name), join(work, 'files', name));
      }
    }
    const sent = Uint16Array.from({ length: 5000 }, (_, i) => 500 + ((i * i) % 37) + ((i * 7919) % 23));
    const stream = new StreamEncoder();
    writeFileSync(join(work, 'files', 'sent.nbz'), Buffer.concat([stream.push(sent), stream.finish()]));
    for (let seed = 1; seed <= RANDOM_FILES; seed++) {
      const { samples, channels } = randomRecording(seed, 200, true);
      writeFileSync(join(work, 'files', `random-${seed}.nbz`), installed.codec.encode(samples, { channels }));
    }
    // Signaling NaNs beside a channel on a grid: in a basis that only the plain decoder has.
    const floats = new Float32Array(400).map((_, i) => (i % 2 === 0 ? Math.round(9 * Math.sin(i)) / 4 : 0));
    const patterns = new Uint32Array(floats.buffer);
    for (let i = 1; i < 400; i += 2) patterns[i] = i % 3 === 0 ? 0x7f800001 + i : (i * 2654435761) >>> 0;
    const nans = installed.codec.encode(floats, { channels: 2, codec: 'dct-64', step: 1 });
    writeFileSync(join(work, 'files', 'nans.nbz'), nans);
    const zarr = await imported<typeof Zarrita>('zarrita', 'dist', 'src', 'index.js');
    const { default: FileSystemStore } = await imported<{ default: new (path: string) => never }>(
      ...['@zarrita', 'storage', 'dist', 'src', 'fs.js'],
    );
    installed.zarrita.registerNeurobasis(zarr.registry);
    const shape = [700, 32];
    const samples = new Int16Array(700 * 32).map(
      (_, i) => Math.round(300 * Math.sin(i / 900)) + ((i * 11) % 9),
    );
    writeFileSync(join(work, 'samples.raw'), Buffer.from(samples.buffer));
    const array = await zarr.create(new FileSystemStore(join(work, 'js.zarr')), {
      shape,
      chunkShape: [256, 32],
      dtype: 'int16',
      fillValue: 0,
      codecs: [{ name: 'neurobasis', configuration: { preset: 'best' } }],
    });
    await zarr.set(array, null, { data: samples, shape, stride: [32, 1] });

    assert.equal(runWithWheel(folder, zarrPython.python, 'check-python.py', [work, modelsFolder()]), 'ok\n');

    for (const name of readdirSync(join(work, 'files')).filter((file) => file.endsWith('.nbz'))) {
      const found = readFileSync(join(work, 'files', name.replace(/nbz$/, 'raw')));
      const expected =
        name === 'sent.nbz'
          ? Buffer.from(pcm16FromCodes(sent).buffer)
          : expectedBytes(name, readFileSync(join(work, 'files', name)));
      assert.ok(found.equals(expected), name);
    }
    const made = readdirSync(join(work, 'floats')).filter((file) => file.endsWith('.nbz'));
    assert.ok(made.length > 50);
    for (const name of made) {
      const expected = readFileSync(join(work, 'floats', name.replace(/nbz$/, 'raw')));
      assert.ok(expectedBytes(name, readFileSync(join(work, 'floats', name))).equals(expected), name);
    }
    assert.ok(readFileSync(join(work, 'js.raw')).equals(Buffer.from(samples.buffer)));
    for (const name of ['v3.zarr', 'v2.zarr']) {
      const opened = await zarr.open(new FileSystemStore(join(work, name)), { kind: 'array' });
      const back = await zarr.get(opened);
      assert.deepEqual(back.data, samples, name);
      assert.deepEqual(back.shape, shape);
    }
  },
);
