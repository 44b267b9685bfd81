/**
 * Measures some recordings anew with every codec of the results, without caches, and compares with the measurements
 * that the results are sums of.
 */
import { join } from 'node:path';
import { idsForFolds } from '../../lib/catalog/fold-ids';
import { codecWithoutBasis, findCodec } from '../../lib/codecs/codec-from-id';
import { losslessPreset } from '../../lib/codecs/lossless/lossless-codec';
import {
  corpusHash,
  openCorpus,
  stratifiedSubset,
  type Corpus,
  type Recording,
} from '../../lib/recordings/corpus';
import { openMeasurementCache, recordingHash } from '../../lib/measuring/cache';
import { hashCodecCode } from '../../lib/measuring/codec-code';
import { operatingSteps } from '../../lib/measuring/measured-curve';
import { foldOf } from '../../lib/recordings/folds';
import {
  digestOf,
  readDigests,
  recordingKey,
  type MeasurementDigests,
} from '../../lib/study/measurement-digests';
import { measuringPool } from '../../lib/measuring/measuring-pool';
import { readResults, resultsPath } from '../../lib/results/results';
import { projectRoot } from '../../lib/files/project-root';
import { prepareCodecKernels } from '../kernels';
import { selectNotebooks } from './notebook-file';
import type { ReproduceOptions } from './options';
import type { LineOutput } from './progress-view';

/** There are no results to compare with, or they are about other recordings. */
export class AuditError extends Error {
  override readonly name = 'AuditError';
}

/** Result of the audit of one curve. */
interface CurveAudit {
  readonly basis: string;
  /** Recordings that gave the same as the results were made of, and names of those that did not. */
  readonly same: number;
  readonly different: readonly string[];
  /** Recordings whose cached measurement differs from the new one. */
  readonly differentInCache: readonly string[];
  /** Recordings without a kept digest in the results. */
  readonly incomparable: number;
}

/** Measurements in the cache of this machine, which the next run would use. */
async function cachedDigests(
  basis: string,
  dataset: string,
  steps: readonly number[],
): Promise<(recording: Recording) => string | undefined> {
  const caches: (ReturnType<typeof openMeasurementCache> | undefined)[] = [];
  for (const id of idsForFolds(basis)) {
    const code = await hashCodecCode(id, dataset);
    caches.push(code === undefined ? undefined : openMeasurementCache(id, code));
  }
  return (recording) => {
    const { facts, points, missing } = caches[foldOf(recording.samples)]?.find(
      recordingHash(recording),
      steps,
    ) ?? {
      facts: undefined,
      points: [],
      missing: steps,
    };
    return facts && missing.length === 0 ? digestOf({ facts, points }) : undefined;
  };
}

async function auditCurve(
  basis: string,
  digests: MeasurementDigests | undefined,
  recordings: readonly Recording[],
  corpus: Corpus,
  jobs: number,
): Promise<CurveAudit> {
  const steps = digests?.steps ?? [...operatingSteps(basis, corpus)].sort((a, b) => a - b);
  const cached = await cachedDigests(basis, corpus.dataset, steps);
  const pool = await measuringPool(jobs);
  const measured = await Promise.all(
    recordings.map(async (recording) => {
      const codecId = idsForFolds(basis)[foldOf(recording.samples)];
      const found = digestOf(await pool.run({ codecId, recording, steps }, recording.samples));
      return {
        recording,
        found,
        expected: digests?.recordings[recordingKey(recording)],
        inCache: cached(recording),
      };
    }),
  );
  const names = (chosen: typeof measured): string[] => chosen.map(({ recording }) => recording.name);
  return {
    basis,
    same: measured.filter(({ found, expected }) => found === expected).length,
    different: names(measured.filter(({ found, expected }) => expected !== undefined && found !== expected)),
    differentInCache: names(
      measured.filter(({ found, inCache }) => inCache !== undefined && found !== inCache),
    ),
    incomparable: measured.filter(({ expected }) => expected === undefined).length,
  };
}

/** A curve in one line. */
function describe({ basis, same, different, differentInCache, incomparable }: CurveAudit): string {
  const parts: string[] = [];
  if (same > 0) parts.push(`${same} the same to the last bit`);
  if (different.length > 0) parts.push(`${different.length} DIFFERENT (${different.join(', ')})`);
  if (incomparable > 0) parts.push(`${incomparable} measured, nothing kept to compare with`);
  if (differentInCache.length > 0) parts.push(`cache DIFFERENT (${differentInCache.join(', ')})`);
  return `${basis}: ${parts.join(', ')}`;
}

function isMeasurable(basis: string): boolean {
  if (losslessPreset(basis) !== undefined || codecWithoutBasis(basis)) return true;
  try {
    idsForFolds(basis).forEach(findCodec);
    return true;
  } catch {
    return false;
  }
}

/**
 * The audit of `npm run reproduce -- --audit N`.
 *
 * @returns the exit code: 1 when something differs, 2 when nothing could be compared
 * @throws AuditError
 */
export async function audit(
  options: ReproduceOptions & { readonly audit: number },
  output: LineOutput,
): Promise<number> {
  const say = (text: string): unknown => output.write(`${text}\n`);
  const corpus: Corpus = openCorpus(options);
  const results = readResults(resultsPath(corpus.name));
  if (!results) {
    throw new AuditError(`There are no results of ${corpus.label}: make them with npm run reproduce.`);
  }
  if (results.dataset.sha256 !== corpusHash(corpus)) {
    throw new AuditError(
      `figures/${corpus.name}/results.json is about other recordings than those that are here: make it anew with npm run reproduce.`,
    );
  }
  const recordings = stratifiedSubset(corpus.recordings, Math.min(options.audit, corpus.recordings.length));
  const folder = join(projectRoot(), 'figures', corpus.name);
  const notebooks = new Set(
    selectNotebooks([...new Set(results.curves.map(({ notebook }) => notebook))], options.only),
  );
  const curves = results.curves.filter(({ notebook }) => notebooks.has(notebook));
  say(`Measuring ${recordings.length} of ${corpus.label} anew with ${curves.length} codecs, past the cache`);
  await prepareCodecKernels();
  const audits: CurveAudit[] = [];
  for (const { basis } of curves) {
    if (!isMeasurable(basis)) {
      say(`${basis}: not in the catalog any more, so nothing measures it`);
      continue;
    }
    const found = await auditCurve(basis, readDigests(folder, basis), recordings, corpus, options.jobs);
    audits.push(found);
    say(describe(found));
  }
  const differ = audits.filter(
    ({ different, differentInCache }) => different.length + differentInCache.length > 0,
  );
  const compared = audits.filter(({ same, different }) => same + different.length > 0);
  if (differ.length > 0) {
    say(
      `\n${differ.length} of ${audits.length} curves differ: ${differ.map(({ basis }) => basis).join(', ')}. ` +
        'Either the code has changed since the results were made (npm run reproduce -- --plan says so), or they, or the ' +
        'cache, are not what this code gives. Delete .cache/sweeps, then run npm run reproduce -- --force.',
    );
    return 1;
  }
  if (compared.length === 0) {
    say(
      '\nNothing could be compared: these results were made before measurements were kept with them. ' +
        'npm run reproduce -- --force makes them anew, with what an audit needs.',
    );
    return 2;
  }
  say(
    `\n${compared.length} of ${audits.length} curves compared: what these recordings give now is, to the last bit, what ` +
      'the totals in results.json were made of. The totals themselves are over all recordings, and only ' +
      'npm run reproduce -- --force makes those anew.',
  );
  return 0;
}
