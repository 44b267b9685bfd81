/**
 * HDF5 files: NWB, BioCAM, and arrays with a sample rate.
 */
import type { RecordingFile } from '../recording-file';
import { biocamStreams, isBiocam } from './biocam';
import { isNwb, nwbStreams } from './nwb';
import { openHdf5Tree, type Hdf5Bounds } from './parts/hdf5-tree';
import { plainArrayStreams } from './parts/plain-arrays';

/** First eight bytes; a block of the user's may stand before them. */
export const HDF5_MAGIC = '\x89HDF\r\n\x1a\n';

/**
 * Opens a file.
 *
 * @param sidecarPath - a JSON sidecar, where it is not beside the file
 * @param bounds - what the library may take
 * @throws RecordingFormatError when it is damaged, or nothing in it is a recording
 */
export async function openHdf5(
  path: string,
  sidecarPath?: string,
  bounds?: Hdf5Bounds,
): Promise<RecordingFile> {
  const tree = await openHdf5Tree(path, bounds);
  try {
    const [format, found] = (await isNwb(tree))
      ? ['NWB (HDF5)', await nwbStreams(tree)]
      : (await isBiocam(tree))
        ? ['BioCAM (HDF5)', await biocamStreams(tree)]
        : ['HDF5', await plainArrayStreams(tree, sidecarPath)];
    return {
      path,
      format: format as string,
      ...(found as Awaited<ReturnType<typeof nwbStreams>>),
      close: () => tree.close(),
    };
  } catch (error) {
    tree.close();
    throw error;
  }
}
