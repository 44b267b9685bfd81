/**
 * Every codec of the results with what it costs and loses on each recording: the same measurements as those of the curves,
 * from the cache of sweeps.
 */
import { catalog } from '../../catalog/catalog';
import { idsForFolds } from '../../catalog/fold-ids';
import { REFERENCE } from '../../catalog/reference';
import { codecWithoutBasis, findCodec } from '../../codecs/codec-from-id';
import { LOSSLESS } from '../../coding/codec';
import { curveCodec } from '../../measuring/curve-codec';
import type { RecordingFacts } from '../../measuring/measure';
import { curveOf, operatingSteps } from '../../measuring/measured-curve';
import { sweep, type SweepResult } from '../../measuring/sweep';
import { corpusHash, corpusRange, type Corpus, type Recording } from '../../recordings/corpus';
import { readSavedResults, resultsPath, type Curve, type Results } from '../../results/results';

/** The reference with errors weighted for spikes. */
export const IN_BAND = 'mdct-256-sine+weight-spikes+trellis';

/** Slow waves, band power and spikes in layers. */
export const LAYERS = 'layers-512';

/** Codecs that keep events, and their notebook. */
const EVENT_CODECS: readonly string[] = ['spike-times', 'spike-shapes', 'band-power', LAYERS];
const EVENTS_NOTEBOOK = '16-layers.ipynb';

/** What one codec costs and loses: an array a recording, with a number for each step. */
export interface MeasuredCodec {
  readonly curve: Curve;
  /** Those that lose something, ascending. */
  readonly steps: readonly number[];
  readonly bytes: readonly Float64Array[];
  /** Codes². */
  readonly squaredError: readonly Float64Array[];
  /** Codes², after the filter of the spike band. */
  readonly inBandError: readonly Float64Array[];
}

/** A codec that a verdict should have and the results do not. */
export interface MissingCurve {
  readonly name: string;
  /** File name of the notebook that would measure it. */
  readonly notebook: string;
}

/** All that the verdict is about. */
export interface VerdictMeasurements {
  readonly corpus: Corpus;
  readonly results: Results;
  readonly recordings: readonly { readonly recording: Recording; readonly facts: RecordingFacts }[];
  /** Waveform codecs: those that are judged by their error at several steps. In the order of the results. */
  readonly codecs: readonly MeasuredCodec[];
  /** With the quantizer and the basis that others are compared with. */
  readonly reference: MeasuredCodec;
  readonly missing: readonly MissingCurve[];
}

/** The results lack what a verdict cannot do without. */
export class VerdictResultsError extends Error {
  override readonly name = 'VerdictResultsError';
}

/** The numbers of a sweep. */
export function measuredCodec(curve: Curve, { steps, recordings }: SweepResult): MeasuredCodec {
  const from = steps.indexOf(LOSSLESS) + 1;
  const column = (
    value: (point: SweepResult['recordings'][number]['points'][number]) => number,
  ): Float64Array[] => recordings.map(({ points }) => Float64Array.from(points.slice(from), value));
  return {
    curve,
    steps: steps.slice(from),
    bytes: column(({ compressedBytes }) => compressedBytes),
    squaredError: column(({ comparison }) => comparison.squaredError),
    inBandError: column(({ comparison }) => comparison.inBandSquaredError),
  };
}

/** Bases of the catalog and codecs of events without a curve. */
export function missingCurves({ curves }: Pick<Results, 'curves'>): MissingCurve[] {
  const ids = curves.map(({ basis }) => basis);
  const names = new Set(
    ids
      .filter((id) => !codecWithoutBasis(id) && !id.startsWith('lossless-'))
      .map((id) => findCodec(idsForFolds(id)[0]).entry.name),
  );
  return [
    ...catalog.filter(({ name }) => !names.has(name)).map(({ name, notebook }) => ({ name, notebook })),
    ...EVENT_CODECS.filter((id) => !ids.includes(id)).map((name) => ({ name, notebook: EVENTS_NOTEBOOK })),
  ];
}

/**
 * Reads the results of a corpus and, for each waveform codec in them, its measurements on every recording. Nothing is
 * measured where the notebooks of these curves have run on the same recordings.
 *
 * @throws VerdictResultsError when there are no results, or none of {@link REFERENCE}
 */
export async function measureCodecs(corpus: Corpus): Promise<VerdictMeasurements> {
  const results = readSavedResults(resultsPath(corpus.name));
  if (!results || results.dataset.sha256 !== corpusHash(corpus)) {
    throw new VerdictResultsError(
      `There are no results of ${corpus.label}: run the notebooks of the bases first, by "npm run reproduce".`,
    );
  }
  const codecs: MeasuredCodec[] = [];
  let recordings: VerdictMeasurements['recordings'] = [];
  for (const curve of results.curves) {
    const codec = curveCodec(curve.basis, corpusRange(corpus));
    if (curve.points.length < 2 || codec.leavesOut?.includes('psnr')) continue;
    const result = await sweep(codec, corpus, operatingSteps(curve.basis, corpus));
    codecs.push(measuredCodec(curveOf(curve.basis, result), result));
    if (recordings.length === 0)
      recordings = result.recordings.map(({ recording, facts }) => ({ recording, facts }));
  }
  const reference = codecs.find(({ curve }) => curve.basis === REFERENCE);
  if (!reference) {
    throw new VerdictResultsError(
      `The results have no curve of ${REFERENCE}, which all others are compared with: run "npm run reproduce -- --only 14-".`,
    );
  }
  return { corpus, results, recordings, codecs, reference, missing: missingCurves(results) };
}
