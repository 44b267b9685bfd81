/**
 * `npm run sweep`: measures bases on a corpus from the command line, as a notebook does with `sweep`.
 */
import { catalog } from '../lib/catalog/catalog';
import { idsForFolds } from '../lib/catalog/fold-ids';
import { basisId } from '../lib/catalog/ids';
import { EVENT_CODEC_IDS } from '../lib/codecs/codec-from-id';
import { PRESET_NAMES } from '../lib/codecs/lossless/preset';
import { openCorpus } from '../lib/recordings/corpus';
import { curveCodec } from '../lib/measuring/curve-codec';
import { operatingSteps } from '../lib/measuring/measured-curve';
import type { OperatingPoint } from '../lib/results/results';
import { summarizePoints } from '../lib/measuring/summarize';
import { sweep, type SweepResult } from '../lib/measuring/sweep';
import { prepareCodecKernels } from './kernels';
import { CORPUS_OPTIONS, datasetOption, missing, positiveInteger, runCommand } from './command-line';
import { removeLeftovers } from './leftovers';
import { showProgress } from './progress-line';
import { writeMeasurements } from './sweep/measurements-file';
import { shardOption } from './sweep/shard-option';
import { STEPS_OPTION, stepsOption } from './sweep/steps-option';
import { requireBasisName } from './typed-basis';
import { typedPath } from './typed-path';

const COMMAND = {
  name: 'sweep',
  options: {
    basis: { value: 'ID,ID…', about: 'the bases to measure: dct-256,dct-64' },
    steps: STEPS_OPTION,
    ...CORPUS_OPTIONS,
    shard: {
      value: 'I/N',
      about:
        'measure the I-th of N parts of the recordings, into a file of its own under .cache/sweeps, so that machines share the work',
    },
    output: {
      value: 'PATH',
      about:
        'write all measurements but durations, as JSON lines: the same bytes wherever they were measured',
    },
    jobs: { value: 'N', about: 'use N processor cores (default: all)' },
  },
  notes: () =>
    `Bases (numbers are parameters): ${catalog.map((entry) => basisId(entry)).join(', ')}\n` +
    `Without a basis, lossless only: ${PRESET_NAMES.map((name) => `lossless-${name}`).join(', ')}\n` +
    `Without a basis, of events: ${EVENT_CODEC_IDS.join(', ')}\n` +
    'After a basis may come +weight-spikes, a quantizer (+trellis) and +fill, in this order.',
} as const;

function table(points: readonly OperatingPoint[]): string {
  const number = (value: number | null | undefined, digits: number): string => value?.toFixed(digits) ?? '–';
  const rows = points.map((point) => [
    point.step === 0 ? 'lossless' : String(point.step),
    String(point.compressedBytes),
    number(point.compressionRatio, 3),
    number(point.bitsPerSample, 3),
    number(point.psnr, 2),
    number(point.snrMedian, 2),
    number(point.inBandSnrMedian, 2),
    number(point.spikeF1, 3),
    number(point.ownThresholdF1, 3),
    number(point.sameCluster, 3),
    number(point.adjustedRand, 3),
  ]);
  const header = [
    'step',
    'bytes',
    'CR',
    'bits/sample',
    'PSNR',
    'SNR',
    'in-band SNR',
    'spike F1',
    'own F1',
    'cluster',
    'Rand',
  ];
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  return [header, ...rows]
    .map((row) => row.map((text, i) => text.padStart(widths[i]!)).join('  '))
    .join('\n');
}

void runCommand(COMMAND, async ({ values }) => {
  if (values.basis === undefined) throw missing(COMMAND, 'Say which bases to measure: --basis ID.');
  const codecs = values.basis.split(',').map((id) => {
    idsForFolds(id).forEach(requireBasisName);
    return curveCodec(id);
  });
  const steps = stepsOption(values.steps);
  const jobs = positiveInteger('jobs', values.jobs);
  const shard = shardOption(values.shard);
  const corpus = openCorpus({
    dataset: datasetOption(values.dataset),
    recordings: positiveInteger('recordings', values.recordings),
  });
  removeLeftovers();
  await prepareCodecKernels();
  showProgress();
  const results: SweepResult[] = [];
  for (const codec of codecs) {
    const result = await sweep(codec, corpus, steps ?? operatingSteps(codec.id, corpus), {
      ...(jobs !== undefined && { jobs }),
      ...(shard && { shard }),
    });
    if (values.output !== undefined) results.push(result);
    console.log(`\n${codec.id} on ${result.corpus.label}\n${table(summarizePoints(result))}\n`);
  }
  if (values.output !== undefined) writeMeasurements(typedPath(values.output), results);
});
