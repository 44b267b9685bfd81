/**
 * Codecs by id: those of the catalog's bases, and the lossless ones.
 */
import { BasisParameterError } from '../bases/basis';
import { formatParameter } from '../catalog/format-numbers';
import { findBasis, parseBasisId, type NamedBasis } from '../catalog/ids';
import type { Codec } from '../coding/codec';
import { ADC_RANGE, isNeuralinkRange, type SampleRange } from '../coding/sample-range';
import { LosslessCodec, losslessPreset } from './lossless/lossless-codec';
import { QUANTIZERS, TransformCodec, type QuantizerName } from './transform-codec';

/** The quantizers that an id can name, after a plus. */
const NAMED_QUANTIZERS = QUANTIZERS.filter((name) => name !== 'dead-zone');

/**
 * Whether the basis chooses its own integers, so that no other quantizer may be put over it. The only place that asks.
 */
function quantizesItself({ entry, values }: NamedBasis): boolean {
  return entry.create(...values).quantizesItself === true;
}

/** A basis of the catalog, and what quantizes its coefficients. */
export interface NamedCodec extends NamedBasis {
  readonly quantizer: QuantizerName;
}

/** Basis and quantizer of an id; undefined if there is no such codec. */
export function parseCodecId(id: string): NamedCodec | undefined {
  const [basis, quantizer, ...more] = id.split('+');
  const named = parseBasisId(basis!);
  if (!named || more.length > 0) return undefined;
  if (quantizer === undefined) return { ...named, quantizer: 'dead-zone' };
  const found = NAMED_QUANTIZERS.find((name) => name === quantizer);
  return found && !quantizesItself(named) ? { ...named, quantizer: found } : undefined;
}

/**
 * Basis and quantizer of an id.
 *
 * @param id - id of a basis, followed by a plus and a quantizer unless it is the common one: `"dct-256"`,
 * `"dct-256+trellis"`
 * @throws BasisParameterError that lists the families, values and quantizers that exist
 */
export function findCodec(id: string): NamedCodec {
  const found = parseCodecId(id);
  if (found) return found;
  const [basis, ...quantizers] = id.split('+');
  if (quantizesItself(findBasis(basis!))) {
    throw new BasisParameterError(
      `There is no codec "${id}": ${basis} quantizes itself. Leave out "+${quantizers.join('+')}".`,
    );
  }
  throw new BasisParameterError(
    `There is no quantizer "${quantizers.join('+')}" in "${id}": write ` +
      `${NAMED_QUANTIZERS.map((name) => `${basis}+${name}`).join(' or ')}, or ${basis} for a dead zone.`,
  );
}

/**
 * Builds a codec from its id.
 *
 * @param id - see {@link findCodec}, or `"lossless-fast"` or `"lossless-best"`
 * @param range - codes of the digitizer; default: Neuralink's
 * @throws BasisParameterError when there is no such codec
 */
export function codecFromId(id: string, range: SampleRange = ADC_RANGE): Codec {
  const preset = losslessPreset(id);
  if (preset === undefined) return transformCodecFromId(id, range);
  return isNeuralinkRange(range) ? new LosslessCodec(preset) : transformCodecFromId('identity', range);
}

/**
 * Builds the codec of a basis from its id.
 *
 * @param id - see {@link findCodec}
 * @param range - codes of the digitizer; default: Neuralink's
 * @throws BasisParameterError when there is no such codec
 */
export function transformCodecFromId(id: string, range: SampleRange = ADC_RANGE): TransformCodec {
  const named = findCodec(id);
  const numbers = { family: named.entry.formatFamily, parameter: formatParameter(named) };
  return new TransformCodec(named.entry.create(...named.values), numbers, named.quantizer, range);
}
