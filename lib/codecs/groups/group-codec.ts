/**
 * Groups of channels to bytes and back: the joint codec of orthonormal spatial bases, the closed loop of predictive ones,
 * and the lossless coder over integers. `docs/format.md`, §14.
 */
import { isAdaptive, losslessStepOf } from '../../bases/basis';
import { basisFromFormat } from '../../catalog/format-numbers';
import { codedStep, readBitstream, WAV_KIND, writeBitstream, type Header } from '../../coding/bitstream';
import { BitstreamError, BitstreamRangeError } from '../../coding/bitstream-errors';
import { LOSSLESS } from '../../coding/codec';
import { filledPayload } from '../../coding/payload';
import { ADC_RANGE, type SampleRange } from '../../coding/sample-range';
import { lengthOfGroup, ChannelGroupError, type Places } from '../../space/spatial-basis';
import { SPATIAL_FAMILIES } from '../../space/catalog';
import { basisOf, formatNumbersOf } from '../codec-from-id';
import { LossyStepError } from '../lossless/lossless-codec';
import { decodeSignal, encodeSignal, rangeOfHeader, requireCodes, versionFor } from '../transform-codec';
import { decodeClosedLoop, encodeClosedLoop } from './closed-loop';
import { GroupBasis, isJointly, MOST_CHANNELS } from './group-basis';
import { oneAfterAnother } from './group-payload';
import { findGroupCodec, keepsIntegers, type NamedGroupCodec } from './group-id';
import { decodeIntegers, encodeIntegers, SEEN } from './integer-group';
import { CHANNEL_PRESET_NAMES } from '../lossless/channel-model';

/** Numbers of the codecs of groups in the header field that holds the family of a basis. */
export const GROUP_FAMILIES = { joint: 210, closedLoop: 211, integers: 212 } as const;

/** Parts of the parameter, from the lowest: spatial family; bands; family and parameter of the basis in time. */
const SPATIAL_NUMBERS = 64;
const FORMAT_FAMILIES = 256;
/** In its place with the lossless coder: what it sees, and the preset. */
const SEEN_NUMBERS = 4;

/** What a group is besides its samples. */
export interface GroupOptions {
  /** `"mdct-256-sine+trellis@klt-bands"`, `"lossless-best@several"`; see {@link findGroupCodec}. */
  readonly codecId: string;
  /** Step of the quantizer in codes, or {@link LOSSLESS}. */
  readonly step: number;
  /** Where the electrodes sit; none unless given. */
  readonly places?: Places;
  /** Codes that all channels can have; Neuralink's unless given. */
  readonly range?: SampleRange;
}

/**
 * Compresses the channels of a group into one file.
 *
 * @param channels - codes of each, equally many
 * @throws BasisParameterError when there is no such codec
 * @throws ChannelGroupError when the channels are not equally long, or too many
 */
export function encodeGroup(channels: readonly Uint16Array[], options: GroupOptions): Uint8Array {
  const { codecId, step, places = [], range = ADC_RANGE } = options;
  const named = findGroupCodec(codecId);
  const length = lengthOfGroup(channels);
  if (channels.length > MOST_CHANNELS) {
    throw new ChannelGroupError(
      `A group may have ${MOST_CHANNELS} channels at most, not ${channels.length}.`,
    );
  }
  for (const channel of channels) requireCodes(channel, range);
  const { time, family } = named;
  if ('preset' in time) {
    if (step !== LOSSLESS) throw new LossyStepError(`${codecId} is lossless: its step is 0, not ${step}.`);
    const payload = encodeIntegers(channels, { family, ...time }, places);
    return sealed(GROUP_FAMILIES.integers, named, plainHeader(channels.length * length, range), payload);
  }
  const basis = basisOf(time);
  const lossless = step === LOSSLESS;
  const coded = codedStep(lossless ? losslessStepOf(basis) : step, versionFor(range));
  if (family.kind === 'predictive') {
    const header = { ...plainHeader(channels.length * length, range), lossless, step: coded };
    const { payload, states } = encodeClosedLoop(
      channels,
      { family, basis, quantizer: time.quantizer },
      coded,
      {
        lossless,
        places,
        largest: range.largest,
      },
    );
    return sealed(GROUP_FAMILIES.closedLoop, named, { ...header, states }, payload);
  }
  if (isAdaptive(basis) || !isJointly(basis)) {
    throw new ChannelGroupError(
      `${basis.id} chooses or quantizes by itself, so it cannot be joined with ${family.id}: take a fixed orthonormal ` +
        'basis, or a predictive spatial basis, which is coded in a closed loop.',
    );
  }
  const joint = new GroupBasis(basis, family, named.banded, channels.length, places);
  const jointStep = lossless ? codedStep(losslessStepOf(joint), versionFor(range)) : coded;
  const { header, payload } = encodeSignal(
    joint,
    oneAfterAnother(channels),
    jointStep,
    lossless,
    range,
    time.quantizer,
  );
  return sealed(GROUP_FAMILIES.joint, named, header, payload);
}

type PlainHeader = Omit<Header, 'wavKind' | 'family' | 'parameter'>;

/** The header of a lossless file. */
function plainHeader(samples: number, range: SampleRange): PlainHeader {
  const version = versionFor(range);
  const { largest, description } = range;
  return {
    version,
    lossless: true,
    samples,
    mean: 0,
    step: 1,
    offsets: { one: 0, more: 0 },
    states: 1,
    deviation: 0,
    ...(version === 3 ? { largest, ...(description ? { description } : {}) } : {}),
  };
}

function sealed(
  family: number,
  named: NamedGroupCodec,
  header: PlainHeader,
  payload: Uint8Array,
): Uint8Array {
  const whole = { ...header, family, parameter: parameterOf(named), wavKind: WAV_KIND.canonical };
  return writeBitstream(whole, filledPayload(payload, header.samples));
}

function parameterOf({ family, banded, time, id }: NamedGroupCodec): number {
  const spatial = SPATIAL_FAMILIES.indexOf(family);
  if ('preset' in time) {
    return (
      spatial +
      SPATIAL_NUMBERS * (SEEN.indexOf(time.seen) + SEEN_NUMBERS * CHANNEL_PRESET_NAMES.indexOf(time.preset))
    );
  }
  const numbers = formatNumbersOf(time);
  const rest = (banded ? 1 : 0) + 2 * (numbers.family + FORMAT_FAMILIES * numbers.parameter);
  const parameter = spatial + SPATIAL_NUMBERS * rest;
  if (parameter < 2 ** 35) return parameter;
  throw new BitstreamRangeError(`The parameters of ${id} do not fit in the header of a group.`);
}

/**
 * The channels that {@link encodeGroup} was given, or nearly.
 *
 * @throws BitstreamError when the bytes are damaged, truncated or hold no group
 */
export function decodeGroup(bytes: Uint8Array): Uint16Array[] {
  const { header, start, end } = readBitstream(bytes);
  const { family: format, parameter } = header;
  const spatial = SPATIAL_FAMILIES[parameter % SPATIAL_NUMBERS];
  const rest = Math.floor(parameter / SPATIAL_NUMBERS);
  const known = Object.values(GROUP_FAMILIES).some((family) => family === format);
  if (!known || spatial === undefined || header.wavKind !== WAV_KIND.canonical) {
    throw new BitstreamError(
      `This .nbz file holds no group of channels that this decoder knows (${format}/${parameter}): use npm run decode.`,
    );
  }
  if (format === GROUP_FAMILIES.integers) {
    const preset = CHANNEL_PRESET_NAMES[Math.floor(rest / SEEN_NUMBERS)];
    const seen = SEEN[rest % SEEN_NUMBERS];
    if (preset === undefined || seen === undefined || !keepsIntegers(spatial)) throw unknownBasis(header);
    return decodeIntegers({ family: spatial, preset, seen }, header, bytes, start, end);
  }
  const numbers = Math.floor(rest / 2);
  const basis = basisFromFormat(numbers % FORMAT_FAMILIES, Math.floor(numbers / FORMAT_FAMILIES));
  if (!basis) throw unknownBasis(header);
  const range = rangeOfHeader(header);
  if (format === GROUP_FAMILIES.closedLoop) {
    if (spatial.kind !== 'predictive' || rest % 2 === 1) throw unknownBasis(header);
    return decodeClosedLoop({ family: spatial, basis }, header, bytes, start, end, range);
  }
  if (spatial.kind !== 'orthonormal' || isAdaptive(basis) || !isJointly(basis)) throw unknownBasis(header);
  const joint = new GroupBasis(basis, spatial, rest % 2 === 1);
  const samples = decodeSignal(joint, header, bytes, start, end, range);
  const channels = joint.decodedChannels;
  const length = channels > 0 ? samples.length / channels : 0;
  return Array.from(
    { length: channels },
    (_, c) => new Uint16Array(samples.subarray(c * length, (c + 1) * length)),
  );
}

function unknownBasis({ family, parameter }: Header): BitstreamError {
  return new BitstreamError(
    `This .nbz file needs the codec of groups ${family}/${parameter} of the format, which this decoder does not have.`,
  );
}
