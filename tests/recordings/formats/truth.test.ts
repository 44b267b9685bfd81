import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../../../lib/files/project-root';
import type { SampleArray, Stream } from '../../../lib/recordings/recording-file';
import { openRecording } from '../../../lib/recordings/recognize';

/**
 * Files of other laboratories against the values that an independent reader (Neo 0.14.6, NumPy) found in
 * them.
 */
const FOLDER = join(projectRoot(), '..', 'shared', 'recordings');
const skip = existsSync(join(FOLDER, 'truth.tsv')) ? false : `${FOLDER} is not there`;

type Row = Readonly<Record<string, string>>;

function readTruth(): Row[] {
  const [head, ...lines] = readFileSync(join(FOLDER, 'truth.tsv'), 'utf8').trimEnd().split('\n');
  const names = head!.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, i) => [names[i]!, cell])));
}

/** Which of our files, and which of its streams, a row speaks of. */
function locate(row: Row): { path: string; stream: string } {
  const source = row['source']!;
  const stream = row['stream']!;
  if (source.startsWith('spikeglx/')) return { path: source, stream };
  if (source.startsWith('blackrock/')) return { path: `${source}.ns2`, stream: 'nsx2' };
  if (source.startsWith('neuralynx/')) return { path: source, stream: source.slice(10, -4) };
  if (source.startsWith('whitematter/')) return { path: source, stream: '64ch-25000.bin' };
  return { path: source, stream };
}

/** Samples with gaps filled by zeros, as Neo gives those of Open Ephys. */
function withGapsFilled(stream: Stream, samples: SampleArray): SampleArray {
  let filled = samples;
  for (const { before, seconds } of [...stream.gaps].reverse()) {
    const longer = new Int16Array(filled.length + Math.round(seconds * stream.sampleRate));
    longer.set(filled.subarray(0, before) as Int16Array);
    longer.set(filled.subarray(before) as Int16Array, longer.length - (filled.length - before));
    filled = longer;
  }
  return filled;
}

/** A number as the table writes it: to six digits for rates, nine for gains. */
function sameDigits(actual: number, expected: string, digits: number): void {
  const tolerance = 0.501 * 10 ** (Math.floor(Math.log10(Math.abs(Number(expected)) || 1)) + 1 - digits);
  assert.ok(Math.abs(actual - Number(expected)) <= tolerance, `${actual} instead of ${expected}`);
}

const rows = skip === false ? readTruth() : [];

test(
  'every stream of every laboratory is read as an independent reader reads it, value for value',
  { skip },
  async (t) => {
    const scratch = mkdtempSync(join(tmpdir(), 'sidecar-'));
    const sidecar = join(scratch, 'white-matter.json');
    writeFileSync(sidecar, JSON.stringify({ recorder: 'white-matter', sampleRate: 25000, channels: 64 }));
    assert.equal(rows.length, 23);
    for (const row of rows) {
      await t.test(`${row['source']} ${row['stream']} ${row['segment']}`, async () => {
        const { path, stream: name } = locate(row);
        const whiteMatter = path.startsWith('whitematter');
        const place = join(FOLDER, whiteMatter ? 'whitematter/64ch-25000.bin' : path);
        const file = await openRecording(place, whiteMatter ? { sidecar } : {});
        try {
          const stream = file.streams.find(
            (candidate) => candidate.name === name && candidate.segment === Number(row['segment']),
          );
          assert.ok(stream, `${file.streams.map((s) => `${s.name} ${s.segment}`).join(', ')}: no ${name}`);
          assert.equal(stream.channels.length, Number(row['channels']));
          sameDigits(stream.takenAt ?? stream.sampleRate, row['sampleRate']!, 6);
          assert.equal(stream.type, row['type']);
          const [channel] = stream.channels;
          if (row['gain'] !== '?') sameDigits(channel!.gain, row['gain']!, 9);
          sameDigits(channel!.offset, row['offset']!, 9);
          if (!whiteMatter) assert.equal(channel!.unit, row['unit']);
          const filled = path.startsWith('openephys/');
          const hash = createHash('sha256');
          for (let c = 0; c < stream.channels.length; c++) {
            const [read] = await stream.read([c], 0, stream.samples);
            // Neo leaves out the last sample of Blackrock files of specification 2.1; it is there and is read.
            const oneLess = path.startsWith('blackrock/');
            const kept: SampleArray = oneLess ? read!.slice(0, -1) : read!;
            const samples: SampleArray = filled ? withGapsFilled(stream, kept) : kept;
            assert.equal(samples.length, Number(row['samples']));
            hash.update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
            if (c === 0) assert.equal(samples.subarray(0, 6).join(' '), row['firstOfFirstChannel']);
            if (c === stream.channels.length - 1)
              assert.equal(samples.subarray(-3).join(' '), row['lastOfLastChannel']);
          }
          assert.equal(hash.digest('hex').slice(0, 16), row['sha256OfChannelsThenTime']);
        } finally {
          file.close();
        }
      });
    }
    rmSync(scratch, { recursive: true });
  },
);
