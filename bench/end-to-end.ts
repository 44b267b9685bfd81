/** Speed from ADC codes to bytes and back, on one core. */
import { performance } from 'node:perf_hooks';
import { codecFromId } from '../lib/codecs/codec-from-id';
import { generateSampleRecording } from '../lib/recordings/sample';
import { quantile } from '../lib/numerics/statistics';
import { round } from './measure';

const CODEC = 'dct-512';

/** Steps, and the megasamples a second that both directions are to reach: small steps take several decisions a sample. */
const TARGETS = new Map([
  [0, 5],
  [2, 9],
  [8, 10],
  [16, 10],
  [32, 10],
  [64, 10],
]);

const RECORDINGS = 6;
const REPEATS = 9;

/** Speed of a codec at one operating point. */
export interface CodecSpeed {
  readonly codec: string;
  /** Quantizer step in ADC codes; 0 is lossless. */
  readonly step: number;
  readonly compressionRatio: number;
  readonly encodeMegasamplesPerSecond: number;
  readonly decodeMegasamplesPerSecond: number;
  readonly target: number;
}

/** Codes a few recordings of the synthetic sample repeatedly. */
export function measureCodec(): CodecSpeed[] {
  const codec = codecFromId(CODEC);
  const recordings = Array.from({ length: RECORDINGS }, (_, i) => generateSampleRecording(i));
  const samples = recordings.reduce((sum, { length }) => sum + length, 0);
  return Array.from(TARGETS, ([step, target]) => {
    const encode: number[] = [];
    const decode: number[] = [];
    let bytes = 0;
    for (let i = 0; i < REPEATS; i++) {
      const start = performance.now();
      const coded = recordings.map((codes) => codec.encode(codes, step).bytes);
      const middle = performance.now();
      for (const one of coded) codec.decode(one);
      encode.push(samples / (middle - start) / 1000);
      decode.push(samples / (performance.now() - middle) / 1000);
      bytes = coded.reduce((sum, { length }) => sum + length, 0);
    }
    return {
      codec: CODEC,
      step,
      compressionRatio: round((2 * samples + 44 * RECORDINGS) / bytes),
      encodeMegasamplesPerSecond: round(quantile(encode, 0.5)!),
      decodeMegasamplesPerSecond: round(quantile(decode, 0.5)!),
      target,
    };
  });
}
