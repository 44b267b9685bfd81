/**
 * What datasets there are, for people.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  importedDatasets,
  readDatasetManifest,
  type DatasetManifest,
} from '../../lib/recordings/datasets/dataset-manifest';
import { bandAt, SPIKE_BAND } from '../../lib/metrics/spike-band';
import { readManifest } from '../../lib/recordings/manifest';

/** A dataset in a few lines. */
export function describeDataset(manifest: DatasetManifest): string {
  const { name, source, sampleRate, noise, fullScale, electrodes, recordings, options } = manifest;
  const groups = new Set(recordings.map(({ group }) => group)).size;
  const samples = recordings.reduce((sum, recording) => sum + recording.samples, 0);
  const bits = [...new Set(electrodes.map(({ digitizer }) => digitizer.bits))].sort((a, b) => a - b);
  const folds = [0, 1].map((fold) => recordings.filter((recording) => recording.samples % 2 === fold).length);
  const chosen = Object.entries(options)
    .map(([option, value]) => `--${option} ${value}`)
    .join(' ');
  const shown = (value: number): string => String(Number(value.toPrecision(6)));
  return [
    `${name}: ${recordings.length} recordings, ${electrodes.length} of ${source.electrodes} electrodes in ${groups} stretches of time, ` +
      `${shown(samples / sampleRate)} s together`,
    `  folds           ${folds[0]} recordings of the first half of the time, ${folds[1]} of the second`,
    `  sample rate     ${shown(sampleRate)} Hz`,
    `  digitizer       ${bits.join(' and ')} bits; full scale ${fullScale.codes} codes, ${fullScale.known ? 'as known of the digitizer' : 'the range that is used'}`,
    `  noise           ${shown(noise)} codes (${bandAt(SPIKE_BAND, sampleRate) ? '300–5000 Hz' : 'second differences'}, by the median absolute deviation; median recording)`,
    `  source          ${source.path} (${source.format}, ${shown(source.seconds)} s, ${source.bytes} bytes)`,
    `  SHA-256         ${source.sha256}`,
    `  chosen          ${chosen}`,
  ].join('\n');
}

/** Writes what there is and what to type, a line at a time. */
export function listDatasets(data: string, write: (line: string) => void): void {
  const manifest = join(data, 'neuralink.manifest.tsv');
  const all = existsSync(manifest) ? readManifest(manifest).length : 0;
  const folder = join(data, 'neuralink');
  const here = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.wav')).length : 0;
  write(`neuralink: ${here} of ${all} recordings of the Neuralink compression challenge`);
  write('sample: 8 synthetic recordings, made when they are needed');
  for (const name of importedDatasets(data)) {
    try {
      write(describeDataset(readDatasetManifest(join(data, name))));
    } catch (error) {
      write(`${name}: ${(error as Error).message}`);
    }
  }
  write('');
  if (here < all) {
    write("npm run data -- --download                   fetches the challenge's recordings (64 MB)");
    write('npm run data -- --from data.zip              imports a copy of them');
  }
  write('npm run data -- --from PATH --name mylab     imports recordings of any laboratory');
  write('npm run data -- --inspect PATH               says what is in them');
  write('npm run reproduce -- --dataset NAME          runs the notebooks on one of these');
}
