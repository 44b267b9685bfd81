/**
 * Codecs whose trellis search looks a few hops ahead and no further: rates, λ and expectations come from the past. They
 * write the format of the codec that searches the whole recording, whose decoder reads their files.
 *
 * `mdct-256-sine+trellis-window1` looks one hop ahead. Mean, offsets and number of active subbands are still those of the
 * recording; a live encoder would fix them beforehand.
 */
import { BasisParameterError, isAdaptive, losslessStepOf, type Basis } from '../bases/basis';
import { LearnedContextBasis } from '../bases/parts/learned-context-basis';
import { WindowContextBasis } from '../bases/parts/window-context-basis';
import { formatParameter } from '../catalog/format-numbers';
import { parseBasisId, type NamedBasis } from '../catalog/ids';
import { WAV_KIND, codedStep, writeBitstream, type Header } from '../coding/bitstream';
import { filledPayload } from '../coding/payload';
import { LOSSLESS, type Codec, type Encoding } from '../coding/codec';
import { activeSubbands, codingOrder } from '../coding/entropy/coding-order';
import { encodeCoefficients, type QuantizedCoefficients } from '../coding/entropy/entropy-coder';
import { energyOfZeros } from '../coding/quantizers/quantizer';
import { TRELLIS, trellisOffsets } from '../coding/quantizers/trellis';
import { quantizeInWindows } from '../coding/quantizers/window-search';
import { IdentityBasis } from '../bases/blocks/identity';
import { countNonzero } from '../metrics/sparsity';
import { signalOf } from '../recordings/signal';
import { codedDeviation, MAX_WIDTHS_STEP, showsWidths } from './code-estimate';
import { ADC_RANGE, isNeuralinkRange, type SampleRange } from '../coding/sample-range';
import { requireCodes, TransformCodec, versionFor, type FormatNumbers } from './transform-codec';

/** This module, as fingerprints of code name it. */
export const WINDOW_MODULE = 'lib/codecs/window-codec.ts';

/** Hops that a search can look ahead. */
export const WINDOW_LOOK_AHEADS = [0, 1, 4] as const;

/** What follows the id of a basis. */
const SUFFIX = /^(.+)\+trellis-window(\d+)$/;

const RESIDUAL_BASIS = new IdentityBasis();

/** A codec of a fixed basis. */
export class WindowCodec implements Codec {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  private readonly whole: TransformCodec;

  /**
   * @param numbers - how the header names the basis
   * @param lookAhead - hops, one of {@link WINDOW_LOOK_AHEADS}
   * @param range - codes of the digitizer; those of another than Neuralink's are said in each file
   */
  constructor(
    private readonly basis: Basis,
    private readonly numbers: FormatNumbers,
    private readonly lookAhead: number,
    private readonly range: SampleRange = ADC_RANGE,
  ) {
    this.id = `${basis.id}+trellis-window${lookAhead}`;
    this.delay = basis.delay + lookAhead * basis.layout(1).hop;
    this.multiplyAddsPerSample = basis.multiplyAddsPerSample;
    this.whole = new TransformCodec(basis, numbers, 'trellis', range);
  }

  encode(codes: Uint16Array, step: number): Encoding {
    requireCodes(codes, this.range);
    const version = versionFor(this.range);
    if (step !== LOSSLESS) return this.file(codes, codedStep(step, version), undefined);
    const coded = codedStep(losslessStepOf(this.basis), version);
    // The lossless file holds what the lossy one of this step, rounded without widths, leaves.
    const lossy = this.file(codes, coded, { values: new Int32Array(0), layout: RESIDUAL_BASIS.layout(0) });
    const decoded = this.whole.decode(lossy.bytes);
    const values = Int32Array.from(codes, (code, i) => code - decoded[i]!);
    return this.file(codes, coded, { values, layout: RESIDUAL_BASIS.layout(codes.length) });
  }

  decode(bytes: Uint8Array): Uint16Array {
    return this.whole.decode(bytes);
  }

  /** @param residual - of a lossless file; an empty one for the lossy file that it completes */
  private file(codes: Uint16Array, step: number, residual: QuantizedCoefficients | undefined): Encoding {
    const { signal, mean } = signalOf(codes);
    const { values, layout } = this.basis.analyze(signal, step);
    const quantized = quantizeInWindows(values, layout, step, TRELLIS, this.lookAhead);
    const order = codingOrder(layout, activeSubbands(layout, quantized)).positions;
    const { offsets, squaredError } = trellisOffsets(values, quantized, order, step, TRELLIS);
    const sets: QuantizedCoefficients[] = [{ values: quantized, layout, machine: TRELLIS }];
    const lossless = residual !== undefined && residual.values.length > 0;
    if (lossless) sets.push(residual);
    const neuralink = isNeuralinkRange(this.range);
    const roundsByWidths =
      neuralink && residual === undefined && step <= MAX_WIDTHS_STEP && showsWidths(codes);
    const { largest, description } = this.range;
    const error = (squaredError + energyOfZeros(values, quantized)) / codes.length;
    const header: Header = {
      version: versionFor(this.range),
      ...(neuralink ? {} : { largest, ...(description ? { description } : {}) }),
      ...this.numbers,
      wavKind: WAV_KIND.canonical,
      lossless,
      samples: codes.length,
      mean,
      step,
      offsets,
      states: TRELLIS.states,
      deviation: roundsByWidths ? codedDeviation(error) : 0,
    };
    const payload = filledPayload(encodeCoefficients(sets), codes.length);
    const nonzero = sets.reduce((sum, set) => sum + countNonzero(set.values), 0);
    return { bytes: writeBitstream(header, payload), nonzero };
  }
}

/**
 * The codec of an id that ends in `+trellis-window` and a number of hops.
 *
 * @param range - codes of the digitizer; default: Neuralink's
 * @returns undefined for other ids
 * @throws BasisParameterError when the basis is chosen for each recording or quantizes itself in another way
 */
export function windowCodecFromId(id: string, range: SampleRange = ADC_RANGE): Codec | undefined {
  const found = parseWindowId(id);
  if (!found) return undefined;
  const { named, lookAhead } = found;
  const basis = named.entry.create(...named.values);
  const numbers = { family: named.entry.formatFamily, parameter: formatParameter(named) };
  if (basis instanceof LearnedContextBasis) {
    return new TransformCodec(new WindowContextBasis(id, basis, lookAhead), numbers, 'dead-zone', range);
  }
  if (isAdaptive(basis) || basis.quantizesItself === true) {
    throw new BasisParameterError(
      `There is no codec "${id}": ${basis.id} chooses over the whole recording. Take a fixed transform, as in ` +
        '"mdct-256-sine+trellis-window1", or a learned context basis, as in "network-256+trellis-window1".',
    );
  }
  return new WindowCodec(basis, numbers, lookAhead, range);
}

/** Basis and hops of an id; undefined if it does not name a search in windows. */
export function parseWindowId(
  id: string,
): { readonly named: NamedBasis; readonly lookAhead: number } | undefined {
  const match = SUFFIX.exec(id);
  const named = match ? parseBasisId(match[1]!) : undefined;
  const lookAhead = WINDOW_LOOK_AHEADS.find((hops) => String(hops) === match?.[2]);
  return named && lookAhead !== undefined ? { named, lookAhead } : undefined;
}
