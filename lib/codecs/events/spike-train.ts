/**
 * Spikes as events: when, which shape, how large.
 */
import type { EventPayload } from './event-file';
import { invalidCode } from '../../coding/entropy/code-bytes';
import { RangeDecoder, RangeEncoder, type BinaryCoder } from '../../coding/entropy/range-coder';
import { AdaptiveBit, AdaptiveSymbol } from './adaptive-integers';
import type { EventScale } from './event-scale';
import { codeTimes, mostEvents } from './event-times';
import {
  codeShapes,
  COMMON_SHAPE,
  gainOfLevel,
  MOST_SHAPES,
  SHAPE_LEAD,
  SHAPE_WINDOW,
  shapeOf,
} from './spike-shapes';

/** One spike. */
export interface SpikeEvent {
  /** Sample of its peak. */
  readonly time: number;
  /** Index of its shape; 0 is the one that all files have. */
  readonly shape: number;
  /** Index of its gain: see `gainOfLevel`. */
  readonly level: number;
  /** Whether the shape is turned upside down. */
  readonly inverted: boolean;
}

/** Spikes of a recording, with the shapes that the file holds. */
export interface SpikeTrain {
  /** Coefficients of shapes 1, 2 …, in steps. */
  readonly shapes: readonly ArrayLike<number>[];
  /** Ascending times, no two equal. */
  readonly events: readonly SpikeEvent[];
  /** Level of the noise between spikes: see `amplitudeOfLevel`; 0 is none. */
  readonly noise: number;
}

const COUNT_BITS = 3;

/** Bits of a level above the lowest of the file. */
const SPREAD_BITS = 4;
export const MOST_SPREAD = 2 ** SPREAD_BITS - 1;

/** Codes a train, or finds it. */
function codeTrain(
  coder: BinaryCoder,
  train: SpikeTrain,
  samples: number,
  most: number,
  { gainBits, gainLevels, noiseBits }: EventScale,
): SpikeTrain {
  const noise = coder.codeBits(train.noise, noiseBits);
  const lowest = coder.codeBits(
    Math.min(...train.events.map(({ level }) => level), gainLevels - 1),
    gainBits,
  );
  const count = coder.codeBits(train.shapes.length, COUNT_BITS);
  const shapes = codeShapes(coder, train.shapes, count);
  const shape = new AdaptiveSymbol(Math.ceil(Math.log2(count + 1)));
  const inverted = Array.from({ length: count + 1 }, () => new AdaptiveBit());
  const levels = new AdaptiveSymbol(SPREAD_BITS);
  const said: Omit<SpikeEvent, 'time'>[] = [];
  const times = codeTimes(
    coder,
    train.events.map(({ time }) => time),
    samples,
    most,
    (i) => {
      const event = train.events[i];
      const which = shape.code(coder, event?.shape ?? 0);
      if (which > count) throw invalidCode();
      const turned = inverted[which]!.code(coder, event?.inverted ? 1 : 0) === 1;
      const level = lowest + levels.code(coder, event ? event.level - lowest : 0);
      said.push({ shape: which, inverted: turned, level });
    },
  );
  return { noise, shapes, events: times.map((time, i) => ({ time, ...said[i]! })) };
}

/**
 * The bytes of a train. Levels may differ by {@link MOST_SPREAD}.
 *
 * @param samples - of the recording
 */
export function spikeTrainBytes(train: SpikeTrain, samples: number, scale: EventScale): Uint8Array {
  if (train.shapes.length > MOST_SHAPES) throw new RangeError(`A train has at most ${MOST_SHAPES} shapes.`);
  const coder = new RangeEncoder();
  codeTrain(coder, train, samples, Infinity, scale);
  return coder.finish();
}

/**
 * The train of {@link spikeTrainBytes}.
 * @throws BitstreamError when no encoder wrote these bytes
 */
export function spikeTrainFrom({ bytes, start, end, samples, scale, filled }: EventPayload): SpikeTrain {
  const coder = new RangeDecoder(bytes, start, end);
  const none = { noise: 0, shapes: [], events: [] };
  const train = codeTrain(coder, none, samples, mostEvents(end - start), scale);
  coder.finish(filled);
  return train;
}

/** Adds the spikes of a train to a signal. */
export function addSpikes(signal: Float64Array, { shapes, events }: SpikeTrain): void {
  const all = [COMMON_SHAPE, ...shapes.map(shapeOf)];
  for (const event of events) {
    const shape = all[event.shape]!;
    const gain = event.inverted ? -gainOfLevel(event.level) : gainOfLevel(event.level);
    const from = event.time - SHAPE_LEAD;
    for (let i = Math.max(0, -from); i < SHAPE_WINDOW && from + i < signal.length; i++) {
      signal[from + i]! += gain * shape[i]!;
    }
  }
}
