import { checkWindow, type SampleArray, type SampleType, type Stream } from '../../recording-file';
import type { TreeArray } from './data-tree';
import type { StreamFacts } from './laid-out-samples';
import { emptySamples } from './sample-values';

/** Values that are read at a time. */
const WINDOW_VALUES = 2 ** 21;

/** How time and channels lie in an array: samples alone, samples by channels, the reverse, or interleaved in a row. */
export type TreeOrder = 'time' | 'time-channels' | 'channels-time' | 'interleaved';

/**
 * A stream whose samples are an array of a container.
 *
 * @param facts - name, rate, channels and gaps
 * @param array - numbers, in the order given
 */
export function treeStream(
  facts: StreamFacts,
  array: TreeArray & { readonly type: SampleType },
  order: TreeOrder,
): Stream {
  const width = facts.channels.length;
  const samples =
    order === 'interleaved'
      ? Math.floor(array.shape[0]! / width)
      : array.shape[order === 'channels-time' ? 1 : 0]!;
  const stream: Stream = {
    segment: 0,
    gaps: [],
    ...facts,
    samples,
    type: array.type,
    async read(channels, from, count) {
      checkWindow(stream, channels, from, count);
      const out: SampleArray[] = channels.map(() => emptySamples(array.type, count));
      if (channels.length === 0 || count === 0) return out;
      const first = channels.reduce((least, channel) => Math.min(least, channel), width);
      const last = channels.reduce((most, channel) => Math.max(most, channel), 0) + 1;
      const columns = order === 'interleaved' ? width : last - first;
      const atATime = Math.max(1, Math.floor(WINDOW_VALUES / columns));
      for (let done = 0; done < count; done += atATime) {
        const taken = Math.min(atATime, count - done);
        const [start, end] = [from + done, from + done + taken];
        if (order === 'channels-time') {
          for (let i = 0; i < channels.length; i++) {
            out[i]!.set(
              await array.read([
                [channels[i]!, channels[i]! + 1],
                [start, end],
              ]),
              done,
            );
          }
          continue;
        }
        const values = await array.read(
          order === 'time'
            ? [[start, end]]
            : order === 'interleaved'
              ? [[start * width, end * width]]
              : [
                  [start, end],
                  [first, last],
                ],
        );
        const shift = order === 'interleaved' || order === 'time' ? 0 : first;
        channels.forEach((channel, i) => {
          const target = out[i]!;
          for (let t = 0, at = channel - shift; t < taken; t++, at += columns) target[done + t] = values[at]!;
        });
      }
      return out;
    },
  };
  return stream;
}
