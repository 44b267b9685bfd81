/** Makes the data of the gallery's explorer from the results of a dataset and the details of its curves. */
import { idsForFolds } from '../../catalog/fold-ids';
import { codecWithoutBasis, parseCodecId } from '../../codecs/codec-from-id';
import { SAMPLE_RATE } from '../../recordings/adc';
import { losslessPreset } from '../../codecs/lossless/lossless-codec';
import { codecLook } from '../codec-look';
import type { CurveDetails } from '../../results/curve-details';
import type { Curve, Results } from '../../results/results';
import type { ExplorerCurve, ExplorerData, ExplorerExcerpts, ExplorerPoint } from './explorer-data';
import { lineStyle, type LineStyle } from '../theme';

/** Name and style of a codec; a codec that the catalog does not know is named by its id. */
function lookOf({ basis }: Curve, index: number): { title: string; style: LineStyle } {
  return idsForFolds(basis).every(parseCodecId) || losslessPreset(basis) || codecWithoutBasis(basis)
    ? codecLook(basis)
    : { title: basis, style: lineStyle(index) };
}

/**
 * Data of the explorer from results.
 *
 * @param details - details of some or all curves
 */
export function explorerData(results: Results, details: readonly CurveDetails[]): ExplorerData {
  const curves = results.curves.map((curve, index): ExplorerCurve => {
    const { title, style } = lookOf(curve, index);
    const own = details.find(({ basis }) => basis === curve.basis);
    return { ...curve, title, style, intervals: own?.intervals ?? [] };
  });
  return {
    dataset: results.dataset,
    sampleRate: results.dataset.sampleRate ?? SAMPLE_RATE,
    bound: details[0]?.bound ?? [],
    curves,
    hasExcerpts: details.some(({ excerpts }) => excerpts.length > 0),
  };
}

/**
 * The waveforms of the explorer: each recording once, with its decoded versions by each codec.
 *
 * @param details - details from one corpus, so that all show the same recordings
 */
export function explorerExcerpts(details: readonly CurveDetails[]): ExplorerExcerpts {
  const recordings = (details[0]?.excerpts ?? []).map(({ recording, kind, from, codes }) => ({
    recording,
    kind,
    from,
    codes,
  }));
  const codecs = details.map(({ basis, excerpts }): [string, ExplorerPoint[][]] => [
    basis,
    recordings.map(({ recording }) =>
      (excerpts.find((excerpt) => excerpt.recording === recording)?.points ?? []).map(
        ({ step, compressionRatio, snr, inBandSnr, error }): ExplorerPoint => [
          step,
          compressionRatio,
          snr,
          inBandSnr,
          error,
        ],
      ),
    ),
  ]);
  return { recordings, codecs: Object.fromEntries(codecs) };
}
