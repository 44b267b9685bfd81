/**
 * A recording at several steps of one codec, coded once for all that show it: the closing analysis and the gallery's
 * excerpts take the same steps.
 */
import { preparedRecording, type Codec } from '../coding/codec';
import type { Recording } from '../recordings/corpus';

/** A recording at one step. */
export interface CodedAtStep {
  readonly step: number;
  /** WAV file over compressed file. */
  readonly compressionRatio: number;
  readonly decoded: Uint16Array;
}

/** By codec, then by recording and step. */
const known = new WeakMap<Codec, Map<string, CodedAtStep>>();

/**
 * Codes and decodes a recording as a whole.
 *
 * @param codes - of the recording
 * @returns in the order of the steps; kept as long as the codec is, so not to be written to
 */
export function codedAtSteps(
  codec: Codec,
  { name, sha256, wavBytes }: Pick<Recording, 'name' | 'sha256' | 'wavBytes'>,
  codes: Uint16Array,
  steps: readonly number[],
): CodedAtStep[] {
  const coded = known.get(codec) ?? new Map<string, CodedAtStep>();
  known.set(codec, coded);
  let prepared: ReturnType<typeof preparedRecording> | undefined;
  return steps.map((step) => {
    const key = `${name} ${sha256} ${step}`;
    let one = coded.get(key);
    if (!one) {
      prepared ??= preparedRecording(codec, codes);
      const { bytes } = prepared.encode(step);
      one = { step, compressionRatio: wavBytes / bytes.length, decoded: codec.decode(bytes) };
      coded.set(key, one);
    }
    return one;
  });
}
