/**
 * A recording and its Gaussian surrogate, coded by the same codec and taken apart.
 */
import type { TransformCodec } from '../../codecs/transform-codec';
import { readCodes, type Recording } from '../../recordings/corpus';
import { codedFile, type CodedParts } from './coded-parts';
import { bandVariances, gaussianSurrogate, seedOf, type Surrogate } from './gaussian-surrogate';
import { IdealCoder } from './ideal-coder';
import { lappedVariances } from './lapped-variances';

/** A recording and its surrogate. */
export interface CodedPair {
  readonly samples: number;
  /** Spectrum of both: {@link bandVariances}, to six digits. */
  readonly variances: readonly number[];
  /** Share of the surrogate's samples that the range of the ADC cut off. */
  readonly clipped: number;
  /** At each of the steps. */
  readonly steps: readonly { readonly recording: CodedParts; readonly surrogate: CodedParts }[];
}

/** Ideal coders of the surrogates of some recordings, one for each step. */
export function learnedCoders(
  codec: TransformCodec,
  recordings: readonly Recording[],
  steps: readonly number[],
): IdealCoder[] {
  const coders = steps.map(() => new IdealCoder());
  for (const recording of recordings) {
    const { variances, surrogate } = surrogateOf(recording);
    const prepared = codec.prepare(surrogate.codes);
    steps.forEach((step, i) => {
      const { coefficients } = codedFile(codec, surrogate.codes, step, (at) => prepared.encode(at));
      coders[i]!.learn({ ...coefficients, variances: lappedVariances(variances) });
    });
  }
  return coders;
}

/**
 * Codes a recording and its surrogate at some steps.
 *
 * @param codec - of lapped cosines with a trellis
 * @param coders - ideal coders that have not seen the recording, one for each step
 */
export function codedPair(
  codec: TransformCodec,
  recording: Recording,
  steps: readonly number[],
  coders: readonly IdealCoder[],
): CodedPair {
  const { codes, variances, surrogate } = surrogateOf(recording);
  const known = lappedVariances(variances);
  const parts = (samples: Uint16Array): CodedParts[] => {
    const prepared = codec.prepare(samples);
    return steps.map((step, i) => {
      const { coefficients, ...file } = codedFile(codec, samples, step, (at) => prepared.encode(at));
      return { ...file, idealBits: coders[i]!.bits({ ...coefficients, variances: known }) };
    });
  };
  const [ofRecording, ofSurrogate] = [parts(codes), parts(surrogate.codes)];
  return {
    samples: codes.length,
    variances: [...variances],
    clipped: surrogate.clipped,
    steps: ofRecording.map((one, i) => ({ recording: one, surrogate: ofSurrogate[i]! })),
  };
}

function surrogateOf(recording: Recording): {
  readonly codes: Uint16Array;
  readonly variances: Float64Array;
  readonly surrogate: Surrogate;
} {
  const codes = readCodes(recording);
  const variances = bandVariances(codes).map((variance) => Number(variance.toPrecision(6)));
  let sum = 0;
  for (let i = 0; i < codes.length; i++) sum += codes[i]!;
  const mean = sum / Math.max(1, codes.length);
  const largest = recording.digitizer.codes - 1;
  const surrogate = gaussianSurrogate(variances, mean, codes.length, seedOf(recording), largest);
  return { codes, variances, surrogate };
}
