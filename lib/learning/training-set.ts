/**
 * Training sets of models: recordings of one fold, each with its mean taken out and scaled to variance 1, so
 * that a loud recording does not count more than a quiet one.
 */
import { SAMPLE_RATE } from '../recordings/adc';
import { readCodes, type Recording } from '../recordings/corpus';

/** The training set is empty, or its recordings are too short for a block. */
export class TrainingSetError extends RangeError {
  override readonly name = 'TrainingSetError';
}

/** Recordings of a training set. */
export class TrainingSet {
  /** @param recordings - recordings of one fold */
  constructor(readonly recordings: readonly Recording[]) {}

  /** Hz, of the recordings. */
  get sampleRate(): number {
    return this.recordings[0]?.sampleRate ?? SAMPLE_RATE;
  }

  /** The signals, one after another, with mean 0 and variance 1. Constant recordings are left out. */
  *signals(): Generator<Float64Array> {
    for (const recording of this.recordings) {
      const signal = standardized(readCodes(recording));
      if (signal) yield signal;
    }
  }

  /**
   * Blocks from all recordings: equally many from each, evenly spaced in time.
   *
   * @param length - samples of a block
   * @param count - approximate number of blocks; recordings too short for their share give fewer
   * @returns blocks, one after another
   * @throws TrainingSetError when no recording is as long as a block
   */
  blocks(length: number, count: number): Float64Array {
    const share = Math.max(1, Math.round(count / Math.max(1, this.recordings.length)));
    const blocks = new Float64Array(share * length * this.recordings.length);
    let end = 0;
    for (const signal of this.signals()) {
      const there = Math.floor(signal.length / length);
      const taken = Math.min(share, there);
      for (let i = 0; i < taken; i++) {
        const start = Math.floor((i * there) / taken) * length;
        blocks.set(signal.subarray(start, start + length), end);
        end += length;
      }
    }
    if (end === 0) {
      throw new TrainingSetError(
        `None of ${this.recordings.length} recordings has a block of ${length} samples to learn from.`,
      );
    }
    return blocks.subarray(0, end);
  }
}

/** The signal of codes with mean 0 and variance 1; undefined where its variance is 0. */
function standardized(codes: Uint16Array): Float64Array | undefined {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < codes.length; i++) {
    sum += codes[i]!;
    squares += codes[i]! * codes[i]!;
  }
  const mean = sum / codes.length;
  const variance = squares / codes.length - mean * mean;
  if (!(variance > 0)) return undefined;
  const scale = 1 / Math.sqrt(variance);
  const signal = new Float64Array(codes.length);
  for (let i = 0; i < codes.length; i++) signal[i] = (codes[i]! - mean) * scale;
  return signal;
}
