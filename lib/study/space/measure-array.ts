/** Measures the array of one dataset with the bases across electrodes that there are. */
import { createHash } from 'node:crypto';
import { groupSpectrum, GroupSpectrumError, type GroupSpectrum } from '../../metrics/group-bound';
import type { Interval } from '../../numerics/statistics';
import { evenlySpread } from '../../recordings/evenly-spread';
import { ChannelGroupError, type Places } from '../../space/spatial-basis';
import {
  ARRAY_RATIOS,
  type ArrayLossless,
  type ArrayPart,
  type ArrayResult,
  type ArrayRow,
  type ArrayShare,
} from './array-results';
import { boundSaving, bytesSaved, errorAtRatio, losslessSaved, pointsOfGroups } from './compare-groups';
import { groupSteps, partOfGroup, type ElectrodeGroup, type GroupCorpus } from './electrode-groups';
import { sweepGroups, type GroupCurve } from './group-sweep';
import { BLOCK, learnedCurve, type LearnedId } from './learned-space';
import { OWN_FILES } from './measure-group';
import { PART_RATIO, SPACE_TIME } from './space-section';

/** The spatial basis whose growth with channels and distance is measured. */
const BEST = 'klt-bands';

/** Spatial bases that are measured, in the order of tables. */
const SPATIAL = [OWN_FILES, 'mean', 'several', 'dct', 'haar', 'graph', 'klt', BEST] as const;

/** Lossless codecs: each channel alone, one after another, earlier channels in the coder, subtraction before it. */
const LOSSLESS = [
  'lossless-best-alone@none',
  'lossless-best-row@none',
  'lossless-best@none',
  'lossless-best-row@mean',
  'lossless-best-row@several',
] as const;

/** Samples of a channel that are taken of a stretch, from its middle. */
const MOST_SAMPLES = 20_000;

/** Steps of operating points: those of {@link groupSteps} from the noise on, as compression ratios are 20 or more. */
const FIRST_STEP = 1;

/** Samples of a segment of cross-spectra. */
const SEGMENT = 256;

/** Frequencies of cross-spectra that are kept, in multiples of the sample rate over {@link SEGMENT}. */
const BINS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];

/** Part of the power that {@link ArrayShare} counts the components of. */
const MOST_POWER = 0.9;

/** Distances of pairs of electrodes, and pairs at each. */
const DISTANCES = 6;
const PAIRS = 4;

/** The curve of a codec; undefined where the group cannot be coded with it. */
async function curveOf(
  corpus: Pick<GroupCorpus, 'label' | 'groups'>,
  codecId: string,
  steps: readonly number[],
): Promise<GroupCurve | undefined> {
  try {
    return (await sweepGroups(corpus, [codecId], steps))[0];
  } catch (error) {
    if (error instanceof ChannelGroupError) return undefined;
    throw error;
  }
}

function savedAtRatios(reference: GroupCurve, curve: GroupCurve): (Interval | null)[] {
  return ARRAY_RATIOS.map((ratio) => bytesSaved(reference, curve, ratio));
}

async function rowsOf(
  corpus: GroupCorpus,
  steps: readonly number[],
): Promise<{ readonly rows: ArrayRow[]; readonly reference: GroupCurve }> {
  const [reference] = await sweepGroups(corpus, [`${SPACE_TIME}@none`], steps);
  const rows: ArrayRow[] = [];
  for (const id of ['none', ...SPATIAL]) {
    const codecId = `${SPACE_TIME}@${id}`;
    const curve = await curveOf(corpus, codecId, steps);
    if (!curve) continue;
    const lossless = await curveOf(corpus, codecId, [0]);
    rows.push({
      spatial: id,
      saved: id === 'none' ? ARRAY_RATIOS.map(() => null) : savedAtRatios(reference!, curve),
      losslessBits: lossless ? pointsOfGroups(lossless)[0]!.bitsPerSample : null,
    });
  }
  return { rows, reference: reference! };
}

async function losslessOf(corpus: GroupCorpus): Promise<ArrayLossless[]> {
  const rows: ArrayLossless[] = [];
  const alone = await curveOf(corpus, LOSSLESS[0], [0]);
  for (const codecId of LOSSLESS) {
    const curve = await curveOf(corpus, codecId, [0]);
    if (!curve) continue;
    const { bitsPerSample } = pointsOfGroups(curve)[0]!;
    rows.push({
      codecId,
      bitsPerSample,
      saved: codecId === LOSSLESS[0] ? null : losslessSaved(alone!, curve),
    });
  }
  return rows;
}

/** Channels that number so many of the first ones, twofold from 2 on. */
async function savedByChannels(corpus: GroupCorpus, steps: readonly number[]): Promise<ArrayPart[]> {
  const all = Math.min(...corpus.groups.map(({ codes }) => codes.length));
  const counts = [2, 4, 8, 16, 32].map((count) => Math.min(count, all));
  const parts: ArrayPart[] = [];
  for (const count of new Set(counts)) {
    const first = Array.from({ length: count }, (_, c) => c);
    parts.push({ at: count, saved: await savedByPart(corpus, [first], steps) });
  }
  return parts;
}

/** Bytes saved by parts of the electrodes at CR 50; a stretch of each part is a unit of the interval. */
async function savedByPart(
  { label, groups }: GroupCorpus,
  parts: readonly (readonly number[])[],
  steps: readonly number[],
): Promise<Interval | null> {
  const part = {
    label,
    groups: groups.flatMap((group) => parts.map((channels) => partOfGroup(group, channels))),
  };
  const [none, klt] = await sweepGroups(part, [`${SPACE_TIME}@none`, `${SPACE_TIME}@${BEST}`], steps);
  return bytesSaved(none!, klt!, PART_RATIO);
}

/** The middle of each stretch. */
function shortened(group: ElectrodeGroup): ElectrodeGroup {
  const length = group.codes[0]!.length;
  if (length <= MOST_SAMPLES) return group;
  const start = (length - MOST_SAMPLES) >> 1;
  const codes = group.codes.map((channel) => channel.slice(start, start + MOST_SAMPLES));
  return partOfGroup(
    { ...group, codes },
    codes.map((_, c) => c),
  );
}

/** Rows of learned bases against a curve, or against the first of them, which has none; empty where nothing can be learned. */
async function learnedRows(
  { groups }: GroupCorpus,
  ids: readonly LearnedId[],
  steps: readonly number[],
  reference?: GroupCurve,
): Promise<ArrayRow[]> {
  const rows: ArrayRow[] = [];
  let against = reference;
  try {
    for (const id of ids) {
      const curve = await learnedCurve(groups, id, SPACE_TIME, steps);
      if (!curve) continue;
      if (against) rows.push({ spatial: id, saved: savedAtRatios(against, curve), losslessBits: null });
      else against = curve;
    }
    return rows;
  } catch (error) {
    if (error instanceof ChannelGroupError) return [];
    throw error;
  }
}

/** Places in µm; undefined where one is unknown. */
function knownPlaces(places: Places): { x: number; y: number }[] | undefined {
  const known = places.flatMap((place) => (place?.y === undefined ? [] : [{ x: place.x ?? 0, y: place.y }]));
  return known.length === places.length ? known : undefined;
}

/**
 * Pairs of electrodes by their distance, which grows about twofold from one to the next.
 *
 * @returns µm, or differences in number where places are unknown; and up to four pairs each
 */
export function pairsByDistance(
  places: Places,
): { readonly distance: number; readonly pairs: [number, number][] }[] {
  const known = knownPlaces(places);
  const byDistance = new Map<number, [number, number][]>();
  for (let a = 0; a < places.length; a++) {
    for (let b = a + 1; b < places.length; b++) {
      const distance = known
        ? Math.round(Math.sqrt((known[a]!.x - known[b]!.x) ** 2 + (known[a]!.y - known[b]!.y) ** 2))
        : b - a;
      byDistance.set(distance, [...(byDistance.get(distance) ?? []), [a, b]]);
    }
  }
  const all = [...byDistance.keys()].filter((distance) => distance > 0).sort((a, b) => a - b);
  const chosen: number[] = [];
  for (const distance of all) {
    const last = chosen[chosen.length - 1];
    if (chosen.length < DISTANCES && (last === undefined || distance >= 1.8 * last)) chosen.push(distance);
  }
  return chosen.map((distance) => ({ distance, pairs: evenlySpread(byDistance.get(distance)!, PAIRS) }));
}

async function savedByPairs(corpus: GroupCorpus, steps: readonly number[]): Promise<ArrayPart[]> {
  const parts: ArrayPart[] = [];
  const least = corpus.groups.reduce((a, b) => (b.codes.length < a.codes.length ? b : a));
  for (const { distance, pairs } of pairsByDistance(least.places)) {
    parts.push({ at: distance, saved: await savedByPart(corpus, pairs, steps) });
  }
  return parts;
}

/** Eigenvalues of cross-spectra, over all stretches; empty where channels differ in number. */
function sharesOf(spectra: readonly GroupSpectrum[], sampleRate: number): ArrayShare[] {
  const [first] = spectra;
  if (!first || spectra.some(({ channels }) => channels !== first.channels)) return [];
  const bins = SEGMENT / 2 + 1;
  return BINS.map((bin) => {
    const values = Array.from({ length: first.channels }, (_, c) =>
      spectra.reduce((sum, { together }) => sum + together[c * bins + bin]!, 0),
    );
    const total = values.reduce((sum, value) => sum + value, 0);
    let [held, components] = [0, 0];
    while (held < MOST_POWER * total && components < values.length) held += values[components++]!;
    return { frequency: (bin * sampleRate) / SEGMENT, largest: values[0]! / total, components };
  });
}

function spectraOf(groups: readonly ElectrodeGroup[]): GroupSpectrum[] {
  try {
    return groups.map(({ codes }) => groupSpectrum(codes, SEGMENT));
  } catch (error) {
    if (error instanceof GroupSpectrumError) return [];
    throw error;
  }
}

/** Measures a dataset; every coded group is kept under `.cache/groups`, so a stopped run goes on. */
export async function measureArray(whole: GroupCorpus): Promise<ArrayResult> {
  const corpus = { ...whole, groups: whole.groups.map(shortened) };
  const { groups, dataset } = corpus;
  const steps = groupSteps(corpus).slice(FIRST_STEP);
  const { rows, reference } = await rowsOf(corpus, steps);
  const spectra = spectraOf(groups);
  const points = pointsOfGroups(reference);
  const bound = ARRAY_RATIOS.map((ratio) => {
    const mse = errorAtRatio(points, ratio);
    return spectra.length === 0 || mse === undefined ? null : boundSaving(spectra, mse).saved;
  });
  const hash = createHash('sha256');
  for (const { sha256 } of groups) hash.update(sha256);
  return {
    dataset,
    channels: Math.max(...groups.map(({ codes }) => codes.length)),
    stretches: groups.length,
    sampleRate: groups[0]!.sampleRate,
    samples: groups.reduce((sum, { codes }) => sum + codes.length * codes[0]!.length, 0),
    sha256: hash.digest('hex'),
    placed: groups.every(({ places }) => knownPlaces(places) !== undefined),
    rows,
    learned: await learnedRows(corpus, ['klt-dataset', 'klt-model', 'sparsifying'], steps, reference),
    blocks: await learnedRows(corpus, [`time-${BLOCK}`, `separable-${BLOCK}`, `joint-${BLOCK}`], steps),
    bound,
    growth: await savedByChannels(corpus, steps),
    distance: await savedByPairs(corpus, steps),
    shares: sharesOf(spectra, groups[0]!.sampleRate),
    lossless: await losslessOf(corpus),
  };
}
