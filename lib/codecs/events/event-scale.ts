/**
 * What events need to know of a recording beside its samples: how fast it was sampled, and how large its codes can be.
 * The header of a file says both: the rate in the parameter, the codes in the version.
 */
import { BasisParameterError } from '../../bases/basis';
import { BitstreamError } from '../../coding/bitstream-errors';
import type { Header } from '../../coding/bitstream';
import { ADC_RANGE, type SampleRange } from '../../coding/sample-range';
import { bandAt, SPIKE_BAND } from '../../metrics/spike-band';
import { MAX_ADC_CODE, SAMPLE_RATE } from '../../recordings/adc';
import { versionFor } from '../transform-codec';

/** Scales of time and of amplitude. */
export interface EventScale {
  /** Hz, an integer: the nearest to that of the recording. */
  readonly sampleRate: number;
  /** Largest code. */
  readonly largest: number;
  /** Bits of the level of a gain, and number of levels. */
  readonly gainBits: number;
  readonly gainLevels: number;
  /** Bits of the level of the noise between spikes. */
  readonly noiseBits: number;
}

/** Highest rate that a file may say, Hz: a second of the sine that shows band power is kept. */
const HIGHEST_RATE = 2 ** 20;

/** The rate is counted in this unit of the parameter; what is below it is the codec's own. */
const RATE_UNIT = 16;

function scaleOf(sampleRate: number, largest: number, wide: boolean): EventScale {
  const bits = wide
    ? { gainBits: 7, gainLevels: 72, noiseBits: 8 }
    : { gainBits: 6, gainLevels: 48, noiseBits: 7 };
  return { sampleRate, largest, ...bits };
}

function hasSpikes(sampleRate: number): boolean {
  return sampleRate <= HIGHEST_RATE && bandAt(SPIKE_BAND, sampleRate) !== undefined;
}

/**
 * The scale of recordings.
 *
 * @param range - their codes, and their rate unless it is Neuralink's
 * @throws BasisParameterError when the rate leaves nothing of the spike band
 */
export function eventScale(range: SampleRange = ADC_RANGE): EventScale {
  const sampleRate = Math.round(range.sampleRate ?? SAMPLE_RATE);
  if (!hasSpikes(sampleRate)) {
    throw new BasisParameterError(
      `At ${range.sampleRate} Hz there is no spike band of ${SPIKE_BAND.join('–')} Hz, and codecs of events keep what ` +
        'lies in it: take a basis.',
    );
  }
  return scaleOf(sampleRate, range.largest, versionFor(range) === 3);
}

/**
 * The parameter of a header.
 *
 * @param own - what else a codec has to say, 0…15
 */
export function eventParameter({ sampleRate }: Pick<EventScale, 'sampleRate'>, own = 0): number {
  return own + RATE_UNIT * (sampleRate === SAMPLE_RATE ? 0 : sampleRate);
}

/** What a codec of events says beside the rate: see {@link eventParameter}. */
export function ownParameter(parameter: number): number {
  return parameter % RATE_UNIT;
}

/**
 * The rate in a parameter, Hz.
 *
 * @throws BitstreamError when no encoder writes it
 */
export function rateOfParameter(parameter: number): number {
  const said = Math.floor(parameter / RATE_UNIT);
  if (said === 0) return SAMPLE_RATE;
  if (said !== SAMPLE_RATE && hasSpikes(said)) return said;
  throw new BitstreamError(`The header of this .nbz file of events says ${said} Hz: it is damaged.`);
}

/**
 * The scale that a header says.
 *
 * @throws BitstreamError when no encoder writes it
 */
export function scaleOfHeader({ version, parameter, largest = MAX_ADC_CODE }: Header): EventScale {
  return scaleOf(rateOfParameter(parameter), largest, version === 3);
}
