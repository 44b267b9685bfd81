/**
 * Learned spikes over a background. The background is coded in lapped cosines; where it would lose a spike, a waveform
 * learned from other recordings is added. This is a convolutional dictionary with analysis by synthesis: after each
 * round the encoder decodes and looks for spikes that are still missing.
 */
import { bandFilter, leastNoise, SPIKE_BAND, type BandFilter } from '../../metrics/spike-band';
import { SAMPLE_RATE } from '../../recordings/adc';
import {
  downwardCrossings,
  matchSpikes,
  spikeThreshold,
  spikeTimes,
  type SpikeTimes,
} from '../../metrics/spikes';
import { SPIKE_LEAD, SPIKE_WINDOW } from '../parts/spike-window';
import {
  allowedParameter,
  powersOfTwo,
  type AdaptiveBasis,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';
import { quantizedMagnitude } from '../parts/coefficient-cost';
import { LappedBasis } from '../blocks/lapped';
import { LearnedBasis } from '../learned';
import { gainNumber, gainOf, spikeBytes, spikesFrom, type CodedSpike } from '../parts/spike-train';

/** Block lengths of the lapped cosines of the background. */
export const BACKGROUND_LENGTHS: readonly number[] = powersOfTwo(6, 11);

/** Numbers of learned waveforms. */
export const WAVEFORM_COUNTS: readonly number[] = powersOfTwo(0, 5);

/** Largest shift of a waveform from its threshold crossing, in samples. */
const REACH = 4;

/** Rounds of decoding and adding missing spikes. */
const ROUNDS = 4;

/** Quarter octaves by which the gain of a coded spike grows in a round while it still misses the threshold. */
const LOUDER = 1;

/** Measures that the search optimizes: it raises the gain of spikes until they cross the threshold of the original. */
const OPTIMIZED = ['spikePrecision', 'spikeRecall', 'spikeF1'];

/** A background with spikes at given positions. */
class SpikesOverBackground implements Basis {
  readonly orthonormal = false;

  constructor(
    readonly id: string,
    readonly delay: number,
    readonly multiplyAddsPerSample: number,
    private readonly background: LappedBasis,
    private readonly waveforms: readonly Float64Array[],
    private readonly spikes: readonly CodedSpike[],
  ) {}

  /** Layout of the background alone; spikes are side information and have no coefficients. */
  layout(length: number): CoefficientLayout {
    return this.background.layout(length);
  }

  analyze(signal: Float64Array): Coefficients {
    const rest = signal.slice();
    addSpikes(rest, this.spikes, this.waveforms, -1);
    return this.background.analyze(rest);
  }

  synthesize(coefficients: Coefficients): Float64Array {
    const signal = this.background.synthesize(coefficients);
    addSpikes(signal, this.spikes, this.waveforms, 1);
    return signal;
  }
}

function addSpikes(
  signal: Float64Array,
  spikes: readonly CodedSpike[],
  waveforms: readonly Float64Array[],
  direction: 1 | -1,
): void {
  for (const { place, waveform, gain } of spikes) {
    const values = waveforms[waveform]!;
    const factor = direction * gainOf(gain);
    for (let i = 0; i < values.length; i++) signal[place + i] = signal[place + i]! + factor * values[i]!;
  }
}

/** Chooses the spikes of one signal. */
class SpikeSearch {
  private readonly filter: BandFilter;
  private readonly inBand: Float64Array;
  private readonly threshold: number;
  /**
   * Samples at which the original falls below −threshold. Only negative crossings: the learned waveforms are negative
   * spikes.
   */
  private readonly crossings: Int32Array;
  private readonly times: SpikeTimes;
  private readonly spikes = new Map<number, CodedSpike>();

  constructor(
    private readonly signal: Float64Array,
    private readonly step: number,
    private readonly background: LappedBasis,
    private readonly waveforms: readonly Float64Array[],
    sampleRate: number,
  ) {
    this.filter = bandFilter(SPIKE_BAND, sampleRate);
    this.inBand = new Float64Array(signal.length);
    this.filter.apply(signal, this.inBand);
    this.threshold = spikeThreshold(this.inBand, leastNoise(sampleRate), new Float64Array(signal.length));
    this.times = spikeTimes(sampleRate);
    this.crossings = downwardCrossings(this.inBand, this.threshold, this.times.dead);
  }

  /** All spikes, in the order of their positions. */
  find(): CodedSpike[] {
    for (let round = 0; round < ROUNDS; round++) {
      const decoded = this.decoded();
      const found = downwardCrossings(decoded, this.threshold, this.times.dead);
      const partners = matchSpikes(this.crossings, found, this.times.tolerance);
      const missed = this.crossings.filter((_, i) => partners[i]! < 0);
      if (missed.length === 0) break;
      for (const crossing of missed) this.improve(crossing);
    }
    return this.chosen();
  }

  private chosen(): CodedSpike[] {
    const inOrder = [...this.spikes.values()].sort((a, b) => a.place - b.place);
    return inOrder.filter(({ place }, i) => place !== inOrder[i - 1]?.place);
  }

  /** The signal that a decoder would give for the spikes so far, filtered to the spike band. */
  private decoded(): Float64Array {
    const spikes = this.chosen();
    const rest = this.signal.slice();
    addSpikes(rest, spikes, this.waveforms, -1);
    const { values, layout } = this.background.analyze(rest);
    const { step } = this;
    for (let i = 0; i < values.length; i++) {
      values[i] = Math.sign(values[i]!) * quantizedMagnitude(values[i]! / step) * step;
    }
    const decoded = this.background.synthesize({ values, layout });
    addSpikes(decoded, spikes, this.waveforms, 1);
    this.filter.apply(decoded, decoded);
    return decoded;
  }

  /** Adds a spike for a crossing that the decoded signal misses, or raises the gain of the spike already there. */
  private improve(crossing: number): void {
    const known = this.spikes.get(crossing);
    if (known) {
      const gain = Math.min(known.gain + LOUDER, gainNumber(Infinity));
      this.spikes.set(crossing, { ...known, gain });
      return;
    }
    let best = 0;
    let spike: CodedSpike | undefined;
    for (let shift = -REACH; shift <= REACH; shift++) {
      const place = crossing - SPIKE_LEAD + shift;
      if (place < 0 || place + SPIKE_WINDOW > this.signal.length) continue;
      this.waveforms.forEach((values, waveform) => {
        let product = 0;
        for (let i = 0; i < SPIKE_WINDOW; i++) product += values[i]! * this.inBand[place + i]!;
        if (product > best) {
          best = product;
          spike = { place, waveform, gain: gainNumber(product) };
        }
      });
    }
    if (spike) this.spikes.set(crossing, spike);
  }
}

/** The family of one model; the side information is a train of its spikes. */
class SpikeTrains implements AdaptiveBasis {
  private readonly waveformBits: number;

  constructor(
    readonly id: string,
    readonly delay: number,
    readonly multiplyAddsPerSample: number,
    private readonly background: LappedBasis,
    private readonly waveforms: readonly Float64Array[],
    /** Of the recordings that the waveforms were learned from: the search looks in their band of spikes. */
    private readonly sampleRate: number,
  ) {
    this.waveformBits = Math.ceil(Math.log2(waveforms.length));
  }

  choose(signal: Float64Array, step: number): Uint8Array {
    const { background, waveforms, sampleRate } = this;
    const search = new SpikeSearch(signal, step, background, waveforms, sampleRate);
    return spikeBytes(search.find(), this.waveformBits);
  }

  chosen(side: Uint8Array, length: number): Basis {
    const { id, delay, multiplyAddsPerSample, background, waveforms } = this;
    const spikes = spikesFrom(side, this.waveformBits, Math.max(0, length - SPIKE_WINDOW + 1));
    return new SpikesOverBackground(id, delay, multiplyAddsPerSample, background, waveforms, spikes);
  }
}

/** Learned spikes over a background of lapped cosines with a sine window. */
export class SpikeDictionaryBasis extends LearnedBasis {
  /**
   * @param backgroundLength - block length of the lapped cosines, one of {@link BACKGROUND_LENGTHS}
   * @param count - number of waveforms, one of {@link WAVEFORM_COUNTS}
   * @throws BasisParameterError
   */
  constructor(
    readonly backgroundLength: number,
    readonly count: number,
  ) {
    allowedParameter('block length beside learned spikes', backgroundLength, BACKGROUND_LENGTHS);
    allowedParameter('number of learned spikes', count, WAVEFORM_COUNTS);
    const id = `spikes-${backgroundLength}-${count}`;
    const background = new LappedBasis(backgroundLength, 'sine');
    // Each round: the background forward and inverse, and two filters of 10 multiply–adds. Few samples belong to a
    // spike.
    const cost = ROUNDS * (2 * background.multiplyAddsPerSample + 2 * 10);
    // The zero-phase filter runs backward from the end of a spike and forgets within a few milliseconds.
    const delay = background.delay + SPIKE_WINDOW;
    super(
      {
        id,
        arrays: { waveforms: count * SPIKE_WINDOW },
        delay,
        wholeRecording: true,
        optimizes: OPTIMIZED,
        multiplyAddsPerSample: cost,
      },
      ({ arrays, hyperparameters, sha256 }) => {
        const all = Float64Array.from(arrays['waveforms']!);
        const sampleRate = Number(hyperparameters['sampleRate'] ?? SAMPLE_RATE);
        const waveforms = Array.from({ length: count }, (_, k) =>
          all.slice(k * SPIKE_WINDOW, (k + 1) * SPIKE_WINDOW),
        );
        return new SpikeTrains(`${id}/${sha256}`, delay, cost, background, waveforms, sampleRate);
      },
    );
  }
}
