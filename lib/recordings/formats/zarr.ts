/**
 * Zarr folders, versions 2 and 3: NWB, recordings saved by SpikeInterface, and arrays with a sample rate.
 */
import {
  checkClaims,
  GET_AGAIN,
  RecordingFormatError,
  type Channel,
  type RecordingFile,
  type Stream,
} from '../recording-file';
import { isNwb, nwbStreams } from './nwb';
import type { DataTree } from './parts/data-tree';
import { plainArrayStreams } from './parts/plain-arrays';
import { treeStream } from './parts/tree-stream';
import { openZarrTree } from './parts/zarr-tree';

/**
 * Opens a folder.
 *
 * @param sidecarPath - a JSON sidecar, where it is not beside the folder
 * @throws RecordingFormatError when it is damaged, or nothing in it is a recording
 */
export async function openZarr(path: string, sidecarPath?: string): Promise<RecordingFile> {
  const tree = await openZarrTree(path);
  const saved = (await tree.kind('/traces_seg0')) === 'array';
  const [format, found] = (await isNwb(tree))
    ? (['NWB (Zarr)', await nwbStreams(tree)] as const)
    : saved
      ? (['Zarr of SpikeInterface', await savedStreams(tree)] as const)
      : (['Zarr', await plainArrayStreams(tree, sidecarPath)] as const);
  return { path, format, ...found, close: () => undefined };
}

/** A recording as SpikeInterface saves it: `traces_seg0` …, names in `channel_ids`, gains among the properties. */
async function savedStreams(tree: DataTree): Promise<{ streams: Stream[]; notes: string[] }> {
  const sampleRate = Number(await tree.attribute('/', 'sampling_frequency'));
  const list = async (path: string): Promise<readonly (number | string)[]> =>
    (await tree.kind(path)) === 'array' ? tree.values(path) : [];
  const ids = await list('/channel_ids');
  const gains = await list('/properties/gain_to_uV');
  const offsets = await list('/properties/offset_to_uV');
  const locations = await list('/properties/location');
  const streams: Stream[] = [];
  for (let segment = 0; (await tree.kind(`/traces_seg${segment}`)) === 'array'; segment++) {
    const array = await tree.array(`/traces_seg${segment}`);
    const { type, shape } = array;
    const width = shape[1] ?? 0;
    if (type === undefined || shape.length !== 2) {
      throw new RecordingFormatError(tree.path, `traces_seg${segment} is not samples by channels`, GET_AGAIN);
    }
    checkClaims(tree.path, { sampleRate, channels: width });
    const scaled = gains.length === width;
    const channels = Array.from({ length: width }, (_, i): Channel => ({
      id: String(ids[i] ?? i),
      name: String(ids[i] ?? i),
      kind: 'electrode',
      unit: scaled ? 'uV' : '',
      gain: scaled ? Number(gains[i]) : 1,
      offset: scaled ? Number(offsets[i] ?? 0) : 0,
      ...(locations.length === 2 * width
        ? { place: { x: Number(locations[2 * i]), y: Number(locations[2 * i + 1]) } }
        : {}),
    }));
    streams.push(
      treeStream({ name: 'traces', segment, sampleRate, channels }, { ...array, type }, 'time-channels'),
    );
  }
  return { streams, notes: [] };
}
