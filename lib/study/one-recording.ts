/**
 * One recording under one codec: what a cell asks first.
 */
import type { AnyBasis } from '../bases/basis';
import { transformCodecFromId } from '../codecs/codec-from-id';
import type { TransformCodec } from '../codecs/transform-codec';
import { LOSSLESS } from '../coding/codec';
import { measureCodes } from '../measuring/measure';
import { operatingStepsFor } from '../measuring/steps';
import { summarize } from '../measuring/summarize';
import {
  errorInNoise,
  meanSquaredError,
  peakSignalToNoiseRatio,
  signalToNoiseRatio,
} from '../metrics/distortion';
import { noiseEstimator } from '../metrics/noise';
import { standardDeviation } from '../recordings/adc';
import { readCodes, type Corpus, type Recording } from '../recordings/corpus';
import { sampleRangeOf } from '../recordings/recording';
import type { ElectrodeRecording } from '../recordings/read-recording';
import type { Curve } from '../results/results';
import { codecOfOwnBasis } from './own-basis';

/** A recording of a corpus, or one that {@link readRecording} read. */
export type AnyRecording = Recording | ElectrodeRecording;

/** A recording, coded and decoded. */
export interface Reconstruction {
  /** Codes that the decoder gives back. */
  readonly codes: Uint16Array;
  /** The compressed file. */
  readonly bytes: Uint8Array;
  /** Bytes of 16-bit samples over bytes of the file. */
  readonly compressionRatio: number;
  readonly bitsPerSample: number;
  /** dB of the digitizer's full scale, or of the range that the recording uses where that is not known. */
  readonly psnr: number;
  /** dB of the recording's variance. */
  readonly snr: number;
  /** Root-mean-square error in units of the recording's noise. */
  readonly errorInNoise: number;
}

/** A recording with what a measurement needs of it. */
interface Opened {
  readonly codes: Uint16Array;
  readonly corpus: Corpus;
  readonly recording: Recording;
}

function open(given: AnyRecording): Opened {
  const codes = 'codes' in given ? given.codes : readCodes(given);
  const { sampleRate, digitizer, name } = given;
  let [low, high] = [codes[0] ?? 0, codes[0] ?? 0];
  for (const code of codes) {
    if (code < low) low = code;
    if (code > high) high = code;
  }
  const fullScale =
    'fullScale' in given
      ? given.fullScale
      : digitizer.kind === 'stretched'
        ? { codes: digitizer.codes - 1, known: true }
        : { codes: Math.max(1, high - low), known: false };
  const recording: Recording =
    'codes' in given
      ? {
          ...given,
          path: '',
          wavBytes: 2 * codes.length,
          samples: codes.length,
          standardDeviation: standardDeviation(codes),
          sha256: '',
          group: name,
        }
      : given;
  const noise = noiseEstimator(sampleRate)(codes);
  const corpus: Corpus = {
    name,
    dataset: name,
    label: name,
    synthetic: false,
    recordings: [recording],
    sampleRate,
    noise,
    fullScale,
    bits: digitizer.bits,
  };
  return { codes, corpus, recording };
}

function codecOf(idOrBasis: string | AnyBasis, { digitizer }: Recording): TransformCodec {
  const range = sampleRangeOf({ digitizer });
  return typeof idOrBasis === 'string'
    ? transformCodecFromId(idOrBasis, range)
    : codecOfOwnBasis(idOrBasis, range);
}

/**
 * Codes a recording and decodes it from the bytes alone.
 *
 * @param idOrBasis - id of a codec (`"mdct-256-sine"`, `"dct-512+trellis"`), or a basis that a cell defines
 * @param step - quantizer step in codes; 0 is lossless
 * @throws BasisParameterError when there is no such codec
 *
 * @public
 */
export function reconstruct(given: AnyRecording, idOrBasis: string | AnyBasis, step: number): Reconstruction {
  const { codes, corpus, recording } = open(given);
  const codec = codecOf(idOrBasis, recording);
  const { bytes } = codec.encode(codes, step);
  const decoded = codec.decode(bytes);
  let error = 0;
  for (let i = 0; i < codes.length; i++) error += (codes[i]! - decoded[i]!) ** 2;
  const mse = meanSquaredError(error, codes.length);
  return {
    codes: decoded,
    bytes,
    compressionRatio: recording.wavBytes / bytes.length,
    bitsPerSample: (8 * bytes.length) / codes.length,
    psnr: peakSignalToNoiseRatio(mse, corpus.fullScale.codes),
    snr: signalToNoiseRatio(standardDeviation(codes) ** 2, mse),
    errorInNoise: errorInNoise(mse, corpus.noise),
  };
}

/**
 * The curve of a codec on one recording: lossless, and steps in units of its noise, to a compression ratio of 200 and
 * more. On a corpus `closingAnalysis` does the same with intervals.
 *
 * @param idOrBasis - as for {@link reconstruct}
 * @param steps - in codes; the operating points of all notebooks unless given
 * @throws BasisParameterError when there is no such codec
 * @throws LosslessMismatchError when a basis does not give samples back at step 0
 *
 * @public
 */
export function measure(idOrBasis: string | AnyBasis, given: AnyRecording, steps?: readonly number[]): Curve {
  const { codes, corpus, recording } = open(given);
  const codec = codecOf(idOrBasis, recording);
  const wanted = [...new Set(steps ?? [LOSSLESS, ...operatingStepsFor(corpus)])].sort((a, b) => a - b);
  const measured = measureCodes(codec, codes, wanted, recording);
  return summarize(
    { codec, corpus, steps: wanted, recordings: [{ recording, ...measured }], reused: 0 },
    { parameters: {}, family: 'own', learned: false, notebook: '' },
  );
}
