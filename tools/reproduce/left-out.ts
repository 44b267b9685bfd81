/**
 * Which notebooks have nothing to say of a dataset, and why.
 */
import type { Notebook } from '../../kernel/notebook';
import { isImported, type Corpus } from '../../lib/recordings/corpus';
import { isNeuralinkDigitizer } from '../../lib/recordings/recording';

/** Reasons, as they follow "Left out, since they". */
const REASONS = {
  digitizer: 'are about the digitizer of the Neuralink recordings',
  datasets: 'compare several datasets, whichever is chosen',
} as const;

/**
 * Why a notebook is left out on a corpus; undefined where it is not. The metadata of a notebook say
 * `{"neurobasis": {"digitizer": "neuralink"}}` if it is about that digitizer, and `{"neurobasis": {"compares": "datasets"}}`
 * if it opens datasets of its own: it then runs with the recordings of the project.
 */
export function reasonToLeaveOut(
  { metadata }: Pick<Notebook, 'metadata'>,
  corpus: Pick<Corpus, 'dataset' | 'recordings'>,
): string | undefined {
  const { digitizer, compares } = (metadata['neurobasis'] ?? {}) as {
    digitizer?: unknown;
    compares?: unknown;
  };
  const neuralink = corpus.recordings.every((recording) => isNeuralinkDigitizer(recording.digitizer));
  if (digitizer === 'neuralink' && !neuralink) return REASONS.digitizer;
  if (compares === 'datasets' && isImported(corpus)) return REASONS.datasets;
  return undefined;
}

/** One line for each reason, with the notebooks that it leaves out. */
export function leftOutLines(reasons: ReadonlyMap<string, string | undefined>): string[] {
  const named = [...reasons].filter((entry): entry is [string, string] => entry[1] !== undefined);
  return [...new Set(named.map(([, reason]) => reason))].map((reason) => {
    const names = named.flatMap(([name, its]) => (its === reason ? [name] : []));
    return `Left out, since they ${reason}: ${names.join(', ')}.`;
  });
}

/** Families whose curves a notebook that compares cannot do without. */
const NEEDED_CURVES: Readonly<Record<string, readonly string[]>> = {
  // Its titles speak of the six best transforms.
  '90-conventional.ipynb': ['identity', 'dct', 'mdct', 'dwt', 'packets', 'haar', 'walsh', 'lpc'],
  '91-learned.ipynb': ['dct', 'klt'],
};

/**
 * Families that a notebook compares and that have no curve, since their notebooks did not run on this dataset.
 *
 * @param measured - ids of the bases that have one
 */
export function missingCurves(name: string, measured: readonly string[]): string[] {
  return (NEEDED_CURVES[name] ?? []).filter(
    (family) => !measured.some((basis) => basis === family || basis.startsWith(`${family}-`)),
  );
}

/** Said of notebooks that have nothing to compare. */
export function uncomparedLine(name: string, families: readonly string[]): string {
  return (
    `Left out, since it compares what other notebooks measure, and ${families.join(' and ')} ` +
    `${families.length === 1 ? 'has' : 'have'} no curve yet: ${name}.`
  );
}

/**
 * Said of notebooks whose models could not be learned.
 *
 * @param lacking - the bases that each lacks
 */
export function unlearnedLine(
  lacking: ReadonlyMap<string, readonly string[]>,
  { label }: Pick<Corpus, 'label'>,
): string {
  const names = [...lacking].map(([name, bases]) => `${name} (${bases.join(', ')})`);
  return `Left out, since models could not be learned from ${label} (see above): ${names.join('; ')}.`;
}
