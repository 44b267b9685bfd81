import { basename } from 'node:path';
import { checkClaims, RecordingFormatError, type Channel, type Stream } from '../../recording-file';
import type { DataTree, TreeArray } from './data-tree';
import { findSidecar, readSidecar, SIDECAR_EXAMPLE, sidecarChannels } from './sidecar';
import { treeStream } from './tree-stream';

/** Names under which files of laboratories keep their sample rate. */
const RATE_NAMES = [
  'sampling_frequency',
  'sampling_rate',
  'samplingRate',
  'SamplingRate',
  'sample_rate',
  'sampleRate',
  'SampleRate',
  'fs',
  'Fs',
  'rate',
];
const MOST_ARRAYS = 10_000;
const DEEPEST = 16;

interface Found {
  readonly path: string;
  readonly array: TreeArray;
  readonly sampleRate: number | undefined;
}

/**
 * Arrays of numbers in a container of no known arrangement: those that have a sample rate among their attributes or
 * above them, or the largest one where a JSON sidecar says the rate.
 *
 * @throws RecordingFormatError when no sample rate is found; the message lists what was found
 */
export async function plainArrayStreams(
  tree: DataTree,
  sidecarPath?: string,
): Promise<{ streams: Stream[]; notes: string[] }> {
  const found: Found[] = [];
  const walk = async (path: string, inherited: number | undefined, depth: number): Promise<void> => {
    if (found.length > MOST_ARRAYS || depth > DEEPEST) return;
    let sampleRate = inherited;
    for (const name of RATE_NAMES) {
      const value = await tree.attribute(path, name);
      if (typeof value === 'number') sampleRate = value;
    }
    if ((await tree.kind(path)) === 'array') {
      const array = await tree.array(path);
      if (array.type !== undefined && (array.shape.length === 1 || array.shape.length === 2)) {
        found.push({ path, array, sampleRate });
      }
      return;
    }
    for (const child of await tree.children(path)) await walk(child, sampleRate, depth + 1);
  };
  await walk('/', undefined, 0);
  const notes: string[] = [];
  const streams: Stream[] = [];
  const sidecarFile = sidecarPath ?? findSidecar(tree.path);
  if (sidecarFile !== undefined && found.length > 0) {
    const sidecar = readSidecar(tree.path, sidecarFile);
    const size = ({ array }: Found): number => array.shape.reduce((product, length) => product * length, 1);
    const largest = found.reduce((most, one) => (size(one) > size(most) ? one : most));
    if (found.length > 1) notes.push(`${largest.path} is the largest of ${found.length} arrays and is read.`);
    const { channelsFirst, width } = orderOf(largest.array, sidecar.channelsFirst, sidecar.channels);
    streams.push(streamOf(largest, sidecar.sampleRate, sidecarChannels(sidecar, width), channelsFirst));
    return { streams, notes };
  }
  for (const one of found) {
    if (one.sampleRate === undefined) continue;
    const { channelsFirst, width } = orderOf(one.array);
    checkClaims(tree.path, { sampleRate: one.sampleRate, channels: width });
    streams.push(
      streamOf(
        one,
        one.sampleRate,
        Array.from({ length: width }, (_, i): Channel => ({
          id: String(i),
          name: String(i),
          kind: 'electrode',
          unit: '',
          gain: 1,
          offset: 0,
        })),
        channelsFirst,
      ),
    );
  }
  if (streams.length === 0) {
    const list = found
      .slice(0, 5)
      .map(({ path, array }) => `${path} (${array.shape.join(' × ')})`)
      .join(', ');
    throw new RecordingFormatError(
      tree.path,
      found.length === 0 ? 'it holds no array of numbers' : `nothing says the sample rate of ${list}`,
      found.length === 0
        ? 'Give a file of recordings.'
        : `Write ${tree.path}.json, such as ${SIDECAR_EXAMPLE}.`,
    );
  }
  return { streams, notes };
}

/** Time is the longer dimension unless a sidecar says otherwise. */
function orderOf(
  { shape }: TreeArray,
  said?: boolean,
  channels?: number,
): { channelsFirst: boolean; width: number } {
  const [first = 0, second = 1] = shape;
  if (shape.length === 1) return { channelsFirst: false, width: 1 };
  const channelsFirst = said ?? (channels === undefined ? first < second : channels !== second);
  return { channelsFirst, width: channelsFirst ? first : second };
}

function streamOf(
  { path, array }: Found,
  sampleRate: number,
  channels: readonly Channel[],
  channelsFirst: boolean,
): Stream {
  const order = array.shape.length === 1 ? 'time' : channelsFirst ? 'channels-time' : 'time-channels';
  const name = path === '/' ? basename(path) || 'traces' : path.slice(1);
  return treeStream({ name, sampleRate, channels }, { ...array, type: array.type! }, order);
}
