/**
 * `npm run bench`: the kernels against their Python peers.
 */
import { join } from 'node:path';
import { benchCases } from '../bench/cases';
import { measureCodec, type CodecSpeed } from '../bench/end-to-end';
import { measureCase, type KernelMeasurement } from '../bench/measure';
import { measureMemory } from '../bench/memory';
import { measurePackages, packagesTable } from './build-packages/speeds';
import { measureRealTime } from '../bench/real-time';
import { measureSorting } from '../bench/sorting/measure';
import { sortingTable } from '../bench/sorting/summary';
import { Peer } from '../bench/peer';
import { readMachine, tableOf, writeBenchResults } from '../bench/report';
import { measureSweepPhases } from '../bench/sweep-phases';
import { prepareKernels } from '../lib/kernels/runtime/webassembly';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';
import { CommandLineError, runCommand } from './command-line';
import { preparedPython, type PythonEnvironment } from './python-environment';

const COMMAND = {
  name: 'bench',
  options: {
    only: {
      value: 'dct,walsh',
      about: 'kernels whose names contain one of these; nothing is written',
    },
    quick: { about: 'three pairs of timings instead of eleven; nothing is written' },
    packages: {
      about: 'instead, the npm package in Node and Chromium beside the library; writes bench/packages.json',
    },
    sorting: {
      about:
        'instead, spike sorters on recordings with known spikes, before and after codecs; writes bench/sorting/results.json',
    },
    sorters: {
      value: 'mountainsort5,tridesclous2,spykingcircus2',
      about: 'with --sorting: which; mountainsort5 unless given',
    },
    'real-time': { about: 'instead, the streaming encoder on 1,024 channels; nothing is written' },
  },
} as const;

const PEERS: PythonEnvironment = {
  purpose: 'the peers of the bench',
  folder: '.cache/bench-python',
  requirements: 'bench/requirements.txt',
  alternative: 'Everything but the bench works without Python.',
};

const SORTERS: PythonEnvironment = {
  ...PEERS,
  purpose: 'the sorters of the bench',
  folder: '.cache/python-sorting',
  requirements: 'bench/sorting/requirements.txt',
};
/** Seeds of the recordings that are sorted. */
const SORTED_RECORDINGS = [1, 2, 3, 4, 5, 6];

const PAIRS = 11;
const QUICK_PAIRS = 3;
const REAL_TIME_RECORDINGS = 48;

void runCommand(COMMAND, async ({ values }) => {
  const say = (message: string): void => console.error(message);
  if (values.packages) {
    prepareKernels(say);
    const measured = await measurePackages(values.quick ? QUICK_PAIRS : PAIRS);
    if (!values.quick) {
      const { processor } = readMachine();
      const path = join(projectRoot(), 'bench', 'packages.json');
      writeWhole(path, `${JSON.stringify({ processor, ...measured }, null, 2)}\n`);
    }
    console.log(packagesTable(measured));
    return 0;
  }
  if (values.sorting) {
    prepareKernels(say);
    const sorters = (values.sorters ?? 'mountainsort5').split(',');
    const measured = measureSorting(preparedPython(SORTERS, say), sorters, SORTED_RECORDINGS, say);
    const path = join(projectRoot(), 'bench', 'sorting', 'results.json');
    writeWhole(path, `${JSON.stringify(measured, null, 1)}\n`);
    console.log(sortingTable(measured.rows));
    return 0;
  }
  if (values['real-time']) {
    prepareKernels(say);
    console.log(await measureRealTime(REAL_TIME_RECORDINGS));
    return 0;
  }
  const parts = (values.only ?? '').toLowerCase().split(',');
  const chosen = benchCases.filter(({ kernel }) => parts.some((part) => kernel.toLowerCase().includes(part)));
  if (chosen.length === 0) {
    const names = [...new Set(benchCases.map(({ kernel }) => kernel))].join(', ');
    throw new CommandLineError(`No kernel has a name with ${values.only} in it: there are ${names}.`);
  }
  prepareKernels(say);
  const root = projectRoot();
  const exchange = join(root, '.cache', 'bench', String(process.pid));
  const peer = new Peer(preparedPython(PEERS, say), join(root, 'bench'), exchange);
  const kernels: KernelMeasurement[] = [];
  try {
    for (const [i, bench] of chosen.entries()) {
      say(`${i + 1} of ${chosen.length}: ${bench.kernel}, ${bench.type}, ${bench.size}`);
      kernels.push(await measureCase(bench, peer, values.quick ? QUICK_PAIRS : PAIRS));
    }
    console.log(tableOf(kernels));
    if (values.quick || values.only !== undefined) return 0;
    say('memory, and the whole way from samples to bytes and back');
    const memory = measureMemory();
    const endToEnd: CodecSpeed[] = measureCodec();
    const sweepPhases = measureSweepPhases();
    const machine = { ...readMachine(), packages: await peer.versions() };
    await writeBenchResults(join(root, 'bench'), { machine, kernels, memory, endToEnd, sweepPhases });
    console.log(`\nWritten to bench/results.json, with a picture, bench/ratios.svg.`);
    return 0;
  } finally {
    peer.end();
  }
}).then(() => process.exit());
