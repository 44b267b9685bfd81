/**
 * Does the verdict carry over? Each of its sentences as a test with a number and a threshold, on the Neuralink recordings
 * and on those of every other laboratory.
 *
 * Learned codecs have the models of Neuralink, which no other dataset taught, unless a sentence says otherwise. The other
 * datasets are a second or some of a few electrodes each: a number there has no interval, so a sentence is judged by how
 * many datasets it holds on.
 */
import { bjontegaardDeltaRate, cheapestPoints } from '../../numerics/bjontegaard';
import { boundAt, psnrAt, spikesAt, valueAt, type PsnrPoints } from '../../results/curve-at-ratio';
import type { CorpusBoundPoint } from '../../results/curve-details';
import type { Peers } from '../../results/peers';
import type { Curve } from '../../results/results';
import type { CarriedRow, CarriesOver } from '../../results/verdict';
import { isBeyondChance, rankCorrelation } from '../../study/laboratories/carry-over';
import { LABORATORIES } from '../../study/laboratories/laboratories';
import type { LaboratoryResult } from '../../study/laboratories/laboratory-results';
import { savedPercent, type LosslessRow } from '../../study/laboratories/lossless-peers';
import { BEST_CODECS } from '../../study/laboratories/measure-laboratory';
import { spikeAxesCurve, type SpikeAxesCurve } from '../../study/laboratories/spike-axes';
import { PLAIN_REFERENCE, REFERENCE } from '../../catalog/reference';
import { IN_BAND, LAYERS, type VerdictMeasurements } from './measured-codecs';
import { ASKED, LOW, MIDDLE, NEAR } from './verdict';

/** A curve, with the models of Neuralink where it is learned. */
interface TestedCurve extends PsnrPoints {
  readonly basis: string;
}

/** What sentences are tested on: the curves of one dataset. */
export interface TestedDataset {
  readonly dataset: string;
  readonly curves: readonly TestedCurve[];
  /** Those with models of the dataset's own other half. */
  readonly own: readonly TestedCurve[];
  readonly bound: PsnrPoints['points'];
  readonly spikeAxes: readonly SpikeAxesCurve[];
  /** WAV bytes over bytes without loss; undefined where nothing was coded without loss. */
  readonly losslessRatio: number | undefined;
  /** % of bytes that the lossless codec saves against the best compressor of others; undefined where none was measured. */
  readonly savedOfPeers: number | undefined;
}

/** The Neuralink recordings, by the curves of all results. */
export function testedNeuralink(
  { corpus, results }: Pick<VerdictMeasurements, 'corpus' | 'results'>,
  bound: readonly CorpusBoundPoint[],
  peers: Peers | undefined,
): TestedDataset {
  const { curves } = results;
  const ratios = curves.flatMap(({ lossless }) => lossless?.compressionRatio ?? []);
  const saved = (peers?.peers ?? []).flatMap(({ lossless }) =>
    lossless ? [100 * (1 - lossless.compressionRatio / lossless.ownCompressionRatio)] : [],
  );
  return {
    dataset: corpus.name,
    curves,
    // Models of the other fold are its own and Neuralink's at once.
    own: curves,
    bound,
    spikeAxes: curves.map(spikeAxesCurve),
    losslessRatio: ratios.length > 0 ? Math.max(...ratios) : undefined,
    savedOfPeers: saved.length > 0 ? Math.min(...saved) : undefined,
  };
}

/** Compressors of `bench/compressors/other-laboratories.json` that are this project's. */
const OURS = 'neurobasis best';
const isOurs = (name: string): boolean => name.startsWith('neurobasis');

/**
 * The recordings of a laboratory.
 *
 * @param rows - lossless bytes of all laboratories; those of the files of this one count, all together
 */
export function testedLaboratory(result: LaboratoryResult, rows: readonly LosslessRow[]): TestedDataset {
  const source = LABORATORIES.find(({ dataset }) => dataset === result.dataset)?.source;
  const files = rows.filter(({ recording }) => source !== undefined && recording.startsWith(`${source}:`));
  const names = Object.keys(files[0]?.bytes ?? {});
  const bytes = Object.fromEntries(
    names.map((name) => [name, files.reduce((sum, row) => sum + row.bytes[name]!, 0)]),
  );
  const saved = names
    .filter((name) => !isOurs(name))
    .map((name) => savedPercent({ ...files[0]!, bytes }, OURS, name));
  return {
    dataset: result.dataset,
    curves: result.curves.filter(({ models }) => models !== 'own'),
    own: result.curves.filter(({ models }) => models === 'own'),
    bound: result.bound,
    spikeAxes: result.spikeAxes ?? [],
    losslessRatio: BITS_OF_WAV / result.lossless.both,
    savedOfPeers: saved.length > 0 ? Math.min(...saved) : undefined,
  };
}

/** Bits of a sample in a WAV file. */
const BITS_OF_WAV = 16;

/** A sentence as a test. */
interface Sentence {
  /** With its threshold. */
  readonly text: string;
  /** For a list of several: `"the order of the codecs is the same beyond chance"`. */
  readonly short: string;
  /** What the number is, with its unit. */
  readonly quantity: string;
  readonly digits: number;
  /**
   * The number on a dataset; why there is none, as text.
   *
   * @param neuralink - the dataset that the verdict is of
   */
  measure(dataset: TestedDataset, neuralink: TestedDataset): number | string;
  holds(value: number): boolean;
}

const NO_CURVE = 'a curve is missing or does not reach the ratio';
const NO_SPIKES = 'no recording with spikes to judge by, or a curve that does not reach the ratio';
const NO_BAND = 'no spike band at its sample rate';

const psnrOf = ({ curves }: TestedDataset, id: string, ratio: number): number | undefined => {
  const curve = curves.find(({ basis }) => basis === id);
  return curve && psnrAt(curve, ratio);
};

/** Difference of two numbers, or a reason. */
const lessOr = (a: number | undefined, b: number | undefined, reason: string): number | string =>
  a === undefined || b === undefined ? reason : a - b;

/** Codecs over lapped cosines of 256 samples with a trellis. */
const isTrellisedCosine = (id: string): boolean =>
  [REFERENCE, LEARNED, 'contexts-256', 'spikes-256-16+trellis'].includes(id);

/** Cosines whose contexts are learned. */
const LEARNED = 'network-256';

/** Smooth bases under the quantizer that all share. */
const PLAIN = [PLAIN_REFERENCE, 'packets-sym13-9-rate', 'dct-512'];

/** Lead in dB of trellis-coded lapped cosines over the best other one of {@link BEST_CODECS}. */
function leadOfCosines(dataset: TestedDataset): number | string {
  const psnrs = BEST_CODECS.flatMap((id) => {
    const psnr = psnrOf(dataset, id, MIDDLE);
    return psnr === undefined ? [] : [{ id, psnr }];
  });
  const best = (wanted: boolean): number =>
    Math.max(...psnrs.flatMap(({ id, psnr }) => (isTrellisedCosine(id) === wanted ? [psnr] : [])));
  const lead = best(true) - best(false);
  return Number.isFinite(lead) ? lead : NO_CURVE;
}

/** Rank correlation of the order of codecs with Neuralink's. */
function orderOf(dataset: TestedDataset, neuralink: TestedDataset): number | string {
  const pairs = BEST_CODECS.flatMap((id) => {
    const [here, there] = [psnrOf(dataset, id, MIDDLE), psnrOf(neuralink, id, MIDDLE)];
    return here === undefined || there === undefined ? [] : [[here, there] as const];
  });
  if (pairs.length < BEST_CODECS.length) return NO_CURVE;
  return rankCorrelation(
    pairs.map(([here]) => here),
    pairs.map(([, there]) => there),
  );
}

/** % of bytes of learned contexts against the reference, over the PSNRs that both reach. */
function bytesOfLearned(curves: readonly TestedCurve[], reference: readonly TestedCurve[]): number | string {
  const rates = (from: readonly TestedCurve[], id: string): ReturnType<typeof cheapestPoints> =>
    cheapestPoints(
      (from.find(({ basis }) => basis === id)?.points ?? []).flatMap(({ compressionRatio, psnr }) =>
        psnr === null ? [] : [{ rate: 1 / compressionRatio, psnr }],
      ),
    );
  const [plain, learned] = [rates(reference, REFERENCE), rates(curves, LEARNED)];
  if (plain.length < 2 || learned.length < 2) return 'no models';
  return bjontegaardDeltaRate(plain, learned) ?? NO_CURVE;
}

/** dB in band at a ratio. */
function inBandAt({ spikeAxes }: TestedDataset, id: string, ratio: number): number | undefined {
  const points = spikeAxes.find(({ basis }) => basis === id)?.points ?? [];
  return valueAt(
    points.flatMap(({ compressionRatio, inBandSnrMedian }) =>
      inBandSnrMedian === null ? [] : [{ cost: compressionRatio, quality: inBandSnrMedian }],
    ),
    ratio,
  );
}

/** A measure of spikes at a ratio. */
function spikesOf(
  { spikeAxes }: TestedDataset,
  id: string,
  ratio: number,
  measure: 'sameCluster' | 'spikeAmplitudeCorrelation',
): number | undefined {
  const curve = spikeAxes.find(({ basis }) => basis === id);
  // It reads the ratio and this measure of a point, which both have.
  return curve && spikesAt(curve as unknown as Pick<Curve, 'points'>, ratio, measure);
}

/** From here on as good as all spikes stay in their cluster, so that a weight can add nothing. */
const ALL_STAY = 0.995;

/** What weighted errors gain over the reference. */
const gainOf =
  (measure: 'sameCluster' | 'spikeAmplitudeCorrelation') =>
  (dataset: TestedDataset): number | string => {
    if (dataset.spikeAxes.length === 0) return NO_BAND;
    const reference = spikesOf(dataset, REFERENCE, LOW, measure);
    if (measure === 'sameCluster' && reference !== undefined && reference >= ALL_STAY) {
      return 'all spikes stay in their cluster without a weight';
    }
    return lessOr(spikesOf(dataset, IN_BAND, LOW, measure), reference, NO_SPIKES);
  };

/** The sentences of the verdict that another dataset could contradict, in their order there. */
export const SENTENCES: readonly Sentence[] = [
  {
    text: `Lapped cosines with a trellis are the best of all at CR ${MIDDLE}.`,
    short: `lapped cosines with a trellis are the best at CR ${MIDDLE}`,
    quantity: 'dB above the best other basis',
    digits: 2,
    measure: leadOfCosines,
    holds: (value) => value >= 0,
  },
  {
    text: `The order of twelve codecs at CR ${MIDDLE} is Neuralink's, beyond chance.`,
    short: 'the order of the codecs is the same beyond chance',
    quantity: 'rank correlation',
    digits: 2,
    measure: orderOf,
    holds: (value) => value > 0 && isBeyondChance(value, BEST_CODECS.length),
  },
  {
    text: `\`${REFERENCE}\` is at most 1 dB below the stationary Gaussian bound at CR ${MIDDLE}.`,
    short: `\`${REFERENCE}\` is within 1 dB of the bound`,
    quantity: 'dB below the bound',
    digits: 2,
    measure: (dataset) =>
      lessOr(boundAt(dataset.bound, MIDDLE), psnrOf(dataset, REFERENCE, MIDDLE), NO_CURVE),
    holds: (value) => value <= 1,
  },
  {
    text: `Contexts that were learned on Neuralink's recordings save bytes (\`${LEARNED}\` against \`${REFERENCE}\`, equal PSNR).`,
    short: 'contexts learned on Neuralink save bytes',
    quantity: '% of bytes',
    digits: 2,
    measure: ({ curves }) => bytesOfLearned(curves, curves),
    holds: (value) => value < 0,
  },
  {
    text: 'Contexts that were learned on other recordings of the same dataset save bytes.',
    short: 'contexts learned on the dataset itself do',
    quantity: '% of bytes',
    digits: 2,
    measure: ({ curves, own }) => bytesOfLearned(own, curves),
    holds: (value) => value < 0,
  },
  {
    text: `With one plain quantizer, ${PLAIN.map((id) => `\`${id}\``).join(', ')} lie within ${NEAR} dB of each other at CR ${MIDDLE}.`,
    short: `smooth bases under one plain quantizer lie within ${NEAR} dB`,
    quantity: 'dB from the worst to the best',
    digits: 2,
    measure: (dataset) => {
      const psnrs = PLAIN.flatMap((id) => psnrOf(dataset, id, MIDDLE) ?? []);
      return psnrs.length < PLAIN.length ? NO_CURVE : Math.max(...psnrs) - Math.min(...psnrs);
    },
    holds: (value) => value <= NEAR,
  },
  {
    text: `Errors that are weighted for the spike band gain at least 1 dB in band at CR ${LOW}.`,
    short: 'a weight for the spike band gains a decibel there',
    quantity: 'dB in band more',
    digits: 2,
    measure: (dataset) =>
      dataset.spikeAxes.length === 0
        ? NO_BAND
        : lessOr(inBandAt(dataset, IN_BAND, LOW), inBandAt(dataset, REFERENCE, LOW), NO_CURVE),
    holds: (value) => value >= 1,
  },
  {
    text: `With that weight more spikes stay in their cluster at CR ${LOW}.`,
    short: 'with it more spikes stay in their cluster',
    quantity: 'share of spikes more',
    digits: 2,
    measure: gainOf('sameCluster'),
    holds: (value) => value > 0,
  },
  {
    text: `With that weight amplitudes of spikes correlate better at CR ${LOW}.`,
    short: 'with it amplitudes correlate better',
    quantity: 'correlation more',
    digits: 3,
    measure: gainOf('spikeAmplitudeCorrelation'),
    holds: (value) => value > 0,
  },
  {
    text: `At CR ${ASKED} \`${REFERENCE}\` keeps nothing of the spike band: at most 1 dB.`,
    short: `at CR ${ASKED} the waveform codec keeps nothing of the spike band`,
    quantity: 'dB in band',
    digits: 1,
    measure: (dataset) =>
      dataset.spikeAxes.length === 0 ? NO_BAND : (inBandAt(dataset, REFERENCE, ASKED) ?? NO_CURVE),
    holds: (value) => value <= 1,
  },
  {
    text: `At CR ${ASKED} layers keep 90% of the spikes in their cluster.`,
    short: 'layers keep spikes in their cluster',
    quantity: 'share of spikes',
    digits: 2,
    measure: (dataset, neuralink) =>
      dataset === neuralink
        ? (spikesOf(dataset, LAYERS, ASKED, 'sameCluster') ?? NO_SPIKES)
        : 'layers are for the codes and the sample rate of Neuralink alone',
    holds: (value) => value >= 0.9,
  },
  {
    text: `Without loss a dataset is not ${ASKED} times smaller.`,
    short: `without loss nothing is ${ASKED} times smaller`,
    quantity: 'compression ratio',
    digits: 2,
    measure: ({ losslessRatio }) => losslessRatio ?? 'nothing was coded without loss',
    holds: (value) => value < ASKED,
  },
  {
    text: 'Without loss the codec of this project needs the fewest bytes.',
    short: 'without loss the codec of this project needs the fewest bytes',
    quantity: '% fewer than the best of others',
    digits: 1,
    measure: ({ savedOfPeers }) => savedOfPeers ?? 'no compressor of others was run on it',
    holds: (value) => value > 0,
  },
];

/** Tests every sentence of the verdict on every dataset. */
export function carriesOver(
  neuralink: TestedDataset,
  others: readonly TestedDataset[],
  sentences: readonly Sentence[] = SENTENCES,
): CarriesOver {
  const datasets = [neuralink, ...others];
  const rows = sentences.map((sentence): CarriedRow => {
    const { text, short, quantity, digits } = sentence;
    return {
      ...{ sentence: text, short, quantity, digits },
      cells: datasets.map((dataset) => {
        const found = sentence.measure(dataset, neuralink);
        if (typeof found === 'string') return { value: null, holds: null, reason: found };
        if (!Number.isFinite(found)) return { value: null, holds: null, reason: 'it is no number there' };
        return { value: Number(found.toPrecision(6)), holds: sentence.holds(found) };
      }),
    };
  });
  return { datasets: datasets.map(({ dataset }) => dataset), rows, summary: summaryOf(rows) };
}

/** One sentence: on how many of the other datasets each sentence holds that holds on Neuralink's. */
function summaryOf(rows: readonly CarriedRow[]): string {
  const counts = rows
    .filter(({ cells }) => cells[0]?.holds === true)
    .map(({ short, cells }) => {
      const tested = cells.slice(1).filter(({ holds }) => holds !== null);
      return { short, tested: tested.length, held: tested.filter(({ holds }) => holds).length };
    });
  const text = counts
    .filter(({ tested }) => tested > 0)
    .map(({ short, tested, held }) => `${short} on ${held} of ${tested}`);
  const untested = counts.filter(({ tested }) => tested === 0).map(({ short }) => short);
  const others = (rows[0]?.cells.length ?? 1) - 1;
  if (others === 0 || text.length === 0) return '';
  return (
    `**Does it carry over?** Of ${others} datasets of other laboratories, a second or some each and so without intervals: ` +
    `${text.join('; ')}.${untested.length > 0 ? ` Not tested there: ${untested.join('; ')}.` : ''}`
  );
}
