/** A basis on the linear scale of the digitizer, for a trial; no file format has it. */
import { losslessStepOf, type Basis, type CoefficientLayout, type Coefficients } from '../../bases/basis';
import { LinearScale } from '../../codecs/lossless/linear-scale';
import { ADC_CODES } from '../../recordings/adc';

/**
 * The basis analyzes levels on the linear scale; each decoded level becomes the code whose edges enclose it.
 */
export class LinearizedBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly losslessStep: number;
  private readonly scale: LinearScale;

  /**
   * @param basis - basis of signals on the linear scale
   * @param widths - widths of the codes, in 1/4096
   * @param mean - mean that the codec takes out of the recording
   */
  constructor(
    private readonly basis: Basis,
    widths: readonly number[],
    private readonly mean: number,
  ) {
    this.id = `${basis.id}, linear scale`;
    this.delay = basis.delay;
    this.multiplyAddsPerSample = basis.multiplyAddsPerSample;
    this.losslessStep = losslessStepOf(basis);
    this.scale = new LinearScale(widths);
  }

  layout(length: number): CoefficientLayout {
    return this.basis.layout(length);
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    const { levels } = this.scale;
    const origin = levels[this.mean]!;
    return this.basis.analyze(
      signal.map((value) => levels[value + this.mean]! - origin),
      step,
    );
  }

  synthesize(coefficients: Coefficients, step: number): Float64Array {
    const { levels, edges } = this.scale;
    const origin = levels[this.mean]!;
    return this.basis
      .synthesize(coefficients, step)
      .map((value) => codeAt(edges, value + origin) - this.mean);
  }
}

/** The code whose edges enclose a level on the linear scale. */
function codeAt(edges: Float64Array, place: number): number {
  let code = 0;
  let beyond = ADC_CODES;
  while (beyond - code > 1) {
    const middle = (code + beyond) >> 1;
    if (edges[middle]! <= place) code = middle;
    else beyond = middle;
  }
  return code;
}
