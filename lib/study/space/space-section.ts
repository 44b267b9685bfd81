/** What the notebooks on electrodes beside each other share: which groups, which codecs, and the tables. */
import { showTable } from '../../figures/display';
import type { TableColumn } from '../../figures/table';
import { GroupSpectrumError, groupSpectrum, type GroupSpectrum } from '../../metrics/group-bound';
import type { Interval } from '../../numerics/statistics';
import type { Corpus } from '../../recordings/corpus';
import { signalOf } from '../../recordings/signal';
import { SPATIAL_FAMILIES } from '../../space/catalog';
import { ChannelGroupError } from '../../space/spatial-basis';
import { withInterval } from '../sections/verdict-numbers';
import { boundSaving, bytesSaved, errorAtRatio, losslessSaved, pointsOfGroups } from './compare-groups';
import { electrodeGroups, groupSteps, partOfGroup, type GroupCorpus } from './electrode-groups';
import { sweepGroups, type GroupCurve } from './group-sweep';
import { OWN_FILES } from './measure-group';

/** Compression ratios, of the group without a spatial basis, at whose errors bytes are compared. */
export const SPACE_RATIOS = [20, 50, 100, 200] as const;

/** Basis in time of the studies. */
export const SPACE_TIME = 'mdct-256-sine';

/** Electrodes of the simulated array that notebooks take, of 32: the first ones, which are neighbors. */
const SIMULATED_ELECTRODES = 8;

/** The group without a spatial basis: same file, same models. */
const REFERENCE = 'none';

/** Samples of a segment of cross-spectra. */
const SEGMENT = 256;

/** Titles of spatial bases. */
const TITLES: Readonly<Record<string, string>> = {
  [OWN_FILES]: 'each channel in its own file',
  [REFERENCE]: 'no spatial basis',
  mean: 'mean of the channels before',
  median: 'median of the channels before',
  nearest: 'difference to the nearest',
  best: 'difference to the best before',
  several: 'up to four before, weighted',
  dct: 'cosines along the probe',
  haar: 'Haar along the probe',
  graph: 'graph Fourier of the places',
  klt: 'Karhunen–Loève',
  'klt-bands': 'Karhunen–Loève of each octave',
};

/** A spatial basis of a study: bytes saved against none. */
export interface SpaceRow {
  readonly spatial: string;
  readonly title: string;
  readonly curve: GroupCurve;
  /** Percent, at the error that the group without a spatial basis has at each of {@link SPACE_RATIOS}. */
  readonly saved: readonly (Interval | null)[];
}

/** A study of spatial bases over one basis in time. */
export interface SpaceStudy {
  readonly corpus: GroupCorpus;
  readonly time: string;
  readonly rows: readonly SpaceRow[];
  readonly reference: GroupCurve;
}

/**
 * The groups of a corpus; undefined, after a sentence on why, where no two recordings were made at the same time. Of the
 * array that is simulated in place of the sample, some electrodes.
 *
 * @public
 */
export function openGroups(corpus: Corpus): GroupCorpus | undefined {
  const groups = electrodeGroups(corpus);
  if (corpus.synthetic) return partOfArray(groups);
  if (groups.groups.length > 0) return groups;
  console.log(
    `No two recordings of ${corpus.label} were made at the same time, so there is nothing to study here.`,
  );
  return undefined;
}

function partOfArray(array: GroupCorpus): GroupCorpus {
  const taken = [...new Array<undefined>(SIMULATED_ELECTRODES).keys()];
  const { length } = array.groups[0]!.codes;
  return {
    ...array,
    label: `${taken.length} of ${length} electrodes of a ${array.label.replace(/ \(.*/, '')} (${array.groups.length} stretches)`,
    groups: array.groups.map((group) => partOfGroup(group, taken)),
  };
}

/** Steps of operating points from one number to another; of the simulated array every other one. */
function studySteps(corpus: GroupCorpus, from = 0, to?: number): number[] {
  const steps = groupSteps(corpus).slice(from, to);
  return corpus.dataset === 'sample' ? steps.filter((_, i) => i % 2 === 0) : steps;
}

/**
 * Measures spatial bases over one basis in time.
 *
 * @param spatial - ids of spatial bases, or {@link OWN_FILES}
 *
 * @public
 */
export async function studySpace(
  corpus: GroupCorpus,
  time: string,
  spatial: readonly string[],
): Promise<SpaceStudy> {
  const steps = studySteps(corpus);
  const [reference] = await sweepGroups(corpus, [`${time}@${REFERENCE}`], steps);
  const rows: SpaceRow[] = [];
  for (const id of spatial) {
    const title = TITLES[id] ?? id;
    try {
      const [curve] = await sweepGroups(corpus, [`${time}@${id}`], steps);
      const saved = SPACE_RATIOS.map((ratio) => bytesSaved(reference!, curve!, ratio));
      rows.push({ spatial: id, title, curve: curve!, saved });
    } catch (error) {
      if (!(error instanceof ChannelGroupError)) throw error;
      console.log(`${title}: left out, as ${error.message}`);
    }
  }
  return { corpus, time, rows, reference: reference! };
}

/**
 * Shows what each spatial basis saves.
 *
 * @public
 */
export function showSpaceStudy({ corpus, time, rows }: SpaceStudy): void {
  console.log(
    `${corpus.label}; ${time}. Bytes saved, %, at the error that the group without a spatial basis has at a compression ` +
      `ratio, with 95% intervals over ${corpus.groups.length} stretches of time. A dash: a curve does not reach that error.`,
  );
  showTable(rows, [
    { label: 'Spatial basis', value: ({ title }: SpaceRow) => title },
    ...SPACE_RATIOS.map((ratio, i): TableColumn<SpaceRow> => ({
      label: `at CR ${ratio}`,
      value: ({ saved }) => withInterval(saved[i]!, 1),
    })),
  ]);
}

/** The row that saves most at a ratio; undefined where none was measured there. */
export function bestAt(
  { rows }: Pick<SpaceStudy, 'rows'>,
  ratio: (typeof SPACE_RATIOS)[number],
): SpaceRow | undefined {
  const at = SPACE_RATIOS.indexOf(ratio);
  const measured = rows.filter(({ saved }) => saved[at] !== null);
  return measured.sort((a, b) => b.saved[at]!.estimate - a.saved[at]!.estimate)[0];
}

/**
 * Says which spatial basis saves most, by the numbers of the study.
 *
 * @public
 */
export function tellBest(study: SpaceStudy): void {
  for (const [i, ratio] of SPACE_RATIOS.entries()) {
    const best = bestAt(study, ratio);
    if (!best) continue;
    const interval = best.saved[i]!;
    console.log(
      interval.lower > 0
        ? `At CR ${ratio}: ${best.title} saves ${withInterval(interval, 1)}% of the bytes.`
        : `At CR ${ratio}: nothing saves bytes beyond its interval; ${best.title} comes nearest, ${withInterval(interval, 1)}%.`,
    );
  }
}

/** The bound beside a study. */
export interface SpaceBound {
  readonly ratio: number;
  /** Bytes that the bound of all channels together saves against that of each alone, %. */
  readonly possible: number;
  /** Compression ratio of the bound together at this error. */
  readonly compressionRatio: number;
}

/**
 * What space is worth to a stationary Gaussian process with the group's cross-spectra, at the errors of the study.
 *
 * @returns empty, after a sentence on why, where there is too little to estimate cross-spectra
 *
 * @public
 */
export function spaceBound({ corpus, reference }: Pick<SpaceStudy, 'corpus' | 'reference'>): SpaceBound[] {
  let spectra: GroupSpectrum[];
  try {
    spectra = corpus.groups.map(({ codes }) => groupSpectrum(codes, SEGMENT));
  } catch (error) {
    if (!(error instanceof GroupSpectrumError)) throw error;
    console.log(`No bound: ${error.message}`);
    return [];
  }
  const points = pointsOfGroups(reference);
  return SPACE_RATIOS.flatMap((ratio) => {
    const mse = errorAtRatio(points, ratio);
    if (mse === undefined) return [];
    const { together, saved } = boundSaving(spectra, mse);
    return saved === null ? [] : [{ ratio, possible: saved, compressionRatio: 16 / together }];
  });
}

/** Bytes saved by a part of the electrodes. */
export interface PartRow {
  readonly label: string;
  readonly channels: number;
  /** µm between the electrodes of a pair, where their places are known. */
  readonly distance?: number;
  readonly saved: Interval | null;
}

/** Numbers of channels of growing groups. */
const COUNTS = [2, 4, 8, 16, 32];

/** Distances of pairs, in electrodes. */
const DISTANCES = [1, 2, 4, 8, 16];

/** Compression ratio of the comparisons of parts. */
export const PART_RATIO = 50;

async function partRow(corpus: GroupCorpus, channels: readonly number[], label: string): Promise<PartRow> {
  const part = { ...corpus, groups: corpus.groups.map((group) => partOfGroup(group, channels)) };
  // The steps about the compression ratio of the comparison.
  const steps = studySteps(corpus, 1, 6);
  const [none, klt] = await sweepGroups(part, [`${SPACE_TIME}@none`, `${SPACE_TIME}@klt-bands`], steps);
  const [a, b] = [corpus.groups[0]!.places[channels[0]!], corpus.groups[0]!.places[channels[1]!]];
  const known = channels.length === 2 && a?.y !== undefined && b?.y !== undefined;
  return {
    label,
    channels: channels.length,
    ...(known && { distance: Math.sqrt(((a.x ?? 0) - (b.x ?? 0)) ** 2 + (a.y! - b.y!) ** 2) }),
    saved: bytesSaved(none!, klt!, PART_RATIO),
  };
}

/**
 * Bytes saved by the first 2, 4, 8, … electrodes of each group.
 *
 * @public
 */
export async function growthWithChannels(corpus: GroupCorpus): Promise<PartRow[]> {
  const all = Math.min(...corpus.groups.map(({ codes }) => codes.length));
  const counts = [...new Set(COUNTS.map((count) => Math.min(count, all)))];
  const rows: PartRow[] = [];
  for (const count of counts)
    rows.push(await partRow(corpus, [...new Array<undefined>(count).keys()], `${count}`));
  return rows;
}

/**
 * Bytes saved by pairs of electrodes that are 1, 2, 4, … electrodes apart.
 *
 * @public
 */
export async function growthWithDistance(corpus: GroupCorpus): Promise<PartRow[]> {
  const all = Math.min(...corpus.groups.map(({ codes }) => codes.length));
  const rows: PartRow[] = [];
  for (const apart of DISTANCES.filter((distance) => distance < all)) {
    rows.push(await partRow(corpus, [0, apart], `${apart}`));
  }
  return rows;
}

/** A lossless codec of groups against each channel alone. */
export interface LosslessRow {
  readonly codecId: string;
  readonly title: string;
  readonly bitsPerSample: number;
  /** Percent of the bytes of the channels each alone. */
  readonly saved: Interval | null;
}

const LOSSLESS_ALONE = 'lossless-best-alone@none';

/** Lossless codecs of groups: what the coder sees, and what is predicted before it. */
const LOSSLESS_TITLES: readonly (readonly [id: string, title: string])[] = [
  [LOSSLESS_ALONE, 'each channel alone'],
  ['lossless-best-row@none', 'one after another: digitizer learned once'],
  ['lossless-best@none', 'the coder predicts from earlier channels'],
  ['lossless-best-row@mean', 'less the mean of the channels before'],
  ['lossless-best-row@best', 'less the best channel before'],
  ['lossless-best-row@several', 'less up to four channels before'],
];

/**
 * Measures lossless codecs of groups.
 *
 * @public
 */
export async function losslessGroups(corpus: GroupCorpus): Promise<LosslessRow[]> {
  let alone: GroupCurve | undefined;
  const rows: LosslessRow[] = [];
  for (const [codecId, title] of LOSSLESS_TITLES) {
    try {
      const [curve] = await sweepGroups(corpus, [codecId], [0]);
      const { bitsPerSample } = pointsOfGroups(curve!)[0]!;
      rows.push({ codecId, title, bitsPerSample, saved: alone ? losslessSaved(alone, curve!) : null });
      alone ??= curve;
    } catch (error) {
      if (!(error instanceof ChannelGroupError)) throw error;
      console.log(`${title}: left out, as ${error.message}`);
    }
  }
  return rows;
}

/** Cost and side information of a spatial basis. */
export interface SpaceCost {
  readonly title: string;
  /** Multiply–adds a sample, beside those of the basis in time. */
  readonly multiplyAdds: number;
  /** Bytes that name the basis of a group. */
  readonly sideBytes: number;
  readonly delay: string;
}

/**
 * What spatial bases cost on the first group, one basis for all frequencies. None has a delay of its own; those that are
 * chosen from the recording have it all before the first byte, unless they are fixed beforehand.
 *
 * @public
 */
export function costOfSpace({ groups }: GroupCorpus, step: number): SpaceCost[] {
  const { codes, places } = groups[0]!;
  const channels = codes.map((channel) => signalOf(channel).signal);
  return SPATIAL_FAMILIES.map((family) => {
    const side = family.choose(channels, places, step);
    return {
      title: TITLES[family.id] ?? family.id,
      multiplyAdds: family.chosen(side, channels.length).multiplyAddsPerSample,
      sideBytes: side.length,
      delay: family.wholeRecording ? 'whole recording' : 'none',
    };
  });
}
