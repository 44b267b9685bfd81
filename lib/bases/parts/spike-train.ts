/**
 * Spikes as side information: when, which waveform, how large.
 */
import { SideInformationError } from '../basis';
import { SideBitReader, SideBitWriter } from './side-bits';

/** One spike. */
export interface CodedSpike {
  /** First sample of its waveform. */
  readonly place: number;
  /** Number of its waveform. */
  readonly waveform: number;
  /** Number of its gain, 0 … 31. */
  readonly gain: number;
}

/** Bits that say how long a stretch is. */
const LENGTH_BITS = 4;

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
 * Spikes, in stretches of 2^r samples: 4 bits for r, then for each stretch, up to the one of the last spike, a 1 and what
 * says each spike in it (r bits of its place, then waveform and gain), and a 0. r is the one that takes fewest bits, of
 * those the smallest; no spikes are no bytes.
 *
 * @param spikes - in the order of their places, no two at the same
 * @param waveformBits - bits of the number of a waveform
 */
export function spikeBytes(spikes: readonly CodedSpike[], waveformBits: number): Uint8Array {
  const bits = new SideBitWriter();
  if (spikes.length === 0) return bits.bytes();
  const width = bestWidth(spikes);
  bits.push(width, LENGTH_BITS);
  let stretch = 0;
  for (const { place, waveform, gain } of spikes) {
    for (; stretch < place >> width; stretch++) bits.push(0);
    bits.push(1);
    bits.push(place & (2 ** width - 1), width);
    bits.push(waveform, waveformBits);
    bits.push(gain, GAIN_BITS);
  }
  return bits.bytes();
}

function bestWidth(spikes: readonly CodedSpike[]): number {
  const last = spikes[spikes.length - 1]!.place;
  const cost = (width: number): number => spikes.length * (1 + width) + (last >> width);
  let best = 0;
  for (let width = 1; width < 2 ** LENGTH_BITS; width++) if (cost(width) < cost(best)) best = width;
  return best;
}

/**
 * The spikes of {@link spikeBytes}.
 *
 * @param end - all places lie before it
 * @throws SideInformationError when no spikes give these bytes
 */
export function spikesFrom(side: Uint8Array, waveformBits: number, end: number): CodedSpike[] {
  const spikes: CodedSpike[] = [];
  if (side.length === 0) return spikes;
  const bits = new SideBitReader(side);
  const width = bits.take(LENGTH_BITS);
  let next = 0;
  for (let start = 0; start < end; start += 2 ** width) {
    while (bits.take() === 1) {
      const place = start + bits.take(width);
      if (place < next || place >= end) {
        throw new SideInformationError(`a spike at ${place} where one of ${next} to ${end - 1} is due`);
      }
      spikes.push({ place, waveform: bits.take(waveformBits), gain: bits.take(GAIN_BITS) });
      next = place + 1;
    }
  }
  bits.finish();
  if (spikes.length === 0 || width !== bestWidth(spikes)) {
    throw new SideInformationError(`stretches of ${2 ** width} samples do not suit these spikes`);
  }
  return spikes;
}
