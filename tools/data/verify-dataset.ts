/**
 * Whether the kept files of an imported dataset are what the import wrote.
 */
import { statSync } from 'node:fs';
import { readDatasetManifest, recordingsOf } from '../../lib/recordings/datasets/dataset-manifest';
import { readWavBytes, RecordingError } from '../../lib/recordings/corpus';

/** Files of a dataset are missing or have changed. */
export class AlteredDatasetError extends Error {
  override readonly name = 'AlteredDatasetError';
}

/**
 * Checks the SHA-256 of each file of a dataset, and whether its source is still where it was imported from.
 *
 * @param folder - `data/<name>`
 * @param say - takes what was found, a line at a time
 * @throws DatasetManifestError when the dataset has no manifest, or a damaged one
 * @throws AlteredDatasetError that names the files
 */
export function verifyDataset(folder: string, say: (line: string) => void): void {
  const manifest = readDatasetManifest(folder);
  const recordings = recordingsOf(manifest, folder);
  const altered = recordings.filter((recording) => {
    try {
      readWavBytes(recording);
      return false;
    } catch (error) {
      if (error instanceof RecordingError) return true;
      throw error;
    }
  });
  const { path } = manifest.source;
  if (altered.length > 0) {
    const options = Object.entries(manifest.options).map(([option, value]) => ` --${option} ${value}`);
    throw new AlteredDatasetError(
      `Of the ${recordings.length} recordings of ${manifest.name}, ${altered.length} are missing or altered: ` +
        `${altered.map(({ name }) => name).join(', ')}.\nImport them again: ` +
        `npm run data -- --from ${path} --name ${manifest.name} --replace${options.join('')}.`,
    );
  }
  say(`All ${recordings.length} recordings of ${manifest.name} are in ${folder}, and none is altered.`);
  if (!statSync(path, { throwIfNoEntry: false })) {
    say(`Their source, ${path}, is not there any more; nothing but a new import needs it.`);
  }
}
