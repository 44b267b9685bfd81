/**
 * `npm run compare`: the lossless codec beside other compressors at their best.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMPRESSORS } from '../bench/compressors/compressors';
import { compressorFigure } from '../bench/compressors/figure';
import { FORM_NAMES } from '../bench/compressors/forms';
import { compare, ownCoder, pcodecCoder, programCoder, type Comparison } from '../bench/compressors/measure';
import { readMachine } from '../bench/report';
import { renderPictures } from '../lib/figures/export';
import { prepareKernels } from '../lib/kernels/runtime/webassembly';
import { projectRoot } from '../lib/files/project-root';
import { openCorpus, stratifiedSubset } from '../lib/recordings/corpus';
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
      about: 'a stratified subset for the ratios (default: 96); nothing is written',
    },
    dataset: {
      value: 'NAME',
      about:
        'the recordings neuralink, sample or an imported one (default: neuralink when imported, else sample)',
    },
  },
  notes:
    'Needs flac, wavpack, bzip2, xz, zstd, brotli (apt-get install flac wavpack bzip2 xz-utils zstd brotli) and ' +
    'Python.',
} as const;

const PCODEC: PythonEnvironment = {
  purpose: 'pcodec',
  folder: '.cache/compressors-python',
  requirements: 'bench/compressors/requirements.txt',
  alternative: 'Everything but this comparison works without Python.',
};

/** The slowest of the settings takes a second a recording. */
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

void runCommand(COMMAND, async ({ values }) => {
  for (const [program = ''] of COMPRESSORS.map(({ version }) => version)) {
    if (spawnSync(program, ['--version']).error) {
      throw new CommandLineError(`${program} is not installed. ${COMMAND.notes}`);
    }
  }
  const corpus = openCorpus({
    dataset: datasetOption(values.dataset),
    recordings: positiveInteger('recordings', values.recordings) ?? RECORDINGS,
  });
  prepareKernels(console.error);
  const python = preparedPython(PCODEC, console.error);
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-compare-'));
  showProgress();
  try {
    const script = join(projectRoot(), 'bench/compressors/pcodec-times.py');
    const coders = [
      ownCoder('best'),
      ownCoder('fast'),
      ...COMPRESSORS.map((compressor) => programCoder(compressor, folder)),
      pcodecCoder(python, script, folder),
    ];
    const total = corpus.recordings.length;
    const start = Date.now();
    const together = stratifiedSubset(corpus.recordings, Math.min(TOGETHER, total));
    const comparisons = compare(coders, corpus.recordings, together, REPETITIONS, (done) =>
      reportProgress({
        task: `${coders.length} compressors on ${corpus.label}`,
        done,
        total,
        reused: 0,
        secondsLeft: ((Date.now() - start) / 1000 / done) * (total - done),
        finished: done === total,
      }),
    );
    console.log(tableOf(comparisons));
    if (values.recordings !== undefined || corpus.synthetic) return;
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
}).then(() => process.exit());
