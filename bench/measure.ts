/** Measures kernel and peer in turn, many times, so that other load of the machine slows both alike. */
import { performance } from 'node:perf_hooks';
import { quantile } from '../lib/numerics/statistics';
import type { BenchCase } from './case';
import type { Peer } from './peer';

/** Least duration of one timing, seconds. */
const LEAST_SECONDS = 0.03;

/** Results of one kernel. */
export interface KernelMeasurement {
  readonly kernel: string;
  readonly type: string;
  readonly size: string;
  readonly peer: string;
  /** Time of the peer over time of the kernel: median, and the 10th and 90th percentiles over pairs. */
  readonly ratio: number;
  readonly ratioLow: number;
  readonly ratioHigh: number;
  readonly megasamplesPerSecond: number;
  /** Largest difference between the two results, relative to the largest value. */
  readonly maxError: number;
  readonly target: number | null;
}

/** Kernel and peer have different results. */
export class DisagreementError extends Error {
  override readonly name = 'DisagreementError';
}

/**
 * Measures one kernel against its peer.
 *
 * @param pairs - number of timings of each; 9 or more for numbers that are published
 * @throws DisagreementError when the two results differ by more than the case allows
 */
export async function measureCase(bench: BenchCase, peer: Peer, pairs: number): Promise<KernelMeasurement> {
  const prepared = bench.prepare();
  try {
    await peer.prepare(bench, prepared.inputs);
    const runOwn = (repeats: number): Promise<number> => {
      const start = performance.now();
      for (let i = 0; i < repeats; i++) prepared.run();
      return Promise.resolve((performance.now() - start) / 1000);
    };
    const runPeer = (repeats: number): Promise<number> => peer.run(repeats);
    const ownRepeats = await calibrate(runOwn);
    const peerRepeats = await calibrate(runPeer);
    const maxError = relativeError(prepared.result(), await peer.result());
    if (!(maxError <= bench.tolerance)) {
      throw new DisagreementError(
        `${bench.kernel} (${bench.type}, ${bench.size}) differs from ${bench.peer} by ${maxError} of the largest ` +
          `value; ${bench.tolerance} is allowed.`,
      );
    }
    const own: number[] = [];
    const ratios: number[] = [];
    for (let i = 0; i < pairs; i++) {
      const ownSeconds = (await runOwn(ownRepeats)) / ownRepeats;
      const peerSeconds = (await runPeer(peerRepeats)) / peerRepeats;
      own.push(ownSeconds);
      ratios.push(peerSeconds / ownSeconds);
    }
    const { kernel, type, size, peer: peerName, samples, target } = bench;
    return {
      kernel,
      type,
      size,
      peer: peerName,
      ratio: round(quantile(ratios, 0.5)!),
      ratioLow: round(quantile(ratios, 0.1)!),
      ratioHigh: round(quantile(ratios, 0.9)!),
      megasamplesPerSecond: round(samples / quantile(own, 0.5)! / 1e6),
      maxError: Number(maxError.toPrecision(2)),
      target,
    };
  } finally {
    prepared.release();
  }
}

/** Number of repeats that makes a timing long enough. Finding it also warms up the code. */
async function calibrate(run: (repeats: number) => Promise<number>): Promise<number> {
  await run(2);
  for (let repeats = 1; ; repeats *= 2) {
    if ((await run(repeats)) >= LEAST_SECONDS) return repeats;
  }
}

/** Largest relative error; NaN, which exceeds every tolerance, where a value is not a number. */
function relativeError(own: ArrayLike<number>, peers: Float64Array): number {
  if (own.length !== peers.length) return Infinity;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < peers.length; i++) {
    largest = Math.max(largest, Math.abs(peers[i]!));
    const here = Math.abs(own[i]! - peers[i]!);
    if (Number.isNaN(here)) return NaN;
    difference = Math.max(difference, here);
  }
  return largest > 0 ? difference / largest : difference;
}

/** Rounds to three significant digits; further digits would be noise. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
