/** Classes that a classified transform chooses for the blocks of a recording, and the bits that name them. */
import { basisFromId } from '../catalog/ids';
import { ClassifiedBasis, type ClassifiedBlocksBasis } from '../bases/blocks/classified';
import { transformCodecFromId } from '../codecs/codec-from-id';
import { sampleRangeOf } from '../recordings/recording';
import { signalOf } from '../recordings/signal';
import type { TypicalRecording } from '../study/typical-recording';

/** Choices at one step. */
export interface ClassChoices {
  /** ADC codes. */
  readonly step: number;
  /** Share of the blocks in the most frequent class. */
  readonly largestShare: number;
  /**
   * 2 to the power of the entropy of the classes: the number of equally frequent classes with the same
   * entropy.
   */
  readonly effectiveClasses: number;
  /** Effective number of classes among blocks with a threshold crossing. */
  readonly effectiveClassesOfSpikes: number;
  /** Mean number of bits that name the class of a block. */
  readonly bitsPerBlock: number;
  /** Share of the file's bytes that name classes. */
  readonly shareOfFile: number;
}

/**
 * The choices for a recording at several steps.
 *
 * @param id - id of a classified transform with models
 * @param steps - quantizer steps, ADC codes
 * @throws TypeError when the id is that of another basis
 */
export function classChoices(
  id: string,
  { recording, codes, metrics }: TypicalRecording,
  steps: readonly number[],
): ClassChoices[] {
  const family = basisFromId(id);
  if (!(family instanceof ClassifiedBasis)) throw new TypeError(`${id} is no classified transform.`);
  const codec = transformCodecFromId(id, sampleRangeOf(recording));
  const signal = signalOf(codes).signal;
  // Side information of a constant recording: the hash of the model, and almost no bits for classes.
  const named = family.choose(new Float64Array(0), 1).length;
  const spiking = new Set(Array.from(metrics.crossings, (at) => Math.floor(at / family.blockLength)));
  return steps.map((step) => {
    const side = family.choose(signal, step);
    const { classes } = family.chosen(side, signal.length) as ClassifiedBlocksBasis;
    const all = sharesOf(classes, family.classes);
    const ofSpikes = sharesOf(
      classes.filter((_, block) => spiking.has(block)),
      family.classes,
    );
    const bytes = side.length - named;
    return {
      step,
      largestShare: Math.max(...all),
      effectiveClasses: 2 ** entropyOf(all),
      effectiveClassesOfSpikes: 2 ** entropyOf(ofSpikes),
      bitsPerBlock: (8 * bytes) / classes.length,
      shareOfFile: bytes / codec.encode(codes, step).bytes.length,
    };
  });
}

function sharesOf(classes: Uint8Array, count: number): number[] {
  const shares = new Array<number>(count).fill(0);
  for (const label of classes) shares[label]! += 1 / classes.length;
  return shares;
}

/** Bits. */
function entropyOf(shares: readonly number[]): number {
  return shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log2(share) : sum), 0);
}
