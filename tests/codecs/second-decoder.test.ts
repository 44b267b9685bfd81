/**
 * The second decoder of weights, noise, events and layers, which was written from the page on the format, beside the
 * library's.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { ADC_RANGE } from '../../lib/coding/sample-range';
import { projectRoot } from '../../lib/files/project-root';
import { uniformNumbers } from '../../lib/numerics/random';

const python = spawnSync('python3', ['--version']);
const noPython = python.error ? 'there is no python3' : false;
if (noPython && process.env['NEUROBASIS_REQUIRE_ALL'] === '1') throw new Error(noPython);

/** Codecs over bases that the second decoder has. */
const CASES: readonly (readonly [id: string, step: number, sampleRate?: number])[] = [
  ['mdct-256-sine+weight-spikes+trellis', 9],
  ['dct-64+weight-spikes', 5],
  ['mdct-128-kbd+weight-30-12-0-3+trellis8', 7],
  ['segments-512-64+weight-spikes+rdoq', 8],
  ['dct-128+weight-9-0', 0],
  ['mdct-64-sine+fill', 24],
  ['mdct-256-sine+weight-spikes+trellis+fill', 30],
  ['switched-512+weight-0-3+fill', 30],
  ['spike-times', 1],
  ['spike-shapes', 1],
  ['band-power', 1],
  ['layers-256', 20],
  ['layers-1024', 50],
  // At another rate than Neuralink's the spike band is in the file.
  ['mdct-256-sine+weight-spikes+trellis', 12, 30_000],
  ['segments-512-64+weight-spikes', 0, 12_000],
  ['dct-64+weight-spikes+fill', 16, 40_000],
];

function recording(samples: number): Uint16Array {
  const random = uniformNumbers(samples);
  const signal = Float64Array.from(
    { length: samples },
    (_, i) => 480 + 70 * Math.sin(i / 500) + 30 * (random() + random() + random() - 1.5),
  );
  for (let at = 200; at < samples - 40; at += 150 + Math.floor(400 * random())) {
    [-30, -90, -140, -80, -20, 30, 50, 30, 10].forEach(
      (value, i) => (signal[at + i]! += value * (0.7 + random())),
    );
  }
  return Uint16Array.from(signal, (value) => Math.max(0, Math.min(1023, Math.round(value))));
}

test('a decoder written from docs/format.md gives the same codes and views', { skip: noPython }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'second-decoder-'));
  after(() => rmSync(folder, { recursive: true }));
  const files = CASES.map(([id, step, sampleRate], i) => {
    const codec = codecFromId(id, { ...ADC_RANGE, ...(sampleRate !== undefined && { sampleRate }) });
    const { bytes } = codec.encode(recording(4000), step);
    const [input, output] = [join(folder, `${i}.nbz`), join(folder, `${i}.json`)];
    writeFileSync(input, bytes);
    return { id, input, output, expected: { decoded: codec.decode(bytes), ...codec.decodeViews?.(bytes) } };
  });
  const script = join(__dirname, '..', 'fixtures', 'sent-decoder.py');
  const constants = join(projectRoot(), 'lib/codecs/lossless/learned-constants.ts');
  const paths = files.flatMap(({ input, output }) => [input, output]);
  const run = spawnSync('python3', [script, constants, ...paths], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  for (const { id, output, expected } of files) {
    const found = JSON.parse(readFileSync(output, 'utf8')) as Record<string, number[]>;
    assert.deepEqual(
      found,
      Object.fromEntries(Object.entries(expected).map(([view, codes]) => [view, [...codes]])),
      id,
    );
  }
});
