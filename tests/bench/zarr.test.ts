import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { zarrCodecs, zarrTable, type ZarrCodec, type ZarrRow } from '../../bench/zarr/summary';
import { projectRoot } from '../../lib/files/project-root';

const measured = (bytes: number, seconds: number): ZarrRow['codecs'][string] => {
  return { bytes, encodeSeconds: seconds, decodeSeconds: seconds / 2 };
};

test('speeds are over the arrays that every codec takes, ratios of each array', () => {
  const rows: readonly ZarrRow[] = [
    { name: 'one', bytes: 2e6, codecs: { a: measured(1e6, 1), b: measured(5e5, 4) } },
    { name: 'two', bytes: 8e6, codecs: { a: measured(1e6, 100) } },
  ];
  const codecs = zarrCodecs(rows);
  assert.deepEqual(codecs, {
    a: { ratios: { one: 2, two: 8 }, encodeSpeed: 2, decodeSpeed: 4 },
    b: { ratios: { one: 4 }, encodeSpeed: 0.5, decodeSpeed: 1 },
  });
  assert.match(zarrTable(rows, codecs), /^\| b \| 4\.00 \| {2}\| 1 \| 1 \|$/m);
});

test('the committed ratios and speeds are those of the committed bytes and seconds', () => {
  const file = join(projectRoot(), 'bench', 'zarr', 'results.json');
  const { rows, codecs } = JSON.parse(readFileSync(file, 'utf8')) as {
    rows: ZarrRow[];
    codecs: Record<string, ZarrCodec>;
  };
  assert.deepEqual(codecs, zarrCodecs(rows));
  for (const peer of ['Blosc-zstd 5, bits shuffled', 'FLAC 8', 'WavPack -hh', 'pcodec 8', 'neurobasis best'])
    assert.ok(codecs[peer], peer);
});
