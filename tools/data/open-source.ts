/**
 * Opens what is to be imported or looked into: as `lib` does, and Zarr arrays with this project's own codec too.
 */
import { moreZarrCodecs } from '../../lib/recordings/formats/parts/zarr-codecs';
import type { RecordingFile } from '../../lib/recordings/recording-file';
import { openRecording, type OpenOptions } from '../../lib/recordings/recognize';
import { registerNeurobasis } from '../../packages/neurobasis-codec/src/zarrita';

/**
 * Opens a recording: a file, or a folder of one.
 *
 * @throws RecordingFormatError as `openRecording` does
 */
export function openSource(path: string, options: OpenOptions = {}): Promise<RecordingFile> {
  registerNeurobasis(moreZarrCodecs);
  return openRecording(path, options);
}
