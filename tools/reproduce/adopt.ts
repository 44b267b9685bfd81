/**
 * Measurements of the cache that other code made are adopted for the code as it is, once some recordings that are
 * measured anew agree with them to the last bit. A change that moves code without changing what it computes then costs
 * an audit instead of a sweep.
 */
import { statSync } from 'node:fs';
import {
  filesOfCodecs,
  MeasurementCache,
  openMeasurementCache,
  recordingHash,
} from '../../lib/measuring/cache';
import { hashCodecCode } from '../../lib/measuring/codec-code';
import { measuringPool } from '../../lib/measuring/measuring-pool';
import { openCorpus, stratifiedSubset, type Recording } from '../../lib/recordings/corpus';
import { digestOf } from '../../lib/study/measurement-digests';
import { prepareCodecKernels } from '../kernels';
import type { ReproduceOptions } from './options';
import type { LineOutput } from './progress-view';

type AdoptOptions = ReproduceOptions & { readonly adopt: number };

/** Measurements of a codec by other code. */
interface Offer {
  readonly cache: MeasurementCache;
  /** The recordings of the corpus that it has and the present code's cache lacks, with their steps. */
  readonly recordings: readonly { readonly recording: Recording; readonly steps: readonly number[] }[];
}

function offerOf(path: string, present: MeasurementCache, corpus: readonly Recording[]): Offer {
  const cache = new MeasurementCache(path);
  const kept = cache.recordings();
  const recordings = corpus.flatMap((recording) => {
    const steps = present.find(recordingHash(recording), kept.get(recordingHash(recording)) ?? []).missing;
    return steps.length > 0 ? [{ recording, steps }] : [];
  });
  return { cache, recordings };
}

/** Whether the code as it is measures the same on some of the recordings. */
async function agrees(
  codecId: string,
  { cache, recordings }: Offer,
  { adopt: count, jobs }: AdoptOptions,
): Promise<boolean> {
  const audited = new Set(
    stratifiedSubset(
      recordings.map(({ recording }) => recording),
      count,
    ),
  );
  const pool = await measuringPool(jobs);
  const same = await Promise.all(
    recordings
      .filter(({ recording }) => audited.has(recording))
      .map(async ({ recording, steps }) => {
        const { facts, points } = cache.find(recordingHash(recording), steps);
        const found = await pool.run({ codecId, recording, steps: [...steps] }, recording.samples);
        return facts !== undefined && digestOf(found) === digestOf({ facts, points });
      }),
  );
  return same.every(Boolean);
}

/**
 * The work of `npm run reproduce -- --adopt N`.
 *
 * @returns the exit code, 0
 */
export async function adopt(options: AdoptOptions, output: LineOutput): Promise<number> {
  const corpus = openCorpus(options);
  await prepareCodecKernels();
  let adopted = 0;
  for (const [codecId, files] of filesOfCodecs()) {
    const code = await hashCodecCode(codecId, corpus.dataset);
    if (code === undefined) continue;
    const newestFirst = [...files].sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
    for (const path of newestFirst) {
      const present = openMeasurementCache(codecId, code);
      if (path === present.path) continue;
      const offer = offerOf(path, present, corpus.recordings);
      const { length } = offer.recordings;
      if (length <= options.adopt) continue;
      if (!(await agrees(codecId, offer, options))) {
        output.write(`${codecId}: the code as it is measures otherwise, so nothing is adopted\n`);
        continue;
      }
      for (const { recording, steps } of offer.recordings) {
        const { facts, points } = offer.cache.find(recordingHash(recording), steps);
        present.add(recordingHash(recording), { facts: facts!, points });
      }
      adopted++;
      output.write(`${codecId}: ${options.adopt} the same to the last bit, ${length} recordings adopted\n`);
    }
  }
  output.write(
    adopted === 0
      ? 'Nothing in the cache could be adopted.\n'
      : `\n${adopted} files of measurements adopted. Their recordings were measured by earlier code; ` +
          `${options.adopt} of each, measured anew, are the same to the last bit.\n`,
  );
  return 0;
}
