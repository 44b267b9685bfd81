/**
 * Speed of files of 384 channels, from file to file in memory: processor seconds of one thread, of user and system
 * together, as the clock tells what else the machine did. The array is simulated, a second of it at 30 kHz, as interleaved
 * 16-bit samples; with the folder of a SpikeGLX recording its first stream of 30 kHz is measured too:
 *
 *     node --require ./tools/loader.cjs bench/electrodes/speed.ts [--recording FOLDER/NAME.ap.bin] [CODEC …]
 *
 * Writes `bench/electrodes/speed.json`; codecs that are not named stay.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { writeWhole } from '../../lib/files/write-whole';
import { decodeRecordingFile, encodeRecordingFile } from '../../lib/codecs/files/recording-encoder';
import { simulateArray } from '../../lib/space/simulated-array';

const CHANNELS = 384;
const SAMPLE_RATE = 30_000;
const RESULTS = 'bench/electrodes/speed.json';

/** A simulated second has 30,000 samples of each channel; runs longer than this are measured once. */
const LONG_SECONDS = 4;
const RUNS = 3;

/** Codecs, and the steps that they are measured at. */
const CODECS = [
  ['lossless-fast', 0],
  ['lossless-fast@none', 0],
  ['lossless-live@none', 0],
  ['lossless-best', 0],
  ['mdct-256-sine@none', 20],
  ['mdct-256-sine@haar', 20],
  ['mdct-256-sine@dct', 20],
  ['mdct-256-sine@klt-bands', 20],
  ['mdct-256-sine+trellis@haar', 20],
  ['mdct-256-sine+trellis@klt-bands', 20],
] as const;

/** Speed of a codec on a recording. */
interface Speed {
  readonly recording: 'simulated' | 'recorded';
  readonly codec: string;
  readonly step: number;
  /** Of each channel. */
  readonly samples: number;
  readonly bytes: number;
  readonly bitsPerSample: number;
  /** Million samples of all channels a second of processor time. */
  readonly encode: number;
  readonly decode: number;
  /** Cores that 384 channels of 30 kHz keep busy. */
  readonly coresToEncode: number;
  readonly coresToDecode: number;
}

/** Processor seconds, the least of a few runs. */
async function processorSeconds<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly seconds: number; readonly result: T }> {
  let least = Infinity;
  for (let run = 0; ; run++) {
    const start = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6;
    least = Math.min(least, seconds);
    if (run + 1 === RUNS || seconds > LONG_SECONDS) return { seconds: least, result };
  }
}

const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits));

async function measured(
  recording: Speed['recording'],
  path: string,
  samples: number,
  [codec, step]: (typeof CODECS)[number],
): Promise<Speed> {
  const file = readFileSync(path);
  const encoded = await processorSeconds(() => encodeRecordingFile(path, file, { codecId: codec, step }));
  const bytes = encoded.result;
  const decoded = await processorSeconds(() => decodeRecordingFile(bytes));
  if (step === 0 && Buffer.compare(decoded.result, file) !== 0) throw new Error(`${codec} changed ${path}.`);
  const all = CHANNELS * samples;
  const real = CHANNELS * SAMPLE_RATE;
  return {
    ...{ recording, codec, step, samples, bytes: bytes.length },
    bitsPerSample: rounded((8 * bytes.length) / all, 4),
    encode: rounded(all / encoded.seconds / 1e6, 3),
    decode: rounded(all / decoded.seconds / 1e6, 3),
    coresToEncode: rounded((real * encoded.seconds) / all, 3),
    coresToDecode: rounded((real * decoded.seconds) / all, 3),
  };
}

/** The simulated array, as a raw file and the description beside it. */
function writeSimulated(folder: string): string {
  const samples = SAMPLE_RATE;
  const { codes } = simulateArray({ channels: CHANNELS, samples, sampleRate: SAMPLE_RATE, cells: 100 });
  const interleaved = new Int16Array(CHANNELS * samples);
  codes.forEach((channel, c) => channel.forEach((code, i) => (interleaved[i * CHANNELS + c] = code - 512)));
  const path = join(folder, 'array.bin');
  writeFileSync(path, interleaved);
  const facts = { type: 'int16', channels: CHANNELS, sampleRate: SAMPLE_RATE };
  writeFileSync(`${path}.json`, JSON.stringify(facts));
  return path;
}

async function main(given: readonly string[]): Promise<void> {
  const at = given.indexOf('--recording');
  const recorded = at >= 0 ? given[at + 1] : undefined;
  const names = given.filter((_, i) => at < 0 || (i !== at && i !== at + 1));
  const out = join(projectRoot(), RESULTS);
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-speed-'));
  try {
    const simulated = recorded === undefined ? writeSimulated(folder) : undefined;
    const path = recorded ?? simulated!;
    const kind = recorded === undefined ? 'simulated' : 'recorded';
    for (const codec of CODECS.filter(([name]) => names.length === 0 || names.includes(name))) {
      // A SpikeGLX file has a word of synchronization beside its channels.
      const width = 2 * (CHANNELS + (recorded === undefined ? 0 : 1));
      const one = await measured(kind, path, readFileSync(path).length / width, codec);
      console.log(JSON.stringify(one));
      const others = readSpeeds(out).filter(
        ({ recording, codec: other }) => recording !== kind || other !== one.codec,
      );
      const order = ({ recording, codec: name }: Speed): number =>
        (recording === 'simulated' ? 0 : 100) + CODECS.findIndex(([other]) => other === name);
      const all = [...others, one].sort((a, b) => order(a) - order(b));
      writeWhole(
        out,
        `${JSON.stringify({ channels: CHANNELS, sampleRate: SAMPLE_RATE, speeds: all }, null, 2)}\n`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readSpeeds(path: string): Speed[] {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { readonly speeds: Speed[] }).speeds;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

void main(process.argv.slice(2));
