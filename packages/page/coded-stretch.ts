/**
 * A stretch of a channel, coded and decoded again at several operating points.
 */
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { ADC_RANGE } from '../../lib/coding/sample-range';
import { noiseEstimator } from '../../lib/metrics/noise';
import { codesOnGrid, findDigitizer, valuesOfCodes, type Digitizer } from '../../lib/recordings/digitizer';
import type { SampleArray, SampleType } from '../../lib/recordings/recording-file';

/** Codecs to choose from: the best of each kind of basis, and those without loss. */
export const CHOICES: readonly (readonly [id: string, label: string])[] = [
  ['mdct-256-sine+trellis', 'Lapped cosines, trellis-coded (best)'],
  ['mdct-256-sine', 'Lapped cosines'],
  ['dct-512', 'Cosines in blocks'],
  ['dwt-sym13-8-periodic', 'Wavelets'],
  ['haar-6', 'Haar'],
  ['lpc-12', 'Linear prediction'],
  ['lossless-best', 'Nothing lost, best'],
  ['lossless-fast', 'Nothing lost, fast'],
];

/** Steps of a curve, in units of the noise. */
export const STEPS: readonly number[] = [0.35, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 9, 14, 20];

/** A stretch on the grid of its digitizer. */
export interface Stretch {
  readonly codes: Uint16Array;
  readonly digitizer: Digitizer;
  readonly type: SampleType;
  /** Standard deviation of the noise, in codes. */
  readonly noise: number;
}

/** The samples lie on no grid. */
export class NoGridError extends Error {
  override readonly name = 'NoGridError';
}

/** @throws NoGridError */
export function stretchOf(samples: SampleArray, type: SampleType, sampleRate: number): Stretch {
  const digitizer = findDigitizer(samples, type);
  if (digitizer.kind === 'none') {
    throw new NoGridError(
      `These samples lie on no grid of a digitizer (${digitizer.reason}): nothing can be coded.`,
    );
  }
  const codes = codesOnGrid(digitizer, samples)!;
  return { codes, digitizer, type, noise: noiseEstimator(sampleRate)(codes) };
}

/** One operating point on a stretch. */
export interface CodedPoint {
  readonly bytes: number;
  /** Bytes of 16-bit samples over bytes of the file. */
  readonly compressionRatio: number;
  /** Signal over error, dB; infinite without loss. */
  readonly snr: number;
  readonly decoded: SampleArray;
  /** Quantizer step in codes; 0 without loss. */
  readonly step: number;
}

/** Codes a stretch and decodes it from its bytes alone. */
export function codedPoint(
  { codes, digitizer, type, noise }: Stretch,
  id: string,
  stepInNoise: number,
): CodedPoint {
  const neuralink = digitizer.kind === 'stretched' && digitizer.bits === 10;
  const range = neuralink ? ADC_RANGE : { smallest: 0, largest: digitizer.codes - 1 };
  const lossless = id.startsWith('lossless');
  const step = lossless ? 0 : Math.min(1000, Math.max(1, Math.round(64 * stepInNoise * noise)) / 64);
  const codec = codecFromId(id, range);
  const { bytes } = codec.encode(codes, step);
  const decoded = codec.decode(bytes);
  let mean = 0;
  for (let i = 0; i < codes.length; i++) mean += codes[i]! / codes.length;
  let power = 0;
  let error = 0;
  for (let i = 0; i < codes.length; i++) {
    power += (codes[i]! - mean) ** 2;
    error += (codes[i]! - decoded[i]!) ** 2;
  }
  return {
    bytes: bytes.length,
    compressionRatio: (2 * codes.length) / bytes.length,
    snr: error === 0 ? Infinity : 10 * Math.log10(power / error),
    decoded: valuesOfCodes(digitizer, decoded, type),
    step,
  };
}
