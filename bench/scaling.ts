/**
 * What a sweep costs against recordings and against their length, on fresh synthetic recordings: processor time, memory
 * and bytes kept, each as a fixed part and a part in proportion. For docs/scaling.md:
 *
 *   node --import tsx bench/scaling.ts [codec]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codecFromId } from '../lib/codecs/codec-from-id';
import { openMeasurementCache } from '../lib/measuring/cache';
import { hashCodecCode } from '../lib/measuring/codec-code';
import { sweep } from '../lib/measuring/sweep';
import { uniformNumbers } from '../lib/numerics/random';
import { NEURALINK_ELECTRODE, pcm16FromCodes, SAMPLE_RATE, standardDeviation } from '../lib/recordings/adc';
import { NEURALINK_CORPUS, type Corpus } from '../lib/recordings/corpus';
import { generateSampleRecording, SAMPLE_RECORDINGS } from '../lib/recordings/sample';
import { canonicalWav } from '../lib/recordings/wav';

/** Of one codec at a time; a lossless codec has the first alone. */
const STEPS = [0, 8, 32];

/** A recording of the sample, over and over, with fresh noise of two codes. */
function codesOf(length: number, index: number, seed: number): Uint16Array {
  const random = uniformNumbers(seed);
  const sample = generateSampleRecording(index % SAMPLE_RECORDINGS);
  return Uint16Array.from({ length }, (_, i) =>
    Math.max(0, Math.min(1023, sample[i % sample.length]! + Math.round(4 * (random() + random() - 1)))),
  );
}

interface Cost {
  readonly samples: number;
  /** Processor seconds, of all threads. */
  readonly seconds: number;
  /** Largest resident memory in bytes. */
  readonly memory: number;
  /** Bytes of the recordings and of the rows that are kept. */
  readonly wavBytes: number;
  readonly keptBytes: number;
}

/** The cost of one sweep in this process. */
async function costOf(id: string, count: number, seconds: number): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'scaling-'));
  try {
    const seed = Date.now() % 2 ** 31;
    const recordings = Array.from({ length: count }, (_, i) => {
      const codes = codesOf(Math.round(seconds * SAMPLE_RATE), i, seed + i);
      const wav = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
      const path = join(folder, `${i}.wav`);
      writeFileSync(path, wav);
      const sha256 = createHash('sha256').update(wav).digest('hex');
      return {
        ...{ name: `${i}.wav`, path, wavBytes: wav.length, samples: codes.length, sha256 },
        ...{ standardDeviation: standardDeviation(codes), group: String(i) },
        ...NEURALINK_ELECTRODE,
      };
    });
    const facts = { name: 'scaling', dataset: 'sample', label: `${count} recordings`, synthetic: true };
    const corpus: Corpus = { ...facts, recordings, ...NEURALINK_CORPUS };
    const cache = openMeasurementCache(id, (await hashCodecCode(id))!).path;
    const size = (): number => statSync(cache, { throwIfNoEntry: false })?.size ?? 0;
    const before = size();
    const start = process.cpuUsage();
    await sweep(codecFromId(id), corpus, id.startsWith('lossless') ? [0] : STEPS, { jobs: 1 });
    const { user, system } = process.cpuUsage(start);
    return {
      samples: recordings.reduce((sum, { samples }) => sum + samples, 0),
      seconds: (user + system) / 1e6,
      memory: process.resourceUsage().maxRSS * 1024,
      wavBytes: recordings.reduce((sum, { wavBytes }) => sum + wavBytes, 0),
      keptBytes: size() - before,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Least-squares line. */
function line(
  x: readonly number[],
  y: readonly number[],
): { readonly fixed: number; readonly slope: number } {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const slope =
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0) /
    x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  return { fixed: my - slope * mx, slope };
}

async function main(): Promise<void> {
  const [id, count, seconds] = process.argv.slice(2);
  if (id !== undefined && count !== undefined) {
    console.log(JSON.stringify(await costOf(id, Number(count), Number(seconds))));
    process.exit();
  }
  for (const codec of id === undefined ? ['dct-256', 'dct-256+trellis', 'lossless-best'] : [id]) {
    for (const [title, runs] of [
      ['recordings of 5 s', [8, 16, 32].map((n) => [n, 5])],
      ['seconds of one recording', [5, 20, 80].map((s) => [1, s])],
    ] as const) {
      const costs = runs.map(([n, s]): Cost => {
        // Each in a process of its own, as memory that was used once stays with a process.
        const args = ['--import', 'tsx', 'bench/scaling.ts', codec, String(n), String(s)];
        const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
        if (!stdout.startsWith('{')) throw new Error(stderr);
        return JSON.parse(stdout) as Cost;
      });
      console.log(`${codec}, ${title}`);
      costs.forEach(({ samples, seconds, memory, wavBytes, keptBytes }, i) =>
        console.log(
          `  ${runs[i]!.join(' × ')} s: ${samples} samples, ${seconds.toFixed(2)} CPU s ` +
            `(${((seconds / samples) * 1e6).toFixed(2)} µs a sample), ${(memory / 2 ** 20).toFixed(0)} MiB, ` +
            `${wavBytes} bytes read, ${keptBytes} kept`,
        ),
      );
      const samples = costs.map((cost) => cost.samples);
      for (const what of ['seconds', 'memory', 'keptBytes'] as const) {
        const { fixed, slope } = line(
          samples,
          costs.map((cost) => cost[what]),
        );
        console.log(
          `  ${what}: ${fixed.toPrecision(3)} and ${(1e6 * slope).toPrecision(3)} a million samples`,
        );
      }
    }
  }
}

void main();
