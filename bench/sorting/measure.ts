/**
 * Sorters on recordings with known spikes, before and after codecs: SpikeInterface makes the recordings, and what decoders
 * give back is sorted. Everything but the sorting is done here, with the codec as `npm run encode` and `npm run decode` have it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeContainer } from '../../lib/codecs/files/recording-container';
import { decodeRecordingFile, methodOf } from '../../lib/codecs/files/recording-encoder';
import { projectRoot } from '../../lib/files/project-root';
import { stepForRatio } from './step-for-ratio';
import { sortingRows, type DecodedFile, type SortedFile, type SortingRow } from './summary';

/** A program of the bench failed, or a codec gave another number of samples back. */
export class SortingBenchError extends Error {
  override readonly name = 'SortingBenchError';
}

/** Codecs whose step is chosen: the best one for waveforms, and the one with a weight for the band of spikes. */
const CODECS = ['mdct-256-sine+trellis', 'mdct-256-sine+weight-spikes+trellis'] as const;
const RATIOS = [5, 10, 20, 50] as const;
/** Steps, in codes of the digitizer, that are tried on an excerpt. */
const TRIED_STEPS = [8, 16, 32, 64, 128, 256, 512] as const;
const EXCERPT_SECONDS = 1;
/** The step is corrected until the ratio of the whole recording is as near to the one asked for as this. */
const RATIO_TOLERANCE = 0.02;
const CORRECTIONS = 10;
/** WavPack's hybrid mode: bits a sample at a ratio of 5, and the least that the program takes. */
const WAVPACK_BITS = 16 / 5;
const WAVPACK_LEAST_BITS = 2;

/** What `sort.py facts` says of the recordings. */
interface Facts {
  readonly rate: number;
  readonly seconds: number;
  readonly channels: number;
  readonly units: number;
  /** Microvolts a code. */
  readonly gain: number;
  /** Sorters that there are. */
  readonly sorters: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

/** Results of the bench. */
export interface SortingResults {
  readonly recordings: Omit<Facts, 'versions' | 'sorters'> & { readonly seeds: readonly number[] };
  readonly versions: Facts['versions'];
  readonly rows: readonly SortingRow[];
}

/**
 * Runs the bench; what was sorted before is not sorted again.
 *
 * @param python - interpreter with what `bench/sorting/requirements.txt` lists
 * @param sorters - their names in SpikeInterface
 * @param seeds - of the recordings
 */
export function measureSorting(
  python: string,
  sorters: readonly string[],
  seeds: readonly number[],
  say: (message: string) => void,
): SortingResults {
  const folder = join(projectRoot(), '.cache', 'sorting');
  mkdirSync(folder, { recursive: true });
  const script = join(projectRoot(), 'bench', 'sorting', 'sort.py');
  const names = seeds.map(String);
  const facts = JSON.parse(run(python, [script, 'facts']).toString()) as Facts;
  const unknown = sorters.find((sorter) => !facts.sorters.includes(sorter));
  if (unknown !== undefined) {
    throw new SortingBenchError(`There is no sorter ${unknown}: there are ${facts.sorters.join(', ')}.`);
  }
  say('making the recordings');
  run(python, [script, 'record', folder, ...names]);
  const decoded = seeds.flatMap((seed) => {
    const place = join(folder, `${seed}`);
    const samples = readFileSync(join(place, 'original.raw'));
    const files = [...throughCodecs(samples, facts, say), ...throughWavPack(samples, facts)];
    return files.map(({ samples: back, ...file }): DecodedFile => {
      if (back.length !== samples.length) {
        throw new SortingBenchError(
          `${file.codec} gave ${back.length} bytes back, and not ${samples.length}.`,
        );
      }
      writeFileSync(join(place, `${file.file}.raw`), back);
      return { seed, ...file, samplesBytes: samples.length };
    });
  });
  say('sorting');
  const sorted = JSON.parse(
    run(python, [script, 'sort', folder, sorters.join(','), ...names]).toString(),
  ) as SortedFile[];
  const { rate, seconds, channels, units, gain, versions } = facts;
  return {
    recordings: { rate, seconds, channels, units, gain, seeds },
    versions,
    rows: sortingRows(decoded, sorted),
  };
}

type Decoded = Omit<DecodedFile, 'seed' | 'samplesBytes'> & { readonly samples: Uint8Array };

function throughCodecs(samples: Uint8Array, facts: Facts, say: (message: string) => void): Decoded[] {
  const excerpt = samples.subarray(0, 2 * facts.channels * facts.rate * EXCERPT_SECONDS);
  return CODECS.flatMap((codec) => {
    const tried = TRIED_STEPS.map((step) => {
      return { step, ratio: excerpt.length / encoded(excerpt, codec, step, facts).length };
    });
    return RATIOS.map((target) => {
      let step = stepForRatio(tried, target);
      let file = encoded(samples, codec, step, facts);
      // The largest step that gave too small a ratio, and the smallest that gave too large a one.
      let [low, high]: (number | undefined)[] = [];
      for (let i = 0; i < CORRECTIONS; i++) {
        const ratio = samples.length / file.length;
        if (Math.abs(ratio / target - 1) <= RATIO_TOLERANCE) break;
        if (ratio < target) low = step;
        else high = step;
        // Halving, as the ratio does not grow evenly: it stands still where slow waves alone are left, and then leaps.
        // Beyond all that was tried, by as much as the excerpt says.
        step =
          low !== undefined && high !== undefined
            ? Math.sqrt(low * high)
            : (step * stepForRatio(tried, target)) / stepForRatio(tried, ratio);
        file = encoded(samples, codec, step, facts);
      }
      say(`${codec} at ${(samples.length / file.length).toFixed(2)}`);
      const name = `${codec}-${target}`;
      return { file: name, codec, target, codedBytes: file.length, samples: decodeRecordingFile(file) };
    });
  });
}

/** The file that `npm run encode` makes of 16-bit samples, one time of all channels after another. */
function encoded(
  samples: Uint8Array,
  codec: string,
  step: number,
  { rate, channels, gain }: Facts,
): Uint8Array {
  const length = samples.length / (2 * channels);
  const placed = {
    type: 'int16',
    littleEndian: true,
    offsets: Array.from({ length: channels }, (_, i) => 2 * i),
    stride: 2 * channels,
    runs: [{ start: 0, blockBytes: samples.length, blockSamples: length, samples: length }],
    sampleRate: rate,
    channels: Array.from({ length: channels }, (_, i) => ({ name: `${i}`, unit: 'uV', gain, offset: 0 })),
  } as const;
  return encodeContainer(samples, [placed], methodOf(codec, step));
}

/** WavPack's hybrid mode without its correction, at a ratio of 5 and at its lowest rate. */
function throughWavPack(samples: Uint8Array, { rate, channels }: Facts): Decoded[] {
  return [
    { file: 'wavpack-5', bits: WAVPACK_BITS, target: 5 },
    { file: 'wavpack-lowest', bits: WAVPACK_LEAST_BITS },
  ].map(({ file, bits, ...target }) => {
    const form = `--raw-pcm=${rate},16s,${channels},le`;
    const packed = run('wavpack', ['-q', '-y', '-hh', `-b${bits}`, form, '-', '-o', '-'], samples);
    const back = run('wvunpack', ['-q', '-y', '--raw', '-', '-o', '-'], packed);
    return { file, codec: 'WavPack hybrid', ...target, codedBytes: packed.length, samples: back };
  });
}

function run(program: string, args: readonly string[], input?: Uint8Array): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    maxBuffer: 2 ** 30,
    // WavPack warns of what it writes to a pipe, where it cannot go back to the front.
    stdio: ['pipe', 'pipe', program === 'wavpack' ? 'pipe' : 'inherit'],
    ...(input && { input }),
  });
  if (error) throw new SortingBenchError(`${program} cannot be run: ${error.message}. Install it.`);
  if (status !== 0)
    throw new SortingBenchError(
      `${program} ${args.join(' ')} ended with ${status}. ${stderr?.toString() ?? ''}`,
    );
  return stdout;
}
