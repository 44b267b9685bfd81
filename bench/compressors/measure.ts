/**
 * Measures compressors on recordings: the bytes of each recording by itself, and the speed on many in one
 * file.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { decodeFile, encodeFile } from '../../lib/codecs/files/any-file';
import type { PresetName } from '../../lib/codecs/lossless/preset';
import type { Recording } from '../../lib/recordings/corpus';
import { medianInPlace } from '../../lib/numerics/median';
import { inForm, type Form } from './forms';
import type { Compressor } from './compressors';

/** A compressor failed, or returned other samples than it was given. */
export class CompressorError extends Error {
  override readonly name = 'CompressorError';
}

/** Results of one compressor. */
export interface Comparison {
  readonly name: string;
  readonly form: Form;
  /** Bytes of all WAV files over bytes of all compressed files, each recording compressed by itself. */
  readonly ratio: number;
  readonly bytes: number;
  /** Speed in million samples a second, one thread, on one file of many recordings. */
  readonly encodeSpeed: number;
  readonly decodeSpeed: number;
}

/** Encodes and decodes one file. */
export interface Coder {
  readonly name: string;
  readonly form: Form;
  /** @returns seconds of encoding and of decoding, and the compressed bytes */
  readonly roundTrip: (input: Uint8Array) => { encode: number; decode: number; bytes: number };
}

/** Coder that starts a program for each file. */
export function programCoder({ name, form, encode, decode }: Compressor, folder: string): Coder {
  const original = join(folder, 'in.wav');
  const coded = join(folder, 'coded');
  const back = join(folder, 'back.wav');
  return {
    name,
    form,
    roundTrip: (input) => {
      writeFileSync(original, input);
      const times = { encode: run(encode, original, coded), decode: run(decode, coded, back) };
      requireSame(name, input, readFileSync(back));
      return { ...times, bytes: statSync(coded).size };
    },
  };
}

/** Coder of the project's lossless codec, within this process. */
export function ownCoder(preset: PresetName): Coder {
  return {
    name: `neurobasis ${preset}`,
    form: 'wav',
    roundTrip: (input) => {
      const start = performance.now();
      const coded = encodeFile(input, preset);
      const middle = performance.now();
      const decoded = decodeFile(coded);
      const end = performance.now();
      requireSame(preset, input, decoded);
      return { encode: (middle - start) / 1000, decode: (end - middle) / 1000, bytes: coded.length };
    },
  };
}

/** Coder of pcodec. It is a library, so the timing is done within Python. */
export function pcodecCoder(python: string, script: string, folder: string): Coder {
  const input = join(folder, 'numbers');
  const coded = join(folder, 'numbers.pco');
  return {
    name: 'pcodec, level 12',
    form: 'codes',
    roundTrip: (samples) => {
      writeFileSync(input, samples);
      const { status, stdout, stderr } = spawnSync(python, [script, input, coded], { encoding: 'utf8' });
      if (status !== 0) throw new CompressorError(`pcodec failed: ${stderr}`);
      const [encode = 0, decode = 0] = stdout.trim().split(' ').map(Number);
      return { encode, decode, bytes: statSync(coded).size };
    },
  };
}

/**
 * Runs a command.
 *
 * @returns seconds
 */
function run(command: readonly string[], input: string, output: string): number {
  // WavPack insists on names that end in `.wv`, so files are renamed before and after it runs.
  const [program = '', ...args] = command.map((part) => part.replace('IN', input).replace('OUT', output));
  const packs = args.includes(`${output}.wv`);
  const unpacks = args.includes(`${input}.wv`);
  if (unpacks) renameSync(input, `${input}.wv`);
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, args, { maxBuffer: 2 ** 30 });
  const seconds = (performance.now() - start) / 1000;
  if (unpacks) renameSync(`${input}.wv`, input);
  if (error) throw new CompressorError(`${program} cannot be run: ${error.message}. Install it.`);
  if (status !== 0) throw new CompressorError(`${program} ${args.join(' ')} failed: ${stderr.toString()}`);
  if (args.includes('-c')) writeFileSync(output, stdout);
  if (packs) renameSync(`${output}.wv`, output);
  if (!existsSync(output)) throw new CompressorError(`${program} wrote nothing.`);
  return seconds;
}

function requireSame(name: string, input: Uint8Array, output: Uint8Array): void {
  if (!Buffer.from(input).equals(output)) throw new CompressorError(`${name} did not give the samples back.`);
}

/**
 * Runs all coders in turn, so that other load of the machine affects all alike.
 *
 * @param recordings - recordings for the ratio, each by itself
 * @param together - recordings that make up the one file for the speed
 * @param repetitions - number of timings; their median counts
 * @param progress - receives the number of finished recordings
 */
export function compare(
  coders: readonly Coder[],
  recordings: readonly Recording[],
  together: readonly Recording[],
  repetitions: number,
  progress: (done: number) => void,
): Comparison[] {
  const bytes = coders.map(() => 0);
  let raw = 0;
  for (const [i, recording] of recordings.entries()) {
    raw += inForm([recording], 'wav').length;
    for (const [k, { form, roundTrip }] of coders.entries()) {
      bytes[k]! += roundTrip(inForm([recording], form)).bytes;
    }
    progress(i + 1);
  }
  const times = coders.map(() => ({ encode: [] as number[], decode: [] as number[] }));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [k, { form, roundTrip }] of coders.entries()) {
      const { encode, decode } = roundTrip(inForm(together, form));
      times[k]!.encode.push(encode);
      times[k]!.decode.push(decode);
    }
  }
  const samples = inForm(together, 'codes').length / 2;
  const speed = (seconds: readonly number[]): number =>
    Number((samples / 1e6 / medianInPlace(Float64Array.from(seconds))).toPrecision(3));
  return coders.map(({ name, form }, k) => ({
    name,
    form,
    ratio: Number((raw / bytes[k]!).toFixed(4)),
    bytes: bytes[k]!,
    encodeSpeed: speed(times[k]!.encode),
    decodeSpeed: speed(times[k]!.decode),
  }));
}
