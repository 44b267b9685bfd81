/**
 * Which classes of a classified transform the blocks of a recording are given, and what it takes to name them.
 */
import { basisFromId } from '../catalog/catalog';
import { ClassifiedBasis, type ClassifiedBlocksBasis } from '../bases/blocks/classified';
import { transformCodecFromId } from '../codecs/codec-from-id';
import { withoutMean } from '../study/corpus-facts';
import type { TypicalRecording } from '../study/typical-recording';

/** The choices at one step. */
export interface ClassChoices {
  /** ADC codes. */
  readonly step: number;
  /** Share of the blocks that have the most frequent class. */
  readonly largestShare: number;
  /** 2 to the power of the entropy of the classes: as many, equally frequent, would be as uncertain. */
  readonly effectiveClasses: number;
  /** The same among blocks with a threshold crossing. */
  readonly effectiveClassesOfSpikes: number;
  /** Bits that name the class of a block, on average. */
  readonly bitsPerBlock: number;
  /** Share of the classes in the bytes of the file. */
  readonly shareOfFile: number;
}

/**
 * The choices for a recording at several steps.
 *
 * @param id - of a classified transform with models
 * @param steps - of the quantizer, ADC codes
 * @throws TypeError when it is another basis
 */
export function classChoices(
  id: string,
  { codes, metrics }: TypicalRecording,
  steps: readonly number[],
): ClassChoices[] {
  const family = basisFromId(id);
  if (!(family instanceof ClassifiedBasis)) throw new TypeError(`${id} is no classified transform.`);
  const codec = transformCodecFromId(id);
  const signal = withoutMean(codes);
  // What a recording of one constant needs: the hash of the model, and no class to speak of.
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
