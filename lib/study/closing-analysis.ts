/**
 * The last section of every basis notebook: the same measurement, table and figures for each basis, so that a
 * difference between two notebooks is a difference between two bases.
 */
import { catalog } from '../catalog/catalog';
import type { CatalogEntry } from '../catalog/family';
import type { NamedBasis } from '../catalog/ids';
import { codecFromId, findCodec, type NamedCodec } from '../codecs/codec-from-id';
import { showFigure, showMarkdown, showTable } from '../figures/display';
import { distribution, type Sample } from '../figures/charts/distribution';
import { energyCompaction } from '../figures/charts/energy-compaction';
import { psnrAt, rateDistortion } from '../figures/charts/rate-distortion';
import { waveforms } from '../figures/charts/waveforms';
import { signalToNoiseRatio, meanSquaredError, squaredError } from '../metrics/distortion';
import { compressionRatioTenBit } from '../metrics/rate';
import { SAMPLE_RATE } from '../recordings/adc';
import { stratifiedSubset, type Corpus } from '../recordings/corpus';
import { codecLook } from '../figures/codec-look';
import type { CorpusBoundPoint, PointIntervals } from '../results/curve-details';
import { boundAt, corpusBound } from './corpus-bound';
import { saveDetails } from './save-details';
import { saveDigests } from './measurement-digests';
import { curveIntervals } from '../measuring/curve-intervals';
import { curveOf } from '../measuring/measured-curve';
import { saveCurve, type Curve, type OperatingPoint } from '../results/results';
import { measureSparsity } from './sparsity';
import { spikeColumns, spikeRecordingsText } from './spike-table';
import { quantile } from '../numerics/statistics';
import { codeAtRatio } from './step-for-ratio';
import { OPERATING_STEPS } from '../measuring/steps';
import { recordingSnr, summarizeSpeed } from '../measuring/summarize';
import { sweep, type SweepResult } from '../measuring/sweep';
import { typicalRecording } from './typical-recording';

/** Compression ratios at which waveforms and distributions are shown. */
export const SHOWN_RATIOS = [5, 20, 50, 200] as const;

/** Recordings of the energy compaction and the sparsity table, which need no coder. */
const SPARSITY_RECORDINGS = 12;

/** Samples of the stretch of waveform that is shown: 30 ms. */
const STRETCH = Math.round(0.03 * SAMPLE_RATE);

/** What the analysis found, for the notebook's verdict. */
export interface ClosingAnalysis {
  readonly curve: Curve;
  readonly bound: readonly CorpusBoundPoint[];
  /** PSNR in dB at a compression ratio, between operating points; undefined outside of them. */
  psnrAt(compressionRatio: number): number | undefined;
  /** dB by which the PSNR stays below the stationary Gaussian bound; undefined outside of either curve. */
  distanceFromBound(compressionRatio: number): number | undefined;
}

/**
 * Sweeps a codec over a corpus and shows what came of it: table of operating points, rate–distortion
 * curves with the stationary Gaussian bound, decoded waveforms, distribution over recordings, energy compaction
 * and sparsity (which is the basis's own, so it is left out where only the quantizer is another). Within a run of `reproduce` the curve becomes part of the results, and its details of the gallery.
 *
 * @param id - of the codec: `"dct-512"`, `"dct-512+trellis"`
 * @throws BasisParameterError when there is no such codec
 */
export async function closingAnalysis(id: string, corpus: Corpus): Promise<ClosingAnalysis> {
  const named = findCodec(id);
  const codec = codecFromId(id);
  const result = await sweep(codec, corpus, OPERATING_STEPS);
  const curve = curveOf(id, result);
  saveCurve(corpus, curve, summarizeSpeed(result));
  const bound = await corpusBound(corpus);
  saveDetails(codec, result, bound);
  saveDigests(result);
  const analysis: ClosingAnalysis = {
    curve,
    bound,
    psnrAt: (ratio) => psnrAt(curve, ratio),
    distanceFromBound: (ratio) => {
      const limit = boundAt(bound, ratio);
      const reached = psnrAt(curve, ratio);
      return limit === undefined || reached === undefined ? undefined : limit - reached;
    },
  };
  showOperatingPoints(analysis);
  showSpikes(curve, curveIntervals(result));
  await showRateDistortion(named, corpus, analysis);
  await showWaveforms(named, corpus, id);
  await showDistribution(named, corpus, result, curve);
  if (named.quantizer === 'dead-zone' && named.entry.family !== 'quantizer')
    await showSparsity(named, corpus);
  return analysis;
}

function showOperatingPoints({ curve, distanceFromBound }: ClosingAnalysis): void {
  const { lossless } = curve;
  const rows: Partial<OperatingPoint>[] = lossless
    ? [{ step: 0, ...lossless }, ...curve.points]
    : [...curve.points];
  showTable(rows, [
    { label: 'Step, ADC codes', value: (row) => (row.step === 0 ? 'lossless' : String(row.step)) },
    { label: 'CR', value: (row) => row.compressionRatio, digits: 3 },
    {
      label: 'CR of 10-bit samples',
      value: ({ compressionRatio }) => compressionRatio && compressionRatioTenBit(compressionRatio, 1),
      digits: 3,
    },
    { label: 'Bits per sample', value: (row) => row.bitsPerSample, digits: 3 },
    { label: 'PSNR, dB', value: (row) => (row.step === 0 ? Infinity : row.psnr), digits: 2 },
    {
      label: 'Below the bound, dB',
      value: (row) => (row.step === 0 ? null : distanceFromBound(row.compressionRatio ?? 0)),
      digits: 2,
    },
    { label: 'SNR of the median recording, dB', value: (row) => row.snrMedian, digits: 2 },
    { label: 'In-band SNR, dB', value: (row) => row.inBandSnrMedian, digits: 2 },
    { label: 'Samples per nonzero coefficient', value: (row) => 1 / (row.nonzeroFraction ?? NaN), digits: 1 },
    { label: 'Spike-band power, correlation', value: (row) => row.spikeBandPowerCorrelation, digits: 3 },
  ]);
}

/** What is left of spikes at the operating points nearest to the shown ratios. */
function showSpikes(curve: Curve, intervals: readonly PointIntervals[]): void {
  if (!curve.spikeRecordings || curve.spikeRecordings.counted === 0) return;
  const nearest = new Set(SHOWN_RATIOS.map((ratio) => nearestPoint(curve, ratio)));
  showTable([...nearest], spikeColumns(curve, intervals));
  showMarkdown(spikeRecordingsText(curve)!);
}

function nearestPoint(curve: Curve, ratio: number): OperatingPoint {
  return curve.points.reduce((best, candidate) =>
    distanceOfRatios(candidate, ratio) < distanceOfRatios(best, ratio) ? candidate : best,
  );
}

async function showRateDistortion(
  named: NamedCodec,
  corpus: Corpus,
  { curve, bound, psnrAt: at, distanceFromBound }: ClosingAnalysis,
): Promise<void> {
  const reached = at(20);
  const { title: codec, style } = codecLook(curve.basis);
  const title =
    reached === undefined
      ? `${codec}: PSNR over the compression ratio`
      : `${codec}: ${reached.toFixed(1)} dB at CR 20, ${distanceFromBound(20)!.toFixed(1)} dB below the Gaussian bound`;
  await showFigure(
    rateDistortion(
      [{ curve, label: curve.basis, style }],
      { title, corpus: corpus.label },
      {
        measures: ['psnr', 'snr', 'spikesFound', 'spikeBandPower'],
        bound,
        name: figureName(named, 'rate-distortion'),
      },
    ),
  );
}

async function showWaveforms(named: NamedCodec, corpus: Corpus, id: string): Promise<void> {
  const { recording, codes, metrics, spikeAt } = typicalRecording(corpus);
  const codec = codecFromId(id);
  const { title, style } = codecLook(id);
  const from = Math.max(0, Math.min(codes.length - STRETCH, spikeAt - (STRETCH >> 1)));
  const coded = SHOWN_RATIOS.map((ratio) => codeAtRatio(codec, codes, recording.wavBytes, ratio));
  const decoded = coded.map(({ decoded: samples, compressionRatio }) => {
    const snr = signalToNoiseRatio(
      metrics.variance,
      meanSquaredError(squaredError(codes, samples), codes.length),
    );
    const label = `CR ${compressionRatio.toFixed(compressionRatio < 10 ? 1 : 0)}, SNR ${snr.toFixed(1)} dB`;
    return { label, codes: samples.subarray(from, from + STRETCH), snr };
  });
  await showFigure(
    waveforms(
      {
        original: codes.subarray(from, from + STRETCH),
        decoded,
        sampleRate: SAMPLE_RATE,
        start: (1000 * from) / SAMPLE_RATE,
        style,
        name: figureName(named, 'waveforms'),
      },
      {
        title: `${title}: the SNR falls from ${decoded[0]!.snr.toFixed(0)} dB at CR 5 to ${decoded[3]!.snr.toFixed(0)} dB at CR 200`,
        corpus: corpus.label,
        detail: `recording ${recording.name.slice(0, 8)}, about its largest spike`,
      },
    ),
  );
}

async function showDistribution(
  named: NamedCodec,
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
      { name: figureName(named, 'distribution') },
    ),
  );
}

function distanceOfRatios(point: OperatingPoint, ratio: number): number {
  return Math.abs(Math.log(point.compressionRatio / ratio));
}

/** Notebooks with several families name them in the names of their figures, and so do those that compare quantizers. */
function figureName({ entry, quantizer }: NamedCodec, name: string): string {
  if (quantizer !== 'dead-zone') return `${entry.name}-${quantizer}-${name}`;
  const families = catalog.filter(({ notebook }) => notebook === entry.notebook);
  return families.length > 1 ? `${entry.name}-${name}` : name;
}

/** The bases of the notebooks before this one; pursuits, which take long, are compared in their own. */
function basesBefore({ notebook }: CatalogEntry): NamedBasis[] {
  return catalog
    .filter((entry) => entry.notebook < notebook && entry.family !== 'frame' && entry.family !== 'quantizer')
    .sort((a, b) => (a.notebook < b.notebook ? -1 : a.notebook > b.notebook ? 1 : 0))
    .map((entry) => ({ entry, values: entry.chosen }));
}

async function showSparsity(named: NamedCodec, corpus: Corpus): Promise<void> {
  const { entry } = named;
  const recordings = stratifiedSubset(corpus.recordings, SPARSITY_RECORDINGS);
  const rows = [...basesBefore(entry), named].map((basis) => measureSparsity(basis, recordings));
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
        title: `${entry.title}: 99% of the energy lies in ${(100 * last.holding99).toFixed(1)}% of the coefficients`,
        corpus: corpus.label,
        detail: `median of ${recordings.length} recordings, stratified`,
      },
      { name: figureName(named, 'energy-compaction') },
    ),
  );
}
