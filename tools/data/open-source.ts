/**
 * Opens what is to be imported or looked into: as `lib` does, and Zarr arrays with this project's own codec too.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { zarrCodecRegistrars, type ZarrCodecRegistry } from '../../lib/recordings/formats/parts/zarr-codecs';
import type { RecordingFile } from '../../lib/recordings/recording-file';
import { openRecording, type OpenOptions } from '../../lib/recordings/recognize';
import type * as OwnCodec from '../../packages/neurobasis-codec/src/zarrita';

/** Loads the codec with the first Zarr folder: it takes as long as all the rest of a command's start. */
function registerOwnCodec(registry: ZarrCodecRegistry): void {
  const load = createRequire(join(projectRoot(), 'package.json'));
  const { registerNeurobasis } = load('./packages/neurobasis-codec/src/zarrita') as typeof OwnCodec;
  registerNeurobasis(registry);
}

/**
 * Opens a recording: a file, or a folder of one.
 *
 * @throws RecordingFormatError as `openRecording` does
 */
export function openSource(path: string, options: OpenOptions = {}): Promise<RecordingFile> {
  zarrCodecRegistrars.add(registerOwnCodec);
  return openRecording(path, options);
}
