/**
 * Codecs by id: those of the catalog's bases, and the lossless ones.
 */
import { BasisParameterError, type AnyBasis } from '../bases/basis';
import {
  formatParameter,
  WEIGHTED_FAMILY,
  weightedParameter,
  weightedParts,
} from '../catalog/format-numbers';
import { findBasis, parseBasisId, type NamedBasis } from '../catalog/ids';
import {
  canBeWeighted,
  parseWeight,
  WEIGHT_NUMBERS,
  WEIGHTS_KNOWN,
  weightAt,
  weightOfFile,
  withWeight,
  type NamedWeight,
  type WeightNumber,
} from '../catalog/weights';
import type { Codec } from '../coding/codec';
import { EVENT_CODECS, eventCodec } from './events/event-codecs';
import { EVENT_FAMILIES } from './events/event-file';
import { ownParameter, rateOfParameter } from './events/event-scale';
import { LAYER_BLOCK_LENGTHS, LayeredCodec, layeredCodec } from './events/layered-codec';
import { FILL, FILLED_FAMILY, FilledCodec } from './filled-codec';
import { ADC_RANGE, type SampleRange } from '../coding/sample-range';
import { SAMPLE_RATE } from '../recordings/adc';
import { LosslessCodec, losslessPreset } from './lossless/lossless-codec';
import type { PayloadCodec } from './payload-codec';
import { windowCodecFromId } from './window-codec';
import { QUANTIZERS, TransformCodec, type FormatNumbers, type QuantizerName } from './transform-codec';

/** The quantizers that an id can name, after a plus. */
const NAMED_QUANTIZERS = QUANTIZERS.filter((name) => name !== 'dead-zone');

/**
 * Whether the basis chooses its own integers, so that no other quantizer may be put over it. The only place that asks.
 */
function quantizesItself({ entry, values }: NamedBasis): boolean {
  return entry.create(...values).quantizesItself === true;
}

/** A basis of the catalog, what quantizes its coefficients, and what counts as an error. */
export interface NamedCodec extends NamedBasis {
  readonly quantizer: QuantizerName;
  /** The weight of frequencies; without it all count alike. */
  readonly weight?: NamedWeight;
  /** Whether the file says the power of the noise that zeros stand for. */
  readonly fill?: true;
}

/** Basis and quantizer of an id; undefined if there is no such codec. */
export function parseCodecId(id: string): NamedCodec | undefined {
  const [basis, ...parts] = id.split('+');
  const named = parseBasisId(basis!);
  if (!named) return undefined;
  const weight = parseWeight(parts[0] ?? '');
  if (weight) parts.shift();
  const quantizer = NAMED_QUANTIZERS.find((name) => name === parts[0]);
  if (quantizer) parts.shift();
  const fill = parts[0] === FILL;
  if (fill) parts.shift();
  if (parts.length > 0 || (quantizer && quantizesItself(named))) return undefined;
  if ((weight || fill) && !hasBands(named)) return undefined;
  return {
    ...named,
    quantizer: quantizer ?? 'dead-zone',
    ...(weight && { weight }),
    ...(fill && { fill }),
  };
}

/** Whether the subbands of a basis have frequency bands. */
function hasBands({ entry, values }: NamedBasis): boolean {
  return canBeWeighted(entry, entry.create(...values));
}

/**
 * Basis and quantizer of an id.
 *
 * @param id - id of a basis, followed by a plus and a weight unless all frequencies count alike, by a plus and a
 * quantizer unless it is the common one, and by `+fill` if zeros stand for noise: `"dct-256"`, `"dct-256+trellis"`,
 * `"mdct-256-sine+weight-spikes+trellis+fill"`
 * @throws BasisParameterError that lists the families, values, weights and quantizers that exist
 */
export function findCodec(id: string): NamedCodec {
  const found = parseCodecId(id);
  if (found) return found;
  const [basis, ...parts] = id.split('+');
  if (EVENT_CODEC_IDS.some((known) => known.split('-')[0] === basis!.split('-')[0])) {
    throw new BasisParameterError(
      `There is no codec "${id}". Codecs of events are ${EVENT_CODEC_IDS.join(', ')}; nothing is added to them.`,
    );
  }
  const named = findBasis(basis!);
  const quantizers = parts.filter((part) => !part.startsWith('weight') && part !== FILL);
  if (quantizers.length > 0 && quantizesItself(named)) {
    throw new BasisParameterError(
      `There is no codec "${id}": ${basis} quantizes itself. Leave out "+${quantizers.join('+')}".`,
    );
  }
  const wrong = parts.find((part) => part.startsWith('weight') && !parseWeight(part));
  if (wrong !== undefined) {
    throw new BasisParameterError(`There is no weight "${wrong}" in "${id}": write ${WEIGHTS_KNOWN}.`);
  }
  if (quantizers.length < parts.length && !hasBands(named)) {
    throw new BasisParameterError(
      `There is no codec "${id}": the subbands of ${basis} have no frequency bands, which weights and noise need. ` +
        'Block and lapped cosines, wavelets and packets have.',
    );
  }
  const known = quantizers.every((name) => NAMED_QUANTIZERS.some((one) => one === name));
  if (known && quantizers.length < parts.length) {
    throw new BasisParameterError(
      `There is no codec "${id}": after the basis come a weight, a quantizer and ${FILL}, each once and in this order.`,
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
 * @param id - see {@link findCodec}, or `"lossless-fast"` or `"lossless-best"`, or the id of a basis followed by
 * `+trellis-window1` (see {@link windowCodecFromId}), or `"spike-times"`, `"spike-shapes"`, `"band-power"` or
 * `"layers-512"`, which keep events
 * @param range - codes of the digitizer; default: Neuralink's
 * @throws BasisParameterError when there is no such codec
 */
export function codecFromId(id: string, range: SampleRange = ADC_RANGE): Codec {
  const preset = losslessPreset(id);
  if (preset !== undefined) return new LosslessCodec(preset, range);
  return payloadCodec(id, range) ?? windowCodecFromId(id, range) ?? transformCodec(findCodec(id), range);
}

/**
 * Builds the codec of a basis from its id.
 *
 * @param id - see {@link findCodec}
 * @param range - codes of the digitizer; default: Neuralink's
 * @throws BasisParameterError when there is no such codec, or when its zeros stand for noise
 */
export function transformCodecFromId(id: string, range: SampleRange = ADC_RANGE): TransformCodec {
  const named = findCodec(id);
  if (!named.fill) return transformCodec(named, range);
  throw new BasisParameterError(`${id} is more than a transform codec: leave out "+${FILL}" here.`);
}

/** A codec whose weight is that of the sample rate of a range. */
export function atRate(named: NamedCodec, { sampleRate }: SampleRange): NamedCodec {
  const { weight } = named;
  return weight ? { ...named, weight: weightAt(weight, sampleRate ?? SAMPLE_RATE) } : named;
}

/** The basis of a codec with its weight, at the sample rate of Neuralink's recordings unless the weight has another. */
export function basisOf({ entry, values, weight }: NamedCodec): AnyBasis {
  const basis = entry.create(...values);
  return weight ? withWeight(entry, basis, weight) : basis;
}

/** How the header names the basis of a codec and its weight. */
export function formatNumbersOf(named: NamedCodec): FormatNumbers {
  if (named.fill) {
    return { family: FILLED_FAMILY, parameter: weightedParameter(named, named.weight?.number ?? 0) };
  }
  return named.weight
    ? { family: WEIGHTED_FAMILY, parameter: weightedParameter(named, named.weight.number) }
    : { family: named.entry.formatFamily, parameter: formatParameter(named) };
}

function transformCodec(given: NamedCodec, range: SampleRange): TransformCodec {
  const named = atRate(given, range);
  return new TransformCodec(basisOf(named), formatNumbersOf(named), named.quantizer, range);
}

/**
 * The codec of an id whose payload is not that of a transform alone; undefined for the id of another codec, and of none.
 *
 * @param range - codes of the digitizer; default: Neuralink's
 * @throws BasisParameterError when the rate leaves nothing of the spike band for a codec of events
 */
export function payloadCodec(id: string, range: SampleRange = ADC_RANGE): PayloadCodec | undefined {
  const named = parseCodecId(id);
  if (named?.fill) return filledCodec(atRate(named, range), range);
  return codecWithoutBasis(id, range);
}

/** Ids of the codecs that keep events. */
export const EVENT_CODEC_IDS: readonly string[] = [
  ...EVENT_CODECS.map(({ id }) => id),
  ...LAYER_BLOCK_LENGTHS.map((blockLength) => new LayeredCodec(blockLength).id),
];

/**
 * The codec of an id that keeps events and has no basis of the catalog; undefined for the id of another codec.
 *
 * @param range - codes and rate of the recordings; default: Neuralink's
 * @throws BasisParameterError when the rate leaves nothing of the spike band
 */
export function codecWithoutBasis(id: string, range?: SampleRange): PayloadCodec | undefined {
  return eventCodec(id, range) ?? layeredCodec(id, range);
}

/** Builds the codec of a name with {@link NamedCodec.fill}. */
function filledCodec(named: NamedCodec, range: SampleRange): FilledCodec {
  const { entry, values, weight, quantizer } = named;
  const dressed = (plain: AnyBasis): AnyBasis => (weight ? withWeight(entry, plain, weight) : plain);
  return new FilledCodec(entry.create(...values), dressed, formatNumbersOf(named), quantizer, range);
}

/**
 * The codec that a header of {@link FILLED_FAMILY} names; undefined if there is no such codec. Its quantizer and the
 * levels of octaves are those of the file.
 */
function filledFromFormat(parameter: number): FilledCodec | undefined {
  const { weight, entry, basis } = weightedParts(parameter);
  if (!entry || !basis || !canBeWeighted(entry, basis) || weight > WEIGHT_NUMBERS.spikeBand) return undefined;
  const number = weight as WeightNumber;
  const dressed = (plain: AnyBasis): AnyBasis =>
    number === WEIGHT_NUMBERS.none ? plain : withWeight(entry, plain, weightOfFile(number));
  return new FilledCodec(basis, dressed, { family: FILLED_FAMILY, parameter }, 'dead-zone');
}

/**
 * The codec that the numbers of a header name, if its payload is not that of a transform alone; undefined otherwise.
 *
 * @throws BitstreamError when a codec of events is said to have a rate that none has
 */
export function payloadCodecFromFormat({ family, parameter }: FormatNumbers): PayloadCodec | undefined {
  if (family === FILLED_FAMILY) return filledFromFormat(parameter);
  if (family === EVENT_FAMILIES.layers) {
    const blockLength = LAYER_BLOCK_LENGTHS[ownParameter(parameter)];
    const range = { ...ADC_RANGE, sampleRate: rateOfParameter(parameter) };
    return blockLength === undefined ? undefined : new LayeredCodec(blockLength, range);
  }
  return EVENT_CODECS.find((codec) => codec.family === family);
}
