import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatManifest, ManifestError, parseManifest } from '../../lib/recordings/manifest';
import { projectRoot } from '../../lib/files/project-root';

const SHA = 'ab'.repeat(32);
const b = { name: 'b.wav', bytes: 46, samples: 1, standardDeviation: 0, sha256: SHA };
const a = { name: 'a.wav', bytes: 44, samples: 0, standardDeviation: 12.5, sha256: SHA };

test('a manifest comes back as it was written, in the order of the names', () => {
  const text = formatManifest([b, a], ['a remark']);
  assert.match(text, /^# a remark\n# SHA-256 of the table: [0-9a-f]{64}\nname\t/);
  assert.deepEqual(parseManifest(text, 'm.tsv'), [a, b]);
  assert.deepEqual(parseManifest(text.replaceAll('\n', '\r\n'), 'm.tsv'), [a, b]);
});

test('the manifest of the Neuralink recordings lists all of them', () => {
  const file = join(projectRoot(), 'data', 'neuralink.manifest.tsv');
  const text = readFileSync(file, 'utf8');
  const entries = parseManifest(text, file);
  assert.equal(entries.length, 743);
  assert.equal(
    entries.reduce((sum, { bytes }) => sum + bytes, 0),
    146_800_526,
  );
  assert.equal(
    entries.reduce((sum, { samples }) => sum + samples, 0),
    73_383_917,
  );
  assert.ok(entries.every(({ bytes, samples }) => bytes === 44 + 2 * samples));
  assert.equal(
    formatManifest(entries),
    text,
    'the committed manifest is in the form that the command writes',
  );
});

test('a damaged manifest is refused with its line', () => {
  const written = formatManifest([a, b]);
  // Without the check that would find them all.
  const good = written.slice(written.indexOf('\n') + 1);
  const damaged: [string, RegExp][] = [
    ['', /is empty/],
    [good.replace('samples', 'length'), /line 1: the columns/],
    [good.replace('a.wav', '../a.wav'), /line 2: "\.\.\/a\.wav" is no file name/],
    [good.replace('b.wav', 'a.wav'), /line 3: a\.wav is listed twice/],
    [good.replace('46', '4x'), /line 3: bytes and samples/],
    [good.replace('12.50', 'NaN'), /line 2: the standard deviation/],
    [good.replace(SHA, 'short'), /line 2: the SHA-256/],
    [good.replace(SHA, `${SHA}\textra`), /line 2: there are too many columns/],
  ];
  for (const [text, message] of damaged) {
    assert.throws(
      () => parseManifest(text, 'm.tsv'),
      (error: unknown) => error instanceof ManifestError && message.test(error.message),
    );
  }
});

test('a manifest with one bit changed, or cut anywhere behind its check, is refused', () => {
  const good = Buffer.from(formatManifest([a, b], ['a remark']));
  const table = good.indexOf('name\t');
  for (let at = table; at < good.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const text = Buffer.from(good);
      text[at]! ^= 1 << bit;
      // A line break that became another is the same manifest still, as one more or less at the end is.
      let entries;
      try {
        entries = parseManifest(text.toString(), 'm.tsv');
      } catch (error) {
        assert.ok(error instanceof ManifestError, String(error));
        continue;
      }
      assert.deepEqual(entries, [a, b]);
    }
    if (at < good.length - 1) {
      assert.throws(() => parseManifest(good.subarray(0, at).toString(), 'm.tsv'), ManifestError);
    }
  }
});
