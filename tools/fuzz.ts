/**
 * `npm run fuzz`: the challenge's programs on files that nobody would give them.
 */
import { performance } from 'node:perf_hooks';
import { decodeFile, encodeFile } from '../lib/codecs/files/any-file';
import { BitstreamError } from '../lib/coding/bitstream-errors';
import type { PresetName } from '../lib/codecs/lossless/preset';
import { prepareKernels } from '../lib/kernels/runtime/webassembly';
import { reportProgress } from '../lib/files/progress';
import { uniformNumbers } from '../lib/numerics/random';
import { CommandLineError, positiveInteger, runCommand } from './command-line';
import { damaged, resealed } from './fuzz/damage';
import { randomFile, randomRecording } from './fuzz/random-files';
import { showProgress } from './progress-line';

const COMMAND = {
  name: 'fuzz',
  options: {
    files: { value: 'N', about: 'files through encode and decode (default: 100000)' },
    decodes: { value: 'N', about: 'damaged files to decode (default: 1000000)' },
    from: {
      value: 'N',
      about: 'start with file N of both: goes on where another run stopped (default: 0)',
    },
  },
} as const;

const MOST_ADDED_BYTES = 16;
const MOST_SECONDS = 5;
const MOST_BYTES_OF_MEMORY = 2 ** 31;
/** Decodes of one file, each damaged differently. */
const DAMAGES = 50;
const SEED = 20_240_521;

/** A program broke one of the rules of the fuzz test; the message names the file. */
export class FuzzError extends Error {
  override readonly name = 'FuzzError';
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.length).equals(b);
}

function preset(random: () => number): PresetName {
  return random() < 0.5 ? 'fast' : 'best';
}

/** File `number` of the round trips. */
function tryRoundTrip(number: number): void {
  const random = uniformNumbers(SEED + number);
  const file = randomFile(random);
  const coded = encodeFile(file, preset(random));
  if (coded.length > file.length + MOST_ADDED_BYTES) {
    throw new FuzzError(`File ${number}: ${file.length} bytes became ${coded.length}.`);
  }
  if (!same(decodeFile(coded), file)) throw new FuzzError(`File ${number} came back changed.`);
}

interface Outcomes {
  refused: number;
  /** Decoded because their check had been made to fit: what an encoder could have written. */
  accepted: number;
  slowest: number;
}

/** Decodes file `number`, damaged in {@link DAMAGES} ways. */
function tryDamages(number: number, outcomes: Outcomes): void {
  const random = uniformNumbers(~(SEED + number));
  const source = random() < 0.7 ? randomRecording(random) : randomFile(random);
  const coded = encodeFile(source, preset(random));
  for (let i = 0; i < DAMAGES; i++) {
    const twice = random() < 0.3 ? damaged(random, coded) : coded;
    const broken = damaged(random, twice);
    const forged = random() < 0.5;
    const start = performance.now();
    try {
      const decoded = decodeFile(forged ? resealed(broken) : broken);
      // Damage can undo damage.
      if (!forged && !same(decoded, source)) {
        throw new FuzzError(`File ${number}, damage ${i}: decoded to something else without an error.`);
      }
      outcomes.accepted++;
    } catch (error) {
      if (!(error instanceof BitstreamError)) {
        throw new FuzzError(`File ${number}, damage ${i}: ${String(error)}`, { cause: error });
      }
      outcomes.refused++;
    }
    const seconds = (performance.now() - start) / 1000;
    outcomes.slowest = Math.max(outcomes.slowest, seconds);
    if (seconds > MOST_SECONDS) {
      throw new FuzzError(`File ${number}, damage ${i}: ${seconds.toFixed(1)} s for ${broken.length} bytes.`);
    }
  }
  const { rss } = process.memoryUsage();
  if (rss > MOST_BYTES_OF_MEMORY) throw new FuzzError(`File ${number}: the process holds ${rss} bytes.`);
}

function repeat(task: string, from: number, to: number, body: (number: number) => void): void {
  const start = performance.now();
  for (let number = from; number < to; number++) {
    body(number);
    const done = number + 1 - from;
    if (done % 1000 !== 0 && number + 1 < to) continue;
    reportProgress({
      task,
      done: number + 1,
      total: to,
      reused: from,
      secondsLeft: ((performance.now() - start) / 1000 / done) * (to - number - 1),
      finished: number + 1 === to,
    });
  }
}

void runCommand(COMMAND, ({ values }) => {
  const files = positiveInteger('files', values.files) ?? 100_000;
  const decodes = Math.ceil((positiveInteger('decodes', values.decodes) ?? 1_000_000) / DAMAGES);
  const from = Number(values.from ?? 0);
  if (!Number.isInteger(from) || from < 0)
    throw new CommandLineError(`--from ${values.from}: give a number.`);
  prepareKernels(console.error);
  showProgress();
  repeat('round trips', from, files, tryRoundTrip);
  const outcomes: Outcomes = { refused: 0, accepted: 0, slowest: 0 };
  repeat(`files damaged in ${DAMAGES} ways`, from, decodes, (number) => tryDamages(number, outcomes));
  console.log(
    `${Math.max(0, files - from)} files came back byte for byte, none longer by more than ${MOST_ADDED_BYTES} bytes.\n` +
      `${outcomes.refused + outcomes.accepted} damaged files: ${outcomes.refused} refused by name, ` +
      `${outcomes.accepted} with a check made to fit decoded as what they then say.\n` +
      `Slowest decode ${(outcomes.slowest * 1000).toFixed(0)} ms, memory of the process at the end ` +
      `${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB.`,
  );
});
