/**
 * Learns the waveforms of spikes: a dictionary in which each spike is a single atom, shifted and scaled. This
 * is K-SVD with one atom for each signal (M. Aharon, M. Elad and A. Bruckstein, "K-SVD: an algorithm for
 * designing overcomplete dictionaries for sparse representation", IEEE Transactions on Signal Processing 54,
 * 2006), also known as gain–shape vector quantization, made invariant to small shifts. It starts with one
 * waveform, and splits each into two (Y. Linde, A. Buzo and R. M. Gray, "An algorithm for vector quantizer
 * design", IEEE Transactions on Communications 28, 1980).
 */
import { bandFilter, SPIKE_BAND } from '../../metrics/spike-band';
import { downwardCrossings, spikeThreshold, spikeTimes } from '../../metrics/spikes';
import { SAMPLE_RATE } from '../../recordings/adc';
import { SPIKE_LEAD, SPIKE_WINDOW } from '../../bases/parts/spike-window';
import type { Learned, Learner, LearningContext } from '../learner';
import { TrainingSetError } from '../training-set';
import { scaleAtom } from './unit-energy';

/** Largest shift that fits a waveform to a spike, samples. */
const REACH = 4;

/** Most spikes from one recording, so that a few lively recordings do not decide alone. */
const PER_RECORDING = 64;

/**
 * Least standard deviation of noise, for a signal of variance 1: recordings that sit at a rail have almost
 * none.
 */
const LEAST_NOISE = 1e-3;

/** Rounds of fitting and renewing after each split. */
const ROUNDS = 12;

/** Distance of the two halves of a split from the waveform. */
const SPLIT = 0.2;

/**
 * Stretches of SPIKE_WINDOW + 2·REACH samples around negative spikes, in the band of spikes, each of unit
 * energy.
 */
async function spikesOf({
  training,
  report,
}: Pick<LearningContext, 'training' | 'report'>): Promise<Float64Array[]> {
  const filter = bandFilter(SPIKE_BAND, training.sampleRate);
  const { dead } = spikeTimes(training.sampleRate);
  const spikes: Float64Array[] = [];
  for (const signal of training.signals()) {
    await report(0, 1);
    filter.apply(signal, signal);
    const threshold = spikeThreshold(signal, LEAST_NOISE, new Float64Array(signal.length));
    const crossings = downwardCrossings(signal, threshold, dead);
    const stride = Math.max(1, crossings.length / PER_RECORDING);
    for (let i = 0; i < crossings.length; i += stride) {
      const start = crossings[Math.floor(i)]! - SPIKE_LEAD - REACH;
      const end = start + SPIKE_WINDOW + 2 * REACH;
      if (start >= 0 && end <= signal.length) spikes.push(unitEnergy(signal.slice(start, end)));
    }
  }
  return spikes;
}

function unitEnergy(values: Float64Array): Float64Array {
  scaleAtom(values);
  return values;
}

/**
 * Fit of a waveform to a stretch: number of the waveform, its start in the stretch, and the inner product.
 */
interface Fit {
  readonly waveform: number;
  readonly start: number;
  readonly product: number;
}

function bestFit(spike: Float64Array, waveforms: readonly Float64Array[]): Fit {
  let best: Fit = { waveform: 0, start: REACH, product: -Infinity };
  waveforms.forEach((values, waveform) => {
    for (let start = 0; start <= 2 * REACH; start++) {
      let product = 0;
      for (let i = 0; i < SPIKE_WINDOW; i++) product += values[i]! * spike[start + i]!;
      if (product > best.product) best = { waveform, start, product };
    }
  });
  return best;
}

/**
 * Waveforms after one round, and the share of the spikes' energy that the earlier waveforms did not explain.
 */
function renewed(
  spikes: readonly Float64Array[],
  waveforms: readonly Float64Array[],
): { readonly waveforms: Float64Array[]; readonly left: number } {
  const sums = waveforms.map(() => new Float64Array(SPIKE_WINDOW));
  let left = 0;
  for (const spike of spikes) {
    const { waveform, start, product } = bestFit(spike, waveforms);
    left += 1 - product * product;
    const sum = sums[waveform]!;
    // One step of the power iteration toward the first singular vector of the spikes that fit this waveform.
    for (let i = 0; i < SPIKE_WINDOW; i++) sum[i] = sum[i]! + product * spike[start + i]!;
  }
  return {
    waveforms: sums.map((sum, k) => (sum.some((value) => value !== 0) ? unitEnergy(sum) : waveforms[k]!)),
    left: left / spikes.length,
  };
}

/**
 * Splits each waveform into two, moved in opposite directions along the direction in which its spikes differ
 * most.
 */
function split(waveforms: readonly Float64Array[]): Float64Array[] {
  return waveforms.flatMap((values) => {
    const slope = unitEnergy(values.map((_, i) => (values[i + 1] ?? 0) - (values[i - 1] ?? 0)));
    return [1, -1].map((sign) =>
      unitEnergy(values.map((value, i) => value + sign * SPLIT * (slope[i]! + wave(i)))),
    );
  });
}

/** A direction unrelated to the waveform. Without it, a split could be a mere shift, which fitting undoes. */
function wave(i: number): number {
  return Math.cos((2 * Math.PI * i) / SPIKE_WINDOW) * Math.sqrt(2 / SPIKE_WINDOW);
}

async function learn([, count]: readonly (number | string)[], context: LearningContext): Promise<Learned> {
  const { report } = context;
  const spikes = await spikesOf(context);
  const { sampleRate } = context.training;
  if (spikes.length === 0) {
    throw new TrainingSetError(
      `None of ${context.training.recordings.length} recordings has a spike to learn from.`,
    );
  }
  const levels = Math.log2(Number(count));
  let waveforms = [unitEnergy(meanOf(spikes))];
  const left: number[] = [];
  for (let level = 0; level <= levels; level++) {
    if (level > 0) waveforms = split(waveforms);
    for (let round = 0; round < ROUNDS; round++) {
      await report(level * ROUNDS + round, (levels + 1) * ROUNDS);
      const next = renewed(spikes, waveforms);
      waveforms = next.waveforms;
      left.push(Number(next.left.toPrecision(6)));
    }
  }
  return {
    arrays: { waveforms: Float32Array.from(waveforms.flatMap((values) => Array.from(values))) },
    hyperparameters: {
      ...{ waveforms: Number(count), spikes: spikes.length, rounds: ROUNDS },
      // Models of Neuralink's rate say none.
      ...(sampleRate !== SAMPLE_RATE && { sampleRate }),
    },
    history: { left },
  };
}

function meanOf(spikes: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(SPIKE_WINDOW);
  for (const spike of spikes) {
    for (let i = 0; i < SPIKE_WINDOW; i++) sum[i] = sum[i]! + spike[REACH + i]!;
  }
  return sum;
}

export const spikeWaveforms: Learner = {
  family: 'spikes',
  module: 'lib/learning/dictionaries/spike-waveforms.ts',
  learn,
};
