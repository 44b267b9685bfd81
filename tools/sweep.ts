/**
 * `npm run sweep`: measures bases on a corpus from the command line, as a notebook does with `sweep`.
 */
import { parseArgs } from 'node:util';
import { basisId, catalog } from '../lib/catalog/catalog';
import { codecFromId } from '../lib/codecs/codec-from-id';
import { PRESET_NAMES } from '../lib/codecs/lossless/presets';
import { openCorpus } from '../lib/recordings/corpus';
import { operatingSteps } from '../lib/measuring/measured-curve';
import type { OperatingPoint } from '../lib/results/results';
import { summarizePoints } from '../lib/measuring/summarize';
import { sweep, SweepStoppedError } from '../lib/measuring/sweep';
import { prepareCodecKernels } from './kernels';
import { CommandLineError, datasetOption, positiveInteger } from './command-line';
import { showProgress } from './progress-line';

const USAGE = `npm run sweep -- --basis dct-256[,dct-64] [options]
  --steps 0,2,4               quantizer steps in ADC codes, 0 is lossless (default: those of the notebooks)
  --dataset neuralink|sample  the recordings to use (default: neuralink when imported, else sample)
  --recordings N              use a stratified subset of N recordings
  --jobs N                    use N processor cores (default: all)
Bases (numbers are parameters): ${catalog.map((entry) => basisId(entry)).join(', ')}
Without a basis, lossless only: ${PRESET_NAMES.map((name) => `lossless-${name}`).join(', ')}`;

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

/** Undefined for those that each codec has. */
function stepsOption(text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((part) => {
    const step = Number(part);
    if (part.trim() !== '' && step >= 0 && step < Infinity) return step;
    throw new CommandLineError(`--steps ${text}: give numbers of 0 or more, separated by commas.`);
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      basis: { type: 'string' },
      steps: { type: 'string' },
      dataset: { type: 'string' },
      recordings: { type: 'string' },
      jobs: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help || values.basis === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const codecs = values.basis.split(',').map((id) => codecFromId(id));
  const steps = stepsOption(values.steps);
  const jobs = positiveInteger('jobs', values.jobs);
  const corpus = openCorpus({
    dataset: datasetOption(values.dataset),
    recordings: positiveInteger('recordings', values.recordings),
  });
  await prepareCodecKernels();
  showProgress();
  for (const codec of codecs) {
    const result = await sweep(
      codec,
      corpus,
      steps ?? operatingSteps(codec.id),
      jobs === undefined ? {} : { jobs },
    );
    console.log(`\n${codec.id} on ${corpus.label}\n${table(summarizePoints(result))}\n`);
  }
  return 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = error instanceof SweepStoppedError ? 130 : 1;
  },
);
