/**
 * Wavelet packets: any band may be split again, not only the approximation as in a wavelet transform. The splits form a
 * tree; the best tree is found from the bottom up (R. R. Coifman and M. V. Wickerhauser, "Entropy-based algorithms for
 * best basis selection", IEEE Transactions on Information Theory 38, 1992).
 */
import { WaveletTransform } from '../../kernels/wavelet';
import {
  allowedParameter,
  type AdaptiveBasis,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';
import { codingCosts } from '../parts/coding-cost';
import { SideBitReader, SideBitWriter } from '../parts/side-bits';
import { ORTHOGONAL_WAVELETS, WaveletBasis } from './wavelet';
import { kept } from '../../kernels/runtime/kept';

/** Numbers of levels that a tree of packets can have. */
export const PACKET_LEVELS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/**
 * How the tree is chosen. `'dyadic'`: only the lowest band is split, which gives wavelets. `'uniform'`: every band is
 * split. `'entropy'`: least Shannon entropy of the energies. `'rate'`: least cost at the given step, in bits and in
 * error.
 */
export const PACKET_CHOICES = ['dyadic', 'uniform', 'entropy', 'rate'] as const;
export type PacketChoice = (typeof PACKET_CHOICES)[number];

/**
 * Bits that a split must save: one bit of side information, and the statistics of one more band that the coder has to
 * learn.
 */
export const SPLIT_COST = 2;

/** A band: band number `place`, from the lowest frequency, of the 2^level bands of equal width. */
export interface Packet {
  readonly level: number;
  readonly place: number;
}

/** Splits a band into two; kept for the life of the thread. */
interface Splitter {
  readonly transform: WaveletTransform<'float64'>;
  readonly taps: number;
}

const splitterFor = kept((wavelet: string): Splitter => {
  const { filters } = new WaveletBasis(wavelet, 1, 'periodic');
  const transform = new WaveletTransform(filters, 'periodic', 1, 'float64');
  return { transform, taps: filters.decompositionLow.length };
});

/** Lengths of a signal and of the bands of each level. */
function bandLengths(samples: number, levels: number): number[] {
  const lengths = [samples];
  for (let level = 1; level <= levels; level++) lengths.push(Math.ceil(lengths[level - 1]! / 2));
  return lengths;
}

/**
 * Whether the highpass output of this band holds the lower half of its frequencies. Bands of odd number have a mirrored
 * spectrum, from downsampling.
 */
function isMirrored(place: number): boolean {
  return place % 2 === 1;
}

/** The packets of one tree, the same for every signal. */
export class WaveletPacketBasis implements Basis {
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly losslessStep = 24;
  private readonly splitter: Splitter;
  private readonly deepest: number;

  /**
   * @param id - id of the basis or its family
   * @param wavelet - one of `ORTHOGONAL_WAVELETS`
   * @param packets - bands that cover all frequencies exactly once, from the lowest to the highest
   * @throws BasisParameterError when there is no such wavelet
   */
  constructor(
    readonly id: string,
    readonly wavelet: string,
    readonly packets: readonly Packet[],
  ) {
    allowedParameter('wavelet of wavelet packets', wavelet, ORTHOGONAL_WAVELETS);
    this.splitter = splitterFor(wavelet);
    const { taps } = this.splitter;
    this.deepest = Math.max(...packets.map(({ level }) => level));
    this.delay = (taps - 1) * (2 ** this.deepest - 1);
    // A packet of level l takes 2^−l of the samples through l filters.
    this.multiplyAddsPerSample = taps * packets.reduce((sum, { level }) => sum + level / 2 ** level, 0);
  }

  layout(length: number): CoefficientLayout {
    const lengths = bandLengths(length, this.deepest);
    let offset = 0;
    const subbands = this.packets.map(({ level }) => {
      offset += lengths[level]!;
      return { offset: offset - lengths[level]!, length: lengths[level]!, timeStep: 2 ** level };
    });
    return { signalLength: length, coefficientCount: offset, hop: 2 ** this.deepest, subbands };
  }

  analyze(signal: Float64Array): Coefficients {
    const layout = this.layout(signal.length);
    const values = new Float64Array(layout.coefficientCount);
    const lengths = bandLengths(signal.length, this.deepest);
    let next = 0;
    const takeApart = (band: Float64Array, level: number, place: number): void => {
      const packet = this.packets[next]!;
      if (packet.level === level) {
        values.set(band, layout.subbands[next]!.offset);
        next++;
        return;
      }
      const half = lengths[level + 1]!;
      const parts = new Float64Array(2 * half);
      this.splitter.transform.forward(band, parts);
      const first = isMirrored(place) ? half : 0;
      takeApart(parts.subarray(first, first + half), level + 1, 2 * place);
      takeApart(parts.subarray(half - first, 2 * half - first), level + 1, 2 * place + 1);
    };
    takeApart(signal, 0, 0);
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const lengths = bandLengths(layout.signalLength, this.deepest);
    let next = 0;
    const putTogether = (level: number, place: number): Float64Array => {
      if (this.packets[next]!.level === level) {
        const { offset, length } = layout.subbands[next]!;
        next++;
        return values.slice(offset, offset + length);
      }
      const half = lengths[level + 1]!;
      const parts = new Float64Array(2 * half);
      const first = isMirrored(place) ? half : 0;
      parts.set(putTogether(level + 1, 2 * place), first);
      parts.set(putTogether(level + 1, 2 * place + 1), half - first);
      const band = new Float64Array(lengths[level]!);
      this.splitter.transform.inverse(parts, band);
      return band;
    };
    return putTogether(0, 0);
  }
}

/** The family of all trees; each recording gets its own. */
export class BestPacketBasis implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording: boolean;
  readonly multiplyAddsPerSample: number;
  readonly losslessStep = 24;
  private readonly taps: number;

  /**
   * A recording too short for the levels has fewer: with filters of T taps, J levels need (T − 1)·2^J samples; one level
   * is always left.
   *
   * @param wavelet - one of `ORTHOGONAL_WAVELETS`; long filters separate frequencies better
   * @param levels - most levels of the tree, one of {@link PACKET_LEVELS}
   * @param choice - one of {@link PACKET_CHOICES}
   * @throws BasisParameterError
   */
  constructor(
    readonly wavelet: string,
    readonly levels: number,
    readonly choice: PacketChoice,
  ) {
    allowedParameter('wavelet of wavelet packets', wavelet, ORTHOGONAL_WAVELETS);
    allowedParameter('number of levels of wavelet packets', levels, PACKET_LEVELS);
    allowedParameter('choice of wavelet packets', choice, PACKET_CHOICES);
    this.id = `packets-${wavelet}-${levels}-${choice}`;
    this.taps = splitterFor(wavelet).taps;
    this.wholeRecording = choice === 'entropy' || choice === 'rate';
    // The delay of the filters alone, once the tree is chosen.
    this.delay = (this.taps - 1) * (2 ** levels - 1);
    const whole = this.taps * levels;
    this.multiplyAddsPerSample =
      choice === 'dyadic' ? 2 * this.taps * (1 - 2 ** -levels) : choice === 'uniform' ? whole : 2 * whole;
  }

  /** One bit for every band that can be split, 1 if it is; empty if the tree is fixed. */
  choose(signal: Float64Array, step: number): Uint8Array {
    const { choice, wavelet } = this;
    if (choice === 'dyadic' || choice === 'uniform') return new Uint8Array(0);
    const levels = this.levelsFor(signal.length);
    const costs =
      choice === 'rate'
        ? packetCosts(signal, wavelet, levels, (bands, length) => codingCosts(bands, length, step))
        : packetCosts(signal, wavelet, levels, energyEntropies(signal));
    const packets = bestPackets(costs, choice === 'rate' ? SPLIT_COST : 0);
    const bits = new SideBitWriter();
    let next = 0;
    const tell = (level: number): void => {
      const isPacket = packets[next]!.level === level;
      if (level < levels) bits.push(isPacket ? 0 : 1);
      if (isPacket) {
        next++;
        return;
      }
      tell(level + 1);
      tell(level + 1);
    };
    tell(0);
    return bits.bytes();
  }

  chosen(side: Uint8Array, length: number): WaveletPacketBasis {
    const levels = this.levelsFor(length);
    const bits = new SideBitReader(side);
    const isTakenApart: Record<PacketChoice, (place: number) => boolean> = {
      dyadic: (place) => place === 0,
      uniform: () => true,
      entropy: () => bits.take() === 1,
      rate: () => bits.take() === 1,
    };
    const packets = packetsWhere(levels, (_, place) => isTakenApart[this.choice](place));
    bits.finish();
    return new WaveletPacketBasis(this.id, this.wavelet, packets);
  }

  private levelsFor(length: number): number {
    let { levels } = this;
    while (levels > 1 && (this.taps - 1) * 2 ** levels > length) levels--;
    return levels;
  }
}

/**
 * The packets of a tree, from low to high frequency. `isTakenApart` is called in that order, for each band before its
 * parts.
 */
function packetsWhere(levels: number, isTakenApart: (level: number, place: number) => boolean): Packet[] {
  const packets: Packet[] = [];
  const visit = (level: number, place: number): void => {
    if (level < levels && isTakenApart(level, place)) {
      visit(level + 1, 2 * place);
      visit(level + 1, 2 * place + 1);
    } else {
      packets.push({ level, place });
    }
  };
  visit(0, 0);
  return packets;
}

/**
 * Costs of every band of every level: for each level 2^level numbers, from the lowest frequency to the highest.
 *
 * @param signal - ADC codes without their mean
 * @param levels - all bands down to this level are computed
 * @param costsOf - computes the cost of each of several adjacent bands of one length
 */
export function packetCosts(
  signal: Float64Array,
  wavelet: string,
  levels: number,
  costsOf: (bands: Float64Array, length: number) => Float64Array,
): Float64Array[] {
  const { transform } = splitterFor(wavelet);
  const lengths = bandLengths(signal.length, levels);
  let bands = signal;
  return lengths.map((length, level) => {
    if (level > 0) {
      const before = lengths[level - 1]!;
      const parts = new Float64Array(2 ** level * length);
      for (let place = 0; place < 2 ** (level - 1); place++) {
        const pair = parts.subarray(2 * place * length, (2 * place + 2) * length);
        transform.forward(bands.subarray(place * before, (place + 1) * before), pair);
        if (isMirrored(place)) exchangeHalves(pair);
      }
      bands = parts;
    }
    return length > 0 ? costsOf(bands, length) : new Float64Array(2 ** level);
  });
}

function exchangeHalves(values: Float64Array): void {
  const half = values.length / 2;
  const first = values.slice(0, half);
  values.copyWithin(0, half);
  values.set(first, half);
}

/**
 * The tree of least cost.
 *
 * @param costs - result of {@link packetCosts}, or its sum over several recordings for a tree that all share
 * @param splitCost - cost of a split beyond the costs of both parts
 */
export function bestPackets(costs: readonly Float64Array[], splitCost: number): Packet[] {
  const best = costs.map((ofLevel) => ofLevel.slice());
  for (let level = costs.length - 2; level >= 0; level--) {
    const [whole, parts] = [best[level]!, best[level + 1]!];
    for (let place = 0; place < whole.length; place++) {
      whole[place] = Math.min(whole[place]!, parts[2 * place]! + parts[2 * place + 1]! + splitCost);
    }
  }
  return packetsWhere(costs.length - 1, (level, place) => best[level]![place]! < costs[level]![place]!);
}

/**
 * Costs of bands by the Shannon entropy −Σ p·ln p, where p is the share of a coefficient in the energy of the signal.
 */
export function energyEntropies(signal: Float64Array): (bands: Float64Array, length: number) => Float64Array {
  let energy = 0;
  for (let i = 0; i < signal.length; i++) energy += signal[i]! * signal[i]!;
  return (bands, length) => {
    const entropies = new Float64Array(bands.length / length);
    for (let band = 0; band < entropies.length; band++) {
      let sum = 0;
      for (let i = band * length; i < (band + 1) * length; i++) {
        const share = (bands[i]! * bands[i]!) / energy;
        if (share > 0) sum -= share * Math.log(share);
      }
      entropies[band] = sum;
    }
    return entropies;
  };
}
