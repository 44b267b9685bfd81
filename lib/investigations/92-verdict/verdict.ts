/**
 * The verdict in one table and three sentences, from what was measured.
 */
import { codecLook } from '../../figures/codec-look';
import { bestOfKinds } from '../../figures/readme-figure';
import type { Interval } from '../../numerics/statistics';
import { corpusHash } from '../../recordings/corpus';
import { boundAt, inBandBoundAt, psnrAt } from '../../results/curve-at-ratio';
import type { CorpusBoundPoint } from '../../results/curve-details';
import type { Peers } from '../../results/peers';
import type { Curve } from '../../results/results';
import type { CarriesOver, Verdict, VerdictRow } from '../../results/verdict';
import { fixed, percentWithInterval, signed } from '../../study/sections/verdict-numbers';
import { VERDICT_RATIOS, type CorpusNumbers } from './corpus-intervals';
import type { SlowWavesAt } from './goals';
import { keptAt, type KeptCodec } from './kept-at-ratio';
import { REFERENCE } from '../../catalog/reference';
import { IN_BAND, LAYERS, type VerdictMeasurements } from './measured-codecs';

/** Ratio at which codecs are ranked, the one at which spikes are judged, and the one that was asked for. */
export const MIDDLE = 20;
export const LOW = 50;
export const ASKED = 200;

/** The codecs that a verdict names, by what they stand for. */
export interface NamedCodecs {
  /** The best of all at {@link MIDDLE}. */
  readonly best: Curve;
  /** The best learned one, and the best of which nothing is learned. */
  readonly learned: Curve | undefined;
  readonly conventional: Curve;
  /** The best with the quantizer that all bases share, learned or not, and those of each kind. */
  readonly plain: readonly Curve[];
}

/** Whether a curve has the quantizer that all bases share: none of its own, and none behind a plus. */
function isPlain({ basis, family }: Curve): boolean {
  return !basis.includes('+') && family !== 'quantizer';
}

/** Picks the codecs that a verdict names. */
export function namedCodecs({
  codecs,
  results,
}: Pick<VerdictMeasurements, 'codecs' | 'results'>): NamedCodecs {
  const at = (curve: Curve): number => psnrAt(curve, MIDDLE) ?? -Infinity;
  const ranked = codecs.map(({ curve }) => curve).sort((a, b) => at(b) - at(a));
  const plain = bestOfKinds({ curves: results.curves.filter(isPlain) }).map(({ curve }) => curve);
  return {
    best: ranked[0]!,
    learned: ranked.find(({ learned }) => learned),
    conventional: ranked.find(({ learned }) => !learned)!,
    plain,
  };
}

/** All that a verdict is made of. */
export interface VerdictParts {
  readonly measurements: VerdictMeasurements;
  readonly numbers: readonly CorpusNumbers[];
  readonly named: NamedCodecs;
  readonly kept: readonly KeptCodec[];
  readonly bound: readonly CorpusBoundPoint[];
  readonly slow: SlowWavesAt;
  readonly peers: Peers | undefined;
  /** The sentences on other laboratories' recordings; undefined where the verdict is not of Neuralink's. */
  readonly carried: CarriesOver | undefined;
}

const point = (estimate: number | undefined): Interval | null =>
  estimate === undefined ? null : { estimate, lower: estimate, upper: estimate };

/** The codec of a peer with the highest PSNR at {@link MIDDLE}. */
export function bestPeer(peers: Peers | undefined): Peers['peers'][number] | undefined {
  const at = ({ points }: Peers['peers'][number]): number => psnrAt({ points }, MIDDLE) ?? -Infinity;
  const lossy = (peers?.peers ?? []).filter((peer) => at(peer) > -Infinity);
  return lossy.sort((a, b) => at(b) - at(a))[0];
}

function rowsOf({ numbers, named, kept, bound, peers, measurements }: VerdictParts): VerdictRow[] {
  const row = (what: string, id: string): VerdictRow | undefined => {
    const own = numbers.find(({ codec }) => codec.curve.basis === id);
    const curve = own?.codec.curve ?? measurements.results.curves.find(({ basis }) => basis === id);
    if (!curve) return undefined;
    const found = kept.find((one) => one.curve.basis === id);
    const at = (ratio: number, measure: Parameters<typeof keptAt>[2]): Interval | null =>
      found && !curve.optimizes?.includes(measure) ? keptAt(found, ratio, measure) : null;
    return {
      what,
      id,
      notebook: curve.notebook,
      psnr: VERDICT_RATIOS.map((ratio) => psnrAt(curve, ratio) ?? null),
      bytes: own?.bytes[VERDICT_RATIOS.indexOf(MIDDLE)] ?? null,
      inBandSnr: at(LOW, 'inBandSnrMedian'),
      sameCluster: [at(LOW, 'sameCluster'), at(ASKED, 'sameCluster')],
      bandPower: at(ASKED, 'spikeBandPowerCorrelation'),
    };
  };
  const limit: VerdictRow = {
    what: 'Gaussian bound',
    id: 'bound',
    psnr: VERDICT_RATIOS.map((ratio) => boundAt(bound, ratio) ?? null),
    bytes: null,
    inBandSnr: point(inBandBoundAt(bound, LOW)),
    sameCluster: [null, null],
    bandPower: null,
  };
  const peer = bestPeer(peers);
  const ofPeer: VerdictRow | undefined = peer && {
    what: `best compressor of others, on ${peer.recordings} recordings`,
    id: `${peer.name} ${peer.version}`,
    psnr: VERDICT_RATIOS.map((ratio) => psnrAt({ points: peer.points }, ratio) ?? null),
    bytes: null,
    inBandSnr: null,
    sameCluster: [null, null],
    bandPower: null,
  };
  const { learned, conventional, plain } = named;
  const chosen = [
    learned && row('best learned', learned.basis),
    row('best of which nothing is learned', conventional.basis),
    conventional.basis === REFERENCE ? undefined : row('reference', REFERENCE),
    plain[0] && row('best with the plain quantizer', plain[0].basis),
    row('errors weighted for spikes', IN_BAND),
    row('layers: slow waves, band power, spikes', LAYERS),
    ofPeer,
  ];
  const seen = new Set<string>();
  return [
    limit,
    ...chosen.filter(
      (one): one is VerdictRow => one !== undefined && !seen.has(one.id) && Boolean(seen.add(one.id)),
    ),
  ];
}

const estimated = (interval: Interval | null, digits = 2): string => fixed(interval?.estimate, digits);

/** Whole percent: `"98%"`; a dash where it was not measured. */
const percent = (interval: Interval | null): string =>
  interval ? `${fixed(100 * interval.estimate, 0)}%` : '–';

/** Bases of different kinds whose PSNRs are so close, in dB, are named together. */
export const NEAR = 0.3;

/**
 * How close the kinds of bases are under the quantizer that all share, and what a better one is worth; nothing where none
 * was measured.
 *
 * @param plain - the best of each kind, best first
 */
function plainSentence(plain: readonly Curve[], numbers: readonly CorpusNumbers[]): string {
  const at = (curve: Curve): number => psnrAt(curve, MIDDLE) ?? NaN;
  const [first] = plain;
  if (!first) return '';
  const near = plain.filter((curve) => at(first) - at(curve) <= NEAR);
  const names = near.map(({ basis }) => `\`${basis}\``).join(', ');
  const own = numbers.find(({ codec }) => codec.curve.basis === first.basis);
  const behind = -(own?.difference[VERDICT_RATIOS.indexOf(MIDDLE)]?.estimate ?? NaN);
  const together =
    near.length > 1
      ? `the best ${near.length} kinds of bases (${names}) lie within ${fixed(at(first) - at(near[near.length - 1]!))} dB of each other, the best of them`
      : `the best basis, ${names}, stays`;
  return ` With one plain quantizer for all, ${together} ${fixed(behind)} dB below \`${REFERENCE}\`.`;
}

/** Which basis; what is kept; what remains of 200 to one. */
function sentencesOf({ numbers, named, kept, bound, slow, measurements, peers }: VerdictParts): string[] {
  const middle = VERDICT_RATIOS.indexOf(MIDDLE);
  const { best, plain } = named;
  const ofBest = numbers.find(({ codec }) => codec.curve.basis === best.basis);
  const gap = (boundAt(bound, MIDDLE) ?? NaN) - (psnrAt(best, MIDDLE) ?? NaN);
  const title = (curve: Curve): string =>
    codecLook(curve.basis).title.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  const change = ofBest?.bytes[middle] ?? null;
  const against =
    best.basis === REFERENCE
      ? ', and nothing is learned in it'
      : `: at equal PSNR it changes the bytes of \`${REFERENCE}\`, of which nothing is learned, by ${percentWithInterval(change)}`;
  const first =
    `**Which basis?** At CR ${MIDDLE} the best is \`${best.basis}\`, ${title(best)}, ${fixed(gap)} dB below what any codec of stationary Gaussian ` +
    `recordings could reach${against}.${plainSentence(plain, numbers)}`;
  const of = (id: string): KeptCodec | undefined => kept.find(({ curve }) => curve.basis === id);
  const [reference, inBand, layers] = [of(REFERENCE), of(IN_BAND), of(LAYERS)];
  const at = (
    codec: KeptCodec | undefined,
    ratio: number,
    measure: Parameters<typeof keptAt>[2],
  ): Interval | null => (codec ? keptAt(codec, ratio, measure) : null);
  const gain =
    (at(inBand, LOW, 'inBandSnrMedian')?.estimate ?? NaN) -
    (at(reference, LOW, 'inBandSnrMedian')?.estimate ?? NaN);
  const second =
    `**What is kept?** An encoder that weights errors for the spike band has ${signed(gain, 1)} dB of in-band SNR at CR ${LOW}, ` +
    `${percent(at(inBand, LOW, 'sameCluster'))} of the spikes in their cluster where \`${REFERENCE}\` has ${percent(at(reference, LOW, 'sameCluster'))}, ` +
    `and amplitudes that correlate with ${estimated(at(inBand, LOW, 'spikeAmplitudeCorrelation'))} (${estimated(at(reference, LOW, 'spikeAmplitudeCorrelation'))}).`;
  const lossless = measurements.results.curves
    .flatMap((curve) => curve.lossless?.compressionRatio ?? [])
    .reduce((a, b) => Math.max(a, b), 0);
  const strongest = (peers?.peers ?? [])
    .flatMap(({ name, lossless: kept }) => (kept ? [{ name, ratio: kept.compressionRatio }] : []))
    .sort((a, b) => b.ratio - a.ratio)[0];
  const others = strongest
    ? `, with compressors of others at ${fixed(strongest.ratio)} (${strongest.name})`
    : '';
  const slowWaves =
    slow.layers === undefined || slow.waveform === undefined
      ? ''
      : `, and slow waves of ${fixed(slow.layers, 1)} dB where the waveform codec has ${fixed(slow.waveform, 1)} dB`;
  const third =
    `**${ASKED} to one?** Not without loss: that ends at ${fixed(lossless)}${others}. At CR ${ASKED} \`${REFERENCE}\` has ${fixed(psnrAt(measurements.reference.curve, ASKED), 1)} dB ` +
    `and ${percent(at(reference, ASKED, 'sameCluster'))} of the spikes in their cluster; layers of slow waves, band power and spikes (\`${LAYERS}\`) have ` +
    `${percent(at(layers, ASKED, 'sameCluster'))}, spike times with F1 ${estimated(at(layers, ASKED, 'spikeF1'), 3)}${slowWaves ? ',' : ' and'} band power with r ${estimated(at(layers, ASKED, 'spikeBandPowerCorrelation'), 3)}${slowWaves}.`;
  return [first, second, third];
}

/** The verdict of a study. */
export function verdictOf(parts: VerdictParts): Verdict {
  const { corpus, missing } = parts.measurements;
  return {
    dataset: { label: corpus.label, recordings: corpus.recordings.length, sha256: corpusHash(corpus) },
    ratios: VERDICT_RATIOS,
    middle: MIDDLE,
    low: LOW,
    reference: REFERENCE,
    rows: rowsOf(parts),
    sentences: sentencesOf(parts),
    ...(parts.carried && { carriesOver: parts.carried }),
    missing: [
      ...missing.map(({ name, notebook }) => `${name} (${notebook})`),
      ...(parts.peers ? [] : ['compressors of others (npm run compare)']),
    ],
  };
}
