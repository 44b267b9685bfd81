/**
 * Spikes as side information: position, waveform and gain.
 */
import { placedItemBytes, placesOfItems } from './placed-items';

/** One spike. */
export interface CodedSpike {
  /** First sample of its waveform. */
  readonly place: number;
  /** Index of its waveform. */
  readonly waveform: number;
  /** Index of its gain, 0 … 31; see {@link gainOf}. */
  readonly gain: number;
}

const GAIN_BITS = 5;

/** Smallest gain (ADC codes, root of the energy). Gains form a geometric progression of four an octave. */
const FIRST_GAIN = 8;
const GAINS = Float64Array.from({ length: 2 ** GAIN_BITS }, (_, i) => FIRST_GAIN * gainFactor(i));

/** 2^(i/4), from the correctly rounded constants 2^(1/4) and 2^(1/2). */
function gainFactor(i: number): number {
  return [1, 1.189207115002721, 1.4142135623730951, 1.681792830507429][i & 3]! * 2 ** (i >> 2);
}

/** The factor of a waveform of unit energy. */
export function gainOf(number: number): number {
  return GAINS[number]!;
}

/** Index of the nearest gain. */
export function gainNumber(gain: number): number {
  const number = Math.round(4 * Math.log2(Math.max(gain, FIRST_GAIN) / FIRST_GAIN));
  return Math.min(number, GAINS.length - 1);
}

/**
 * Codes spikes by {@link placedItemBytes}; the further bits of each are the indices of its waveform and gain.
 *
 * @param spikes - in the order of their positions, no two at the same position
 * @param waveformBits - bits of the index of a waveform
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
 * @param end - all positions lie before this one
 * @throws SideInformationError when no spikes give these bytes
 */
export function spikesFrom(side: Uint8Array, waveformBits: number, end: number): CodedSpike[] {
  const said: Omit<CodedSpike, 'place'>[] = [];
  const positions = placesOfItems(side, end, (bits) => {
    said.push({ waveform: bits.take(waveformBits), gain: bits.take(GAIN_BITS) });
  });
  return positions.map((place, i) => ({ place, ...said[i]! }));
}
