/**
 * Orthogonal matching pursuit among long and short cosines as a basis, for a trial on a few recordings: too slow for a
 * corpus.
 */
import type { Basis, CoefficientLayout, Coefficients } from '../../bases/basis';
import { CosineBasis } from '../../bases/blocks/cosine';
import { appendAtoms } from '../../bases/parts/pursuit';
import { APPROXIMATED_BLOCK, functionsOf, orthogonalPursuit, SHORT_BLOCK } from './sparse-approximation';

/**
 * Approximates each block by functions of both sets, which a pursuit chooses until the squared error is small
 * enough; all other coefficients are zero.
 */
export class OrthogonalPursuitBasis implements Basis {
  readonly id = 'orthogonal-pursuit';
  readonly delay = APPROXIMATED_BLOCK - 1;
  readonly multiplyAddsPerSample = 2 * APPROXIMATED_BLOCK;
  readonly orthonormal = false;
  private readonly long = new CosineBasis(APPROXIMATED_BLOCK);
  private readonly short = new CosineBasis(SHORT_BLOCK);

  /**
   * @param tolerance - squared error of a block at which the pursuit ends, for a step, in squared ADC codes
   */
  constructor(private readonly tolerance: (step: number) => number) {}

  layout(length: number): CoefficientLayout {
    const padded = Math.ceil(length / APPROXIMATED_BLOCK) * APPROXIMATED_BLOCK;
    return { ...appendAtoms(this.long.layout(padded), this.short.layout(padded)), signalLength: length };
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    const layout = this.layout(signal.length);
    const blocks = layout.subbands[0]!.length;
    const samples = new Float64Array(blocks * APPROXIMATED_BLOCK);
    samples.set(signal);
    const functions = [...functionsOf(APPROXIMATED_BLOCK), ...functionsOf(SHORT_BLOCK)];
    const pursuit = orthogonalPursuit(functions);
    const codes = pursuit.code(samples, { nonzeros: APPROXIMATED_BLOCK, tolerance: this.tolerance(step) });
    pursuit.release();
    const values = new Float64Array(layout.coefficientCount);
    const perBlock = APPROXIMATED_BLOCK / SHORT_BLOCK;
    codes.counts.forEach((count, block) => {
      for (let j = block * codes.limit; j < block * codes.limit + count; j++) {
        const index = codes.indices[j]!;
        const short = index - APPROXIMATED_BLOCK;
        const at =
          short < 0
            ? layout.subbands[index]!.offset + block
            : layout.subbands[APPROXIMATED_BLOCK + 1 + (short % SHORT_BLOCK)]!.offset +
              block * perBlock +
              Math.floor(short / SHORT_BLOCK);
        values[at] = codes.coefficients[j]!;
      }
    });
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const padded = Math.ceil(layout.signalLength / APPROXIMATED_BLOCK) * APPROXIMATED_BLOCK;
    const [long, short] = [this.long.layout(padded), this.short.layout(padded)];
    const sum = this.long.synthesize({ values: values.subarray(0, padded), layout: long });
    const other = this.short.synthesize({ values: values.subarray(padded), layout: short });
    for (let n = 0; n < padded; n++) sum[n] = sum[n]! + other[n]!;
    return sum.subarray(0, layout.signalLength);
  }
}

/**
 * Squared error of a block at which a pursuit ends, as a function of the step.
 *
 * @param share - allowed squared error of a sample, as a share of the squared step
 */
export function errorPerBlock(share: number): (step: number) => number {
  return (step) => share * step * step * APPROXIMATED_BLOCK;
}
