import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PEERS_FILE, readPeers, writePeers, type Peers } from '../../lib/results/peers';

const folder = mkdtempSync(join(tmpdir(), 'peers-'));
const path = join(folder, PEERS_FILE);
after(() => rmSync(folder, { recursive: true }));

const PEERS: Peers = {
  dataset: { label: 'recordings', recordings: 3, sha256: '0'.repeat(64) },
  peers: [
    {
      ...{ name: 'FLAC', version: '1.4', settings: '-8', recordings: 3, points: [] },
      lossless: { compressedBytes: 1000, compressionRatio: 3.25, ownCompressionRatio: 3.5 },
    },
  ],
  missing: [{ name: 'zfp', reason: 'zfpy' }],
};

test('peers are read as they were written, and no bit of the file changes a number unsaid', () => {
  writePeers(path, PEERS);
  assert.deepEqual(readPeers(path), PEERS);
  const whole = readFileSync(path);
  for (let at = 0; at < whole.length; at++) {
    for (const bit of [0, 2, 6]) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << bit;
      writeFileSync(path, damaged);
      try {
        // White space, or the name of the check.
        const { dataset, peers, missing } = readPeers(path)!;
        assert.deepEqual({ dataset, peers, missing }, PEERS, `bit ${bit} of byte ${at}`);
      } catch (error) {
        assert.equal((error as Error).name, 'PeersFormatError', `bit ${bit} of byte ${at}: ${String(error)}`);
        assert.match((error as Error).message, /restore it|remove it/);
      }
    }
  }
});

test('peers of earlier versions, without a check, are read', () => {
  writeFileSync(path, JSON.stringify(PEERS));
  assert.deepEqual(readPeers(path), PEERS);
});
