/**
 * Spikes as side information: when, which waveform, how large.
 */
import { placedItemBytes, placesOfItems } from './placed-items';

/** One spike. */
export interface CodedSpike {
  /** First sample of its waveform. */
  readonly place: number;
  /** Number of its waveform. */
  readonly waveform: number;
  /** Number of its gain, 0 … 31. */
  readonly gain: number;
}

const GAIN_BITS = 5;

/** Gains are in geometric progression, four an octave, from this one on (ADC codes, root of the energy). */
const FIRST_GAIN = 8;
const GAINS = Float64Array.from({ length: 2 ** GAIN_BITS }, (_, i) => FIRST_GAIN * gainFactor(i));

/** 2^(i/4), of which 2^(1/4) and its square are rounded once. */
function gainFactor(i: number): number {
  return [1, 1.189207115002721, 1.4142135623730951, 1.681792830507429][i & 3]! * 2 ** (i >> 2);
}

/** What a waveform of unit energy is multiplied with. */
export function gainOf(number: number): number {
  return GAINS[number]!;
}

/** The number of the gain that comes nearest. */
export function gainNumber(gain: number): number {
  const number = Math.round(4 * Math.log2(Math.max(gain, FIRST_GAIN) / FIRST_GAIN));
  return Math.min(number, GAINS.length - 1);
}

/**
 * Spikes as {@link placedItemBytes}, each with the number of its waveform and of its gain.
 *
 * @param spikes - in the order of their places, no two at the same
 * @param waveformBits - bits of the number of a waveform
 */
export function spikeBytes(spikes: readonly CodedSpike[], waveformBits: number): Uint8Array {
  return placedItemBytes(
    spikes.map(({ place }) => place),
    (bits, i) => {
      bits.push(spikes[i]!.waveform, waveformBits);
      bits.push(spikes[i]!.gain, GAIN_BITS);
    },
  );
}

/**
 * The spikes of {@link spikeBytes}.
 *
 * @param end - all places lie before it
 * @throws SideInformationError when no spikes give these bytes
 */
export function spikesFrom(side: Uint8Array, waveformBits: number, end: number): CodedSpike[] {
  const said: Omit<CodedSpike, 'place'>[] = [];
  const places = placesOfItems(side, end, (bits) => {
    said.push({ waveform: bits.take(waveformBits), gain: bits.take(GAIN_BITS) });
  });
  return places.map((place, i) => ({ place, ...said[i]! }));
}
