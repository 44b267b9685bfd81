import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runPeers } from '../../bench/peers/run';
import { openCorpus } from '../../lib/recordings/corpus';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-peers-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A script of two compressors: one gives every code back in two bytes, the other drops the last bits. */
function scriptOf(broken: boolean): string {
  const path = join(folder, broken ? 'broken.cjs' : 'sound.cjs');
  writeFileSync(
    path,
    `const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
console.log(JSON.stringify({
  peers: [
    { name: 'keeps', version: '1', told: 'all', lossless: true, slow: false, settings: [0] },
    { name: 'rounds', version: '2', told: '{setting} codes', lossless: false, slow: true, settings: [4, 16] },
  ],
  missing: [{ name: 'absent', reason: 'not on the PATH' }],
}));
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { codes, out, slow } = JSON.parse(line);
  const given = readFileSync(codes);
  const rounded = (step) => Buffer.from(Uint16Array.from(new Uint16Array(given.buffer.slice(given.byteOffset, given.byteOffset + given.length)), (code) => code - (code % step)).buffer);
  const made = (name, setting, bytes, decoded) => {
    const path = join(out, name + setting);
    writeFileSync(path, decoded);
    return { name, setting, bytes, decoded: path, encodeSeconds: 1, decodeSeconds: 1 };
  };
  const answers = [made('keeps', 0, given.length, ${broken ? 'rounded(2)' : 'given'})];
  if (slow) answers.push(made('rounds', 4, given.length / 2, rounded(4)), made('rounds', 16, given.length / 4, rounded(16)));
  console.log(JSON.stringify(answers));
});
`,
  );
  return path;
}

const corpus = openCorpus({ dataset: 'sample', recordings: 3 });

test('what compressors give back is judged here, and slow ones are given a part of the recordings', async () => {
  const done: number[] = [];
  const { peers, missing, dataset } = await runPeers(corpus, {
    command: [process.execPath, scriptOf(false)],
    slowRecordings: 1,
    progress: (count) => done.push(count),
  });
  assert.deepEqual(done, [1, 2, 3]);
  assert.equal(dataset.recordings, 3);
  assert.deepEqual(missing, [{ name: 'absent', reason: 'not on the PATH' }]);
  const [keeps, rounds] = peers;
  const samples = corpus.recordings.reduce((sum, recording) => sum + recording.samples, 0);
  assert.equal(keeps!.lossless!.compressedBytes, 2 * samples);
  assert.ok(keeps!.lossless!.ownCompressionRatio > 2 * keeps!.lossless!.compressionRatio);
  assert.equal(keeps!.recordings, 3);
  assert.equal(rounds!.recordings, 1);
  assert.equal(rounds!.lossless, undefined);
  const [fine, coarse] = rounds!.points;
  // Uniform remainders of 4 and 16 codes have mean squares of 3.5 and 77.5.
  assert.ok(Math.abs(fine!.psnr! - 10 * Math.log10(1023 ** 2 / 3.5)) < 0.2);
  assert.ok(Math.abs(coarse!.psnr! - 10 * Math.log10(1023 ** 2 / 77.5)) < 0.2);
  assert.ok(Math.abs(coarse!.compressionRatio / fine!.compressionRatio - 2) < 1e-3);
});

test('a compressor that should lose nothing and does is an error', async () => {
  await assert.rejects(
    runPeers(corpus, {
      command: [process.execPath, scriptOf(true)],
      slowRecordings: 0,
      progress: () => undefined,
    }),
    { name: 'PeerError', message: /keeps did not give the samples of .* back/ },
  );
});

test('a script that cannot be run is an error, not a wait', async () => {
  await assert.rejects(
    runPeers(corpus, {
      command: [process.execPath, join(folder, 'none.cjs')],
      slowRecordings: 0,
      progress: () => undefined,
    }),
    { name: 'PeerError' },
  );
});
