/**
 * Weights of frequencies: how much an error at a frequency counts. The step of a subband is the step of the file
 * divided by its weight.
 *
 * Decoders divide by them, so a change of the arithmetic breaks decoding; it is specified exactly (`docs/format.md`).
 */
import { cosineOfTurn, sineOfTurn } from '../../kernels/exact-trigonometry';
import { bandAt, SPIKE_BAND } from '../../metrics/spike-band';
import { SAMPLE_RATE } from '../../recordings/adc';
import { BasisParameterError, SideInformationError } from '../basis';

/** The weight of a band of frequencies. */
export interface FrequencyWeight {
  /** How ids name it: `"spikes"`, or the decibels of octaves, `"0-0-6-24"`. */
  readonly name: string;
  /**
   * The factor of errors in a band, above 0.
   *
   * @param low - lower edge as a fraction of the sample rate, a multiple of 2⁻¹⁶
   * @param high - upper edge
   */
  weightOf(low: number, high: number): number;
}

/** tan(π·300/19531) and tan(π·5000/19531): the edges of the spike band at the sample rate of the Neuralink recordings. */
const LOW_EDGE = 0.04829297151624897;
const HIGH_EDGE = 1.0384494098152677;

/** Frequencies of a band at which its weight is taken. */
const POINTS = 8;

/** Turns are counted in this part: halves of points between multiples of 2⁻¹⁶ of the sample rate. */
const TURNS = 2 ** 21;

/** tan(πf) at a fraction f of the sample rate, a multiple of 2⁻²⁰. */
function tangentAt(f: number): number {
  const turn = f * (TURNS / 2);
  return sineOfTurn(turn, TURNS) / cosineOfTurn(turn, TURNS);
}

/**
 * The spike band, as spikes are measured: the root of the mean squared response over a band. The response is that of the
 * band-pass by which spikes are measured, Butterworth's of order 2, run forward and backward: with
 * u = (t² − ab)/(t(b − a)), t = tan πf, it is 1/(1 + u⁴).
 *
 * @param a - tan πf of the lower edge of the spike band
 * @param b - of the upper edge
 */
function spikeWeight(a: number, b: number): FrequencyWeight {
  const responseAt = (f: number): number => {
    const t = tangentAt(f);
    const u = (t * t - a * b) / (t * (b - a));
    return 1 / (1 + u * u * (u * u));
  };
  return {
    name: 'spikes',
    weightOf(low, high) {
      let sum = 0;
      for (let i = 0; i < POINTS; i++) {
        const response = responseAt(low + ((high - low) * (2 * i + 1)) / (2 * POINTS));
        sum += response * response;
      }
      return Math.sqrt(sum / POINTS);
    },
  };
}

/** The spike band at the rate of the Neuralink recordings. */
export const SPIKE_WEIGHT: FrequencyWeight = spikeWeight(LOW_EDGE, HIGH_EDGE);

/** Edges of a band in parts of this of the sample rate. */
const EDGE_PARTS = 2 ** 16;
const EDGE_BYTES = 4;

/**
 * The edges of the spike band at a sample rate as a file holds them: two numbers of 16 bits, in 2⁻¹⁶ of the rate.
 *
 * @param sampleRate - Hz
 * @returns undefined at the rate of the Neuralink recordings, whose edges no file holds
 * @throws BasisParameterError when the rate leaves nothing of the band
 */
export function spikeBandBytes(sampleRate: number): Uint8Array | undefined {
  if (sampleRate === SAMPLE_RATE) return undefined;
  const band = bandAt(SPIKE_BAND, sampleRate);
  if (!band) {
    throw new BasisParameterError(
      `At ${sampleRate} Hz there is no spike band of ${SPIKE_BAND.join('–')} Hz to weigh: leave out the weight.`,
    );
  }
  const bytes = new Uint8Array(EDGE_BYTES);
  const view = new DataView(bytes.buffer);
  band.forEach((edge, i) => view.setUint16(2 * i, Math.round((edge / sampleRate) * EDGE_PARTS), true));
  return bytes;
}

/**
 * The weight of {@link spikeBandBytes}, and what follows them.
 *
 * @throws SideInformationError when no band gives these bytes
 */
export function spikeBandFrom(side: Uint8Array): { weight: FrequencyWeight; rest: Uint8Array } {
  const view = new DataView(side.buffer, side.byteOffset, side.byteLength);
  const [low, high] = side.length < EDGE_BYTES ? [0, 0] : [view.getUint16(0, true), view.getUint16(2, true)];
  if (!(low > 0 && low < high && 2 * high < EDGE_PARTS)) {
    throw new SideInformationError('the edges of its spike band are none that an encoder writes');
  }
  const weight = spikeWeight(tangentAt(low / EDGE_PARTS), tangentAt(high / EDGE_PARTS));
  return { weight, rest: side.subarray(EDGE_BYTES) };
}

/** Decibels of a weight come in steps of 3 (3.01: a factor of √½), up to 93. */
export const DECIBEL_STEP = 3;
export const MOST_DECIBEL_STEPS = 31;

/** Most octaves with a level of their own. */
export const MOST_OCTAVES = 12;

const ROOT_HALF = 0.7071067811865476;

/**
 * A given response: one level for each octave, from the highest, which ends at half of the sample rate. Below the last
 * one its level goes on.
 *
 * @param steps - attenuation of each octave in steps of 3 dB, 0 … {@link MOST_DECIBEL_STEPS}; 1 to
 * {@link MOST_OCTAVES} numbers
 */
export function octaveWeight(steps: readonly number[]): FrequencyWeight {
  return {
    name: steps.map((step) => step * DECIBEL_STEP).join('-'),
    weightOf(low, high) {
      const center = 0.5 * (low + high);
      let octave = 0;
      while (octave < steps.length - 1 && center < 0.25 / 2 ** octave) octave++;
      const step = steps[octave]!;
      return (step % 2 === 0 ? 1 : ROOT_HALF) / 2 ** Math.floor(step / 2);
    },
  };
}

/** The side information of {@link octaveWeight}: the number of octaves, then a byte for each. */
export function octaveBytes(steps: readonly number[]): Uint8Array {
  return Uint8Array.of(steps.length, ...steps);
}

/**
 * The octaves of {@link octaveBytes}, and what follows them.
 *
 * @throws SideInformationError when no octaves give these bytes
 */
export function octavesFrom(side: Uint8Array): { steps: number[]; rest: Uint8Array } {
  const count = side[0] ?? 0;
  const steps = [...side.subarray(1, 1 + count)];
  if (count < 1 || count > MOST_OCTAVES || steps.length < count || !steps.every(isDecibelStep)) {
    throw new SideInformationError('its weights of octaves are none that an encoder writes');
  }
  return { steps, rest: side.subarray(1 + count) };
}

function isDecibelStep(step: number): boolean {
  return step <= MOST_DECIBEL_STEPS;
}
