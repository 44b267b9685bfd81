/**
 * `npm run compare`: compressors of other projects at their best, on the same recordings, decoded and judged here; and the
 * speed of the lossless codec beside theirs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { COMPRESSORS } from '../bench/compressors/compressors';
import { compressorFigure } from '../bench/compressors/figure';
import { FORM_NAMES } from '../bench/compressors/forms';
import { compare, ownCoder, pcodecCoder, programCoder, type Comparison } from '../bench/compressors/measure';
import { runPeers } from '../bench/peers/run';
import { readMachine } from '../bench/report';
import { renderPictures } from '../lib/figures/export';
import { prepareKernels } from '../lib/kernels/runtime/webassembly';
import { projectRoot } from '../lib/files/project-root';
import { openCorpus, stratifiedSubset, type Corpus } from '../lib/recordings/corpus';
import { isNeuralinkDigitizer } from '../lib/recordings/recording';
import { psnrAt } from '../lib/results/curve-at-ratio';
import { peersPath, writePeers, type Peers } from '../lib/results/peers';
import { tableText } from '../lib/figures/table';
import { reportProgress } from '../lib/files/progress';
import { writeWhole } from '../lib/files/write-whole';
import { CommandLineError, datasetOption, positiveInteger, runCommand } from './command-line';
import { showProgress } from './progress-line';
import { preparedPython, type PythonEnvironment } from './python-environment';

const COMMAND = {
  name: 'compare',
  options: {
    recordings: {
      value: 'N',
      about:
        'a stratified subset (default: 96); other numbers are kept apart from the results, in figures/NAME-N',
    },
    dataset: {
      value: 'NAME',
      about: 'the recordings: neuralink or sample (default: neuralink when imported, else sample)',
    },
    all: { about: 'all recordings instead of a subset' },
    speeds: { about: 'the speed of the lossless codec and of others too, for bench/compressors' },
  },
  notes:
    'Python packages are installed in .cache/peers-python. Programs are used where they are on the PATH (flac and wavpack: ' +
    'apt-get install flac wavpack; sac and paq8px: from their sources); what is missing is named.',
} as const;

const PEERS: PythonEnvironment = {
  purpose: 'the compressors of other projects',
  folder: '.cache/peers-python',
  requirements: 'bench/peers/requirements.txt',
  alternative: 'Everything but this comparison works without Python.',
};

/** Recordings that compressors of minutes a recording are given. */
const SLOW_RECORDINGS = 8;

const PCODEC: PythonEnvironment = {
  purpose: 'pcodec',
  folder: '.cache/compressors-python',
  requirements: 'bench/compressors/requirements.txt',
  alternative: 'Everything but this comparison works without Python.',
};

/** All compressors together take about ten seconds a recording. */
const RECORDINGS = 96;

/** Recordings in the one file that speed is measured on, and how often. */
const TOGETHER = 16;
const REPETITIONS = 5;

function tableOf(comparisons: readonly Comparison[]): string {
  const rows = [...comparisons]
    .sort((a, b) => b.ratio - a.ratio)
    .map(({ name, form, ratio, encodeSpeed, decodeSpeed }) => [
      name,
      FORM_NAMES[form],
      ratio.toFixed(3),
      String(encodeSpeed),
      String(decodeSpeed),
    ]);
  const header = ['compressor', 'given', 'ratio', 'encode, Ms/s', 'decode, Ms/s'];
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Compares all compressors and keeps what was found beside the results. */
async function comparePeers(corpus: Corpus, name: string): Promise<void> {
  const python = preparedPython(PEERS, console.error);
  const total = corpus.recordings.length;
  const start = performance.now();
  const peers = await runPeers(corpus, {
    command: [python, join(projectRoot(), 'bench/peers/peers.py')],
    slowRecordings: SLOW_RECORDINGS,
    progress: (done) =>
      reportProgress({
        task: `compressors of other projects on ${corpus.label}`,
        done,
        total,
        reused: 0,
        secondsLeft: ((performance.now() - start) / 1000 / done) * (total - done),
        finished: done === total,
      }),
  });
  const path = peersPath(name);
  writePeers(path, peers);
  console.log(peersTable(peers));
  for (const { name: missing, reason } of peers.missing) console.log(`Not compared: ${missing}, ${reason}.`);
  console.log(
    `Kept in ${relative(projectRoot(), path)}; notebook 92 and the README show it after their next run.`,
  );
}

/** Ratio of what loses nothing, PSNR at some ratios of what does. */
function peersTable({ peers }: Peers): string {
  const ratios = [5, 10, 20, 50, 100, 200];
  return tableText(peers, [
    { label: 'compressor', value: ({ name }) => name },
    { label: 'version', value: ({ version }) => version },
    { label: 'recordings', value: ({ recordings }) => recordings },
    { label: 'lossless CR', value: ({ lossless }) => lossless?.compressionRatio, digits: 3 },
    { label: 'lossless-best there', value: ({ lossless }) => lossless?.ownCompressionRatio, digits: 3 },
    ...ratios.map((ratio) => ({
      label: `dB at CR ${ratio}`,
      value: (peer: Peers['peers'][number]) => psnrAt(peer, ratio),
      digits: 1,
    })),
  ]);
}

/** Speeds and ratios of the lossless codec beside others, for the figure of docs/performance.md. */
async function compareSpeeds(corpus: Corpus, whole: boolean): Promise<void> {
  for (const [program = ''] of COMPRESSORS.map(({ version }) => version)) {
    if (spawnSync(program, ['--version']).error) {
      throw new CommandLineError(
        `${program} is not installed; the speeds need flac, wavpack, bzip2, xz, zstd and brotli (apt-get install flac wavpack ` +
          'bzip2 xz-utils zstd brotli).',
      );
    }
  }
  const python = preparedPython(PCODEC, console.error);
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-compare-'));
  try {
    const script = join(projectRoot(), 'bench/compressors/pcodec-times.py');
    const coders = [
      ownCoder('best'),
      ownCoder('fast'),
      ...COMPRESSORS.map((compressor) => programCoder(compressor, folder)),
      pcodecCoder(python, script, folder),
    ];
    const total = corpus.recordings.length;
    const start = performance.now();
    const together = stratifiedSubset(corpus.recordings, Math.min(TOGETHER, total));
    const comparisons = compare(coders, corpus.recordings, together, REPETITIONS, (done) =>
      reportProgress({
        task: `${coders.length} compressors on ${corpus.label}`,
        done,
        total,
        reused: 0,
        secondsLeft: ((performance.now() - start) / 1000 / done) * (total - done),
        finished: done === total,
      }),
    );
    console.log(tableOf(comparisons));
    if (!whole || corpus.synthetic) return;
    const machine = readMachine();
    const place = join(projectRoot(), 'bench', 'compressors');
    const versions = Object.fromEntries(
      COMPRESSORS.map(({ version: [program = '', ...args] }) => {
        const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
        return [program, (stdout || stderr).trim().split('\n')[0]];
      }),
    );
    writeWhole(
      join(place, 'results.json'),
      `${JSON.stringify({ machine, versions, corpus: corpus.label, comparisons }, null, 2)}\n`,
    );
    const { svg, png } = await renderPictures(compressorFigure(comparisons, corpus.label, machine.processor));
    writeWhole(join(place, 'compressors.svg'), svg);
    writeWhole(join(place, 'compressors.png'), png);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void runCommand(COMMAND, async ({ values }) => {
  const recordings = positiveInteger('recordings', values.recordings);
  if (values.all && recordings !== undefined) {
    throw new CommandLineError('--all and --recordings exclude each other: leave one of them out.');
  }
  const corpus = openCorpus({
    dataset: datasetOption(values.dataset),
    ...(!values.all && { recordings: recordings ?? RECORDINGS }),
  });
  if (corpus.recordings.some(({ digitizer }) => !isNeuralinkDigitizer(digitizer))) {
    throw new CommandLineError(
      'Other compressors are compared on recordings of ten bits alone; docs/performance.md has others.',
    );
  }
  prepareKernels(console.error);
  showProgress();
  await comparePeers(corpus, recordings === undefined ? corpus.dataset : corpus.name);
  if (values.speeds) await compareSpeeds(corpus, recordings === undefined && !values.all);
}).then(() => process.exit());
