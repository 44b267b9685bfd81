/**
 * The last section of every basis notebook: the same measurement, table and figures for each basis. If
 * notebooks had sections of their own, differences between notebooks would no longer be differences between
 * bases.
 */
import { recordingLabel } from '../recordings/recording-label';
import type { AnyBasis } from '../bases/basis';
import { LearnedBasis } from '../bases/learned';
import { catalog } from '../catalog/catalog';

import type { CatalogEntry } from '../catalog/family';
import { idsForFolds } from '../catalog/fold-ids';
import { PLAIN_REFERENCE, REFERENCE } from '../catalog/reference';
import { basisId, type NamedBasis } from '../catalog/ids';
import { findCodec, parseCodecId, type NamedCodec } from '../codecs/codec-from-id';
import { LOSSLESS, type Codec } from '../coding/codec';
import { showFigure, showMarkdown, showTable } from '../figures/display';
import { distribution, type Sample } from '../figures/charts/distribution';
import { energyCompaction } from '../figures/charts/energy-compaction';
import { rateDistortion } from '../figures/charts/rate-distortion';
import type { LineStyle } from '../figures/theme';
import { waveforms } from '../figures/charts/waveforms';
import { signalToNoiseRatio, meanSquaredError, squaredError } from '../metrics/distortion';
import { compressionRatioPacked } from '../metrics/rate';
import { corpusRange, type Corpus } from '../recordings/corpus';
import { codecLook } from '../figures/codec-look';
import type { CorpusBoundPoint, PointIntervals } from '../results/curve-details';
import { boundAt, psnrAt } from '../results/curve-at-ratio';
import { modelHashes, modelsFolder } from '../models/model-store';
import { corpusBound } from './corpus-bound';
import { saveDetails } from './save-details';
import { saveDigests } from './measurement-digests';
import { studyRecordings } from './sections/study-extent';
import { aboveOrBelow } from './sections/verdict-numbers';
import { curveIntervals } from '../measuring/curve-intervals';
import { curveCodec } from '../measuring/curve-codec';
import { curveOf, measuredCurve } from '../measuring/measured-curve';
import { codecOfOwnBasis, OWN_STYLE } from './own-basis';
import { saveCurve, type Curve, type OperatingPoint } from '../results/results';
import { measureSparsity, sparsityOf, type SparsityRow } from './sparsity';
import { spikeColumns, spikeRecordingsText } from './spike-table';
import { quantile } from '../numerics/statistics';
import { codedAtSteps } from './coded-at-steps';
import { codeAtRatios } from './step-for-ratio';
import { operatingStepsFor } from '../measuring/steps';
import { recordingSnr, summarize, summarizeSpeed } from '../measuring/summarize';
import { sweep, type SweepResult } from '../measuring/sweep';
import { typicalRecording } from './typical-recording';

/** Compression ratios at which waveforms and distributions are shown. */
export const SHOWN_RATIOS = [5, 20, 50, 200] as const;

/** Number of recordings for the energy compaction and the sparsity table, which need no coder. */
const SPARSITY_RECORDINGS = 12;

/** Samples of the shown waveform, 30 ms of a Neuralink recording: of more only the envelope could be drawn. */
const STRETCH = 586;

/** Bases of earlier notebooks that the sparsity table of the sample lists: the last ones. */
const SAMPLE_BASES_BEFORE = 3;

/** Results of the analysis, for the notebook's verdict. */
export interface ClosingAnalysis {
  readonly curve: Curve;
  /** The curve of the codec that all are compared with; undefined where it is that one. */
  readonly reference: Curve | undefined;
  /** The comparison curves, in the requested order. */
  readonly beside: readonly Curve[];
  readonly bound: readonly CorpusBoundPoint[];
  /** PSNR in dB at a compression ratio, interpolated between operating points; undefined outside of them. */
  psnrAt(compressionRatio: number): number | undefined;
  /** Distance in dB of the PSNR below the stationary Gaussian bound; undefined outside of either curve. */
  distanceFromBound(compressionRatio: number): number | undefined;
}

/** Comparisons and other options of a closing analysis. */
export interface ClosingOptions {
  /**
   * Ids of codecs to compare with: `["dct-512", "haar-6"]`. Their curves are drawn and their sparsity is
   * listed. Without them, the sparsity table lists the bases of earlier notebooks.
   */
  readonly beside?: readonly string[];
}

/** The codec under analysis, from the catalog or not. */
interface Subject {
  readonly codec: Codec;
  readonly title: string;
  readonly style: LineStyle;
  /** Its catalog entry, with the parameters for fold 0; undefined for a basis of one's own. */
  readonly named: NamedCodec | undefined;
  /** The basis, or one for each fold where they differ. */
  readonly bases: readonly AnyBasis[];
}

/** The codec that this one is compared with: that of its quantizer; undefined where it is that one. */
function referenceOf({ codec, named }: Subject): string | undefined {
  const id = named && named.quantizer !== 'dead-zone' ? REFERENCE : PLAIN_REFERENCE;
  return id === codec.id ? undefined : id;
}

/** What the id of a curve names: one basis, or one for each fold. */
function namedOfFolds(id: string): NamedCodec[] {
  return [...new Set(idsForFolds(id))].map(findCodec);
}

function subjectOf(idOrBasis: string | AnyBasis, corpus: Corpus): Subject {
  const range = corpusRange(corpus);
  if (typeof idOrBasis !== 'string')
    return {
      codec: codecOfOwnBasis(idOrBasis, range),
      title: idOrBasis.id,
      style: OWN_STYLE,
      named: undefined,
      bases: [idOrBasis],
    };
  const { title, style } = codecLook(idOrBasis);
  const ofFolds = namedOfFolds(idOrBasis);
  return {
    codec: curveCodec(idOrBasis, range),
    title,
    style,
    named: ofFolds[0],
    bases: ofFolds.map(({ entry, values }) => entry.create(...values)),
  };
}

/**
 * Sweeps a codec over a corpus and shows the results: table of operating points, rate–distortion curves with
 * the {@link REFERENCE} and the stationary Gaussian bound, decoded waveforms, distribution over recordings, energy compaction and
 * sparsity. Sparsity depends on the basis alone, so it is left out where only the quantizer differs. In a run
 * of `reproduce`, the curve of a catalog codec is saved with the results, and its details with the gallery.
 *
 * @param idOrBasis - id of a codec (`"dct-512"`, `"dct-512+trellis"`) or of a curve with a basis for each fold
 *   (`"dct-512~1024"`), or a basis that is not in the catalog, such as one that a cell defines; such a basis is
 *   measured in this thread, and its measurements are not kept
 * @throws BasisParameterError when there is no such codec
 * @throws OwnBasisError when a basis has the id of one of the catalog
 */
export async function closingAnalysis(
  idOrBasis: string | AnyBasis,
  corpus: Corpus,
  { beside = [] }: ClosingOptions = {},
): Promise<ClosingAnalysis> {
  const subject = subjectOf(idOrBasis, corpus);
  // Checks the ids first: a misspelled one would otherwise fail only after minutes.
  beside.forEach(codecLook);
  const { codec, named } = subject;
  const result = await sweep(codec, corpus, operatingStepsFor(corpus));
  const curve = named
    ? curveOf(codec.id, result)
    : summarize(result, { parameters: {}, family: 'own', learned: false, notebook: '' });
  const bound = await corpusBound(corpus);
  const intervals = curveIntervals(result);
  if (named) {
    saveCurve(corpus, curve, summarizeSpeed(result));
    saveDetails(codec, result, bound, intervals);
    saveDigests(result);
  }
  const curvesBeside: Curve[] = [];
  for (const id of beside) curvesBeside.push(await measuredCurve(id, corpus));
  const referenceId = referenceOf(subject);
  const reference = referenceId === undefined ? undefined : await measuredCurve(referenceId, corpus);
  const analysis: ClosingAnalysis = {
    curve,
    reference,
    beside: curvesBeside,
    bound,
    psnrAt: (ratio) => psnrAt(curve, ratio),
    distanceFromBound: (ratio) => {
      const limit = boundAt(bound, ratio);
      const reached = psnrAt(curve, ratio);
      return limit === undefined || reached === undefined ? undefined : limit - reached;
    },
  };
  showOperatingPoints(analysis, corpus);
  showSpikes(curve, intervals);
  await showRateDistortion(subject, corpus, analysis);
  await showWaveforms(subject, result);
  await showDistribution(subject, corpus, result, curve);
  if (!named || (named.quantizer === 'dead-zone' && named.entry.family !== 'quantizer'))
    await showSparsity(subject, corpus, beside);
  return analysis;
}

function showOperatingPoints(
  { curve, distanceFromBound }: ClosingAnalysis,
  { bits, fullScale }: Corpus,
): void {
  const { lossless } = curve;
  const rows: Partial<OperatingPoint>[] = lossless
    ? [{ step: 0, ...lossless }, ...curve.points]
    : [...curve.points];
  showTable(rows, [
    { label: 'Step, ADC codes', value: (row) => (row.step === 0 ? 'lossless' : String(row.step)) },
    { label: 'CR', value: (row) => row.compressionRatio, digits: 3 },
    {
      label: `CR of ${Number(bits.toFixed(1))}-bit samples`,
      value: ({ compressionRatio }) => compressionRatio && compressionRatioPacked(compressionRatio, 1, bits),
      digits: 3,
    },
    { label: 'Bits per sample', value: (row) => row.bitsPerSample, digits: 3 },
    { label: psnrLabel(fullScale), value: (row) => (row.step === 0 ? Infinity : row.psnr), digits: 2 },
    {
      label: 'Below the bound with rounding, dB',
      value: (row) => (row.step === 0 ? null : distanceFromBound(row.compressionRatio ?? 0)),
      digits: 2,
    },
    { label: 'SNR of the median recording, dB', value: (row) => row.snrMedian, digits: 2 },
    { label: 'In-band SNR, dB', value: (row) => row.inBandSnrMedian, digits: 2 },
    { label: 'Samples per nonzero coefficient', value: (row) => 1 / (row.nonzeroFraction ?? NaN), digits: 1 },
    { label: 'Spike-band power, correlation', value: (row) => row.spikeBandPowerCorrelation, digits: 3 },
  ]);
}

/** Shows the spike measures at the operating points nearest to the shown ratios. */
function showSpikes(curve: Curve, intervals: readonly PointIntervals[]): void {
  if (!curve.spikeRecordings || curve.spikeRecordings.counted === 0) return;
  const nearest = new Set(SHOWN_RATIOS.map((ratio) => nearestPoint(curve, ratio)));
  showTable([...nearest], spikeColumns(curve, intervals));
  showMarkdown(spikeRecordingsText(curve)!);
}

/** The PSNR of a digitizer whose range is not known is that of the range that the recordings use. */
function psnrLabel({ codes, known }: Corpus['fullScale']): string {
  return known ? 'PSNR, dB' : `PSNR of the range used (${codes} codes), dB`;
}

function nearestPoint(curve: Curve, ratio: number): OperatingPoint {
  return curve.points.reduce((best, candidate) =>
    distanceOfRatios(candidate, ratio) < distanceOfRatios(best, ratio) ? candidate : best,
  );
}

async function showRateDistortion(
  subject: Subject,
  corpus: Corpus,
  { curve, reference, beside, bound, psnrAt: at, distanceFromBound }: ClosingAnalysis,
): Promise<void> {
  const { title: codec, style } = subject;
  const reached = at(20);
  const others = [...beside];
  if (reference && others.every(({ basis }) => basis !== reference.basis)) others.push(reference);
  const title =
    reached === undefined
      ? `${codec}: PSNR over the compression ratio`
      : `${codec}: ${reached.toFixed(1)} dB at CR 20, ${others.length > 0 ? againstBest(reached, others) : `${aboveOrBelow(-distanceFromBound(20)!, 1)} the Gaussian bound`}`;
  await showFigure(
    rateDistortion(
      [
        { curve, label: curve.basis, style },
        ...others.map((other) => ({ curve: other, label: other.basis, style: codecLook(other.basis).style })),
      ],
      { title, corpus: corpus.label },
      {
        measures: ['psnr', 'snr', 'spikesFound', 'spikeBandPower'],
        bound,
        name: figureName(subject, 'rate-distortion'),
      },
    ),
  );
}

/** Text for the difference of a PSNR at CR 20 from the best of other curves: `"0.4 dB below dct-64"`. */
function againstBest(reached: number, beside: readonly Curve[]): string {
  const [best] = beside
    .map((curve) => ({ basis: curve.basis, psnr: psnrAt(curve, 20) ?? -Infinity }))
    .sort((a, b) => b.psnr - a.psnr);
  if (!best || best.psnr === -Infinity) return 'which no other reaches';
  return `${aboveOrBelow(reached - best.psnr)} ${best.basis}`;
}

/** Waveforms at the shown ratios; of the sample at its operating points, whose ratios the picture names. */
async function showWaveforms(subject: Subject, { corpus, steps }: SweepResult): Promise<void> {
  const { recording, codes, metrics, spikeAt } = typicalRecording(corpus);
  const { codec, title, style } = subject;
  const { sampleRate } = recording;
  const stretch = Math.min(STRETCH, codes.length);
  const from = Math.max(0, Math.min(codes.length - stretch, spikeAt - (stretch >> 1)));
  const { wavBytes } = recording;
  const coded = corpus.synthetic
    ? codedAtSteps(
        codec,
        recording,
        codes,
        steps.filter((step) => step !== LOSSLESS),
      )
    : codeAtRatios(codec, codes, { wavBytes, ratios: SHOWN_RATIOS, synthetic: false });
  const decoded = coded.map(({ decoded: samples, compressionRatio }) => {
    const snr = signalToNoiseRatio(
      metrics.variance,
      meanSquaredError(squaredError(codes, samples), codes.length),
    );
    const label = `CR ${compressionRatio.toFixed(compressionRatio < 10 ? 1 : 0)}, SNR ${snr.toFixed(1)} dB`;
    return { label, codes: samples.subarray(from, from + stretch), snr };
  });
  const ratios = corpus.synthetic ? coded.map(({ compressionRatio }) => compressionRatio) : SHOWN_RATIOS;
  const [first, last] = [0, coded.length - 1];
  await showFigure(
    waveforms(
      {
        original: codes.subarray(from, from + stretch),
        decoded,
        sampleRate,
        start: (1000 * from) / sampleRate,
        style,
        name: figureName(subject, 'waveforms'),
      },
      {
        title: `${title}: the SNR falls from ${decoded[first]!.snr.toFixed(0)} dB at CR ${ratios[first]!.toFixed(0)} to ${decoded[last]!.snr.toFixed(0)} dB at CR ${ratios[last]!.toFixed(0)}`,
        corpus: corpus.label,
        detail: `recording ${recordingLabel(recording.name)}, about its largest spike`,
      },
    ),
  );
}

async function showDistribution(
  subject: Subject,
  corpus: Corpus,
  result: SweepResult,
  curve: Curve,
): Promise<void> {
  const samples: Sample[] = SHOWN_RATIOS.map((ratio) => {
    const point = nearestPoint(curve, ratio);
    const position = result.steps.indexOf(point.step);
    return {
      label: `step ${point.step}, CR ${point.compressionRatio.toFixed(1)}`,
      values: result.recordings.map(({ facts, points }) => recordingSnr(facts, points[position]!)),
    };
  });
  const { values } = samples[1]!;
  const spread = quantile(values, 0.9)! - quantile(values, 0.1)!;
  await showFigure(
    distribution(
      samples,
      { quantity: 'SNR of a recording', unit: 'dB' },
      {
        title: `At one step, recordings differ by ${spread.toFixed(0)} dB of SNR (10th to 90th percentile)`,
        corpus: corpus.label,
        detail: curve.basis,
      },
      { name: figureName(subject, 'distribution') },
    ),
  );
}

function distanceOfRatios(point: OperatingPoint, ratio: number): number {
  return Math.abs(Math.log(point.compressionRatio / ratio));
}

/**
 * Name of a figure. Notebooks with several families, and those that compare quantizers, add the codec's name,
 * since names must differ within a notebook.
 */
function figureName({ codec, named }: Subject, name: string): string {
  if (!named) return `${codec.id.toLowerCase().replace(/[^a-z0-9.]+/g, '-')}-${name}`;
  const { entry, quantizer } = named;
  if (quantizer !== 'dead-zone') return `${entry.name}-${quantizer}-${name}`;
  const families = catalog.filter(({ notebook }) => notebook === entry.notebook);
  return families.length > 1 ? `${entry.name}-${name}` : name;
}

/**
 * Bases of earlier notebooks. Pursuits are left out because they are slow; their own notebook compares them.
 */
function basesBefore({ notebook }: CatalogEntry, { synthetic }: Corpus): CatalogEntry[] {
  const all = catalog
    .filter((entry) => entry.notebook < notebook && entry.family !== 'frame' && entry.family !== 'quantizer')
    .sort((a, b) => (a.notebook < b.notebook ? -1 : a.notebook > b.notebook ? 1 : 0));
  return synthetic ? all.slice(-SAMPLE_BASES_BEFORE) : all;
}

/** The bases of codecs, each once: another quantizer leaves the coefficients as they are. */
function basesOf(ids: readonly string[]): NamedBasis[] {
  const bases = new Map<string, NamedBasis>();
  for (const named of ids.flatMap((id) => parseCodecId(id) ?? [])) {
    bases.set(basisId(named.entry, named.values), named);
  }
  return [...bases.values()];
}

/** Whether a basis needs no models, or those of both folds are there. */
function hasItsModels({ entry, values }: NamedBasis, { recordings }: Corpus): boolean {
  if (!(entry.create(...values) instanceof LearnedBasis)) return true;
  return modelHashes(basisId(entry, values), modelsFolder(recordings[0]?.models)).length > 1;
}

async function showSparsity(subject: Subject, corpus: Corpus, beside: readonly string[]): Promise<void> {
  const { bases, title, style, named } = subject;
  const { recordings } = studyRecordings(corpus, SPARSITY_RECORDINGS);
  const others: readonly NamedBasis[] =
    named && beside.length === 0
      ? basesBefore(named.entry, corpus).map((entry) => ({ entry, values: entry.chosen }))
      : basesOf(beside.flatMap((id) => [...new Set(idsForFolds(id))])).filter(({ entry, values }) =>
          bases.every(({ id }) => id !== basisId(entry, values)),
        );
  const without = others.filter((other) => !hasItsModels(other, corpus));
  if (without.length > 0) {
    const names = without.map(({ entry, values }) => basisId(entry, values)).join(', ');
    console.log(`Left out of the table, since ${corpus.dataset} has no models of them: ${names}.`);
  }
  const rows: SparsityRow[] = [
    ...others.filter((other) => !without.includes(other)).map((other) => measureSparsity(other, recordings)),
    ...bases.map((basis) => sparsityOf(basis, style, recordings)),
  ];
  showTable(rows, [
    { label: 'Basis', value: (row) => row.label },
    { label: '99% of the energy in, % of coefficients', value: (row) => 100 * row.holding99, digits: 2 },
    { label: '99.9% of the energy in, % of coefficients', value: (row) => 100 * row.holding999, digits: 2 },
    { label: 'Gini index', value: (row) => row.gini, digits: 3 },
    { label: 'Coding gain, dB', value: (row) => row.codingGain, digits: 2 },
  ]);
  const last = rows[rows.length - 1]!;
  await showFigure(
    energyCompaction(
      rows.map(({ compaction }) => compaction),
      {
        title: `${title}: 99% of the energy lies in ${(100 * last.holding99).toFixed(1)}% of the coefficients`,
        corpus: corpus.label,
        detail: `median of ${recordings.length} recordings, stratified`,
      },
      { name: figureName(subject, 'energy-compaction') },
    ),
  );
}
