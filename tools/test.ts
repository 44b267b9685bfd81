/**
 * `npm test`: runs the tests in two processes more at a time than there are cores. Small files that leave the process as it
 * was share one; the others have one of their own (tools/test/processes.ts).
 *
 *     npm test                        all of them
 *     npm test -- study coding/range  those whose path contains one of these
 *     npm test -- --slowest           names what took longest
 *     npm test -- --apart             each file in a process of its own
 *     npm test -- --seed 7            properties tried with other inputs than usually
 *
 * The last line is `N passed, N failed, N skipped`. Tests that need something this machine lacks are skipped and
 * listed with the reason; with NEUROBASIS_REQUIRE_ALL=1 they fail instead.
 */
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { spec } from 'node:test/reporters';
import { prepareKernels } from '../lib/kernels/runtime/webassembly';
import { projectRoot } from '../lib/files/project-root';
import { CommandLineError, runCommand } from './command-line';
import { memoryFolder } from './memory-disk';
import { runTestFiles } from './test/run-files';
import type { TestEvent } from './test/told-by-file';

/** Milliseconds after which a test file that does not end counts as failed. */
const FILE_TIMEOUT = 600_000;

/** Of the inputs that properties are tried with: the same in every run, so that what passed once passes again. */
const SEED = 1;

/** Number of files, and of tests, that `--slowest` names. */
const SLOWEST = 15;

/** Lines of a table of the entries with most milliseconds, and of all of them together. */
function slowest(title: string, milliseconds: ReadonlyMap<string, number>): string[] {
  const seconds = (time: number): string => (time / 1000).toFixed(1).padStart(8);
  const sorted = [...milliseconds].sort(([, a], [, b]) => b - a);
  const all = sorted.reduce((sum, [, time]) => sum + time, 0);
  return [
    `${title}, seconds on the clock:`,
    ...sorted.slice(0, SLOWEST).map(([name, time]) => `${seconds(time)}  ${name}`),
    `${seconds(all)}  all ${sorted.length}`,
  ];
}

/** Folders of tests that take longest, longest first: they start JupyterLab, a cluster, or commands, or damage files. */
const LONG = [
  'tests/lab/',
  'tests/workflow/',
  'tests/tools/',
  'tests/data/',
  'tests/codecs/damaged',
  'tests/figures/',
  'tests/faults/',
  'tests/packages/',
  'tests/recordings/formats/damage',
  'tests/kernel/',
  'tests/codecs/',
  'tests/investigations/',
  'tests/kernels/kept',
];

/**
 * More processes than cores: the longest tests wait most of the time, for a browser, a cluster, or a command that sleeps.
 * All of them together compute for half of the time that they take.
 */
const WAITING = 2;

/**
 * The test files under a folder whose path contains one of the filters, sorted; those that take longest come first, so
 * that no core waits for another at the end. Of their folders each gives a file in turn: neighbors would wait for the
 * same environment of Python to be made.
 */
function findTests(folder: string, filters: readonly string[]): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(folder, file))
    .filter((file) => filters.length === 0 || filters.some((filter) => slashes(file).includes(filter)))
    .sort();
  const startsOf = (file: string): string | undefined =>
    LONG.find((start) => slashes(file).startsWith(start));
  const long = LONG.map((start) => files.filter((file) => startsOf(file) === start));
  const inTurn = Array.from({ length: Math.max(...long.map(({ length }) => length)) }, (_, i) =>
    long.flatMap((ofFolder) => ofFolder[i] ?? []),
  ).flat();
  return [...inTurn, ...files.filter((file) => startsOf(file) === undefined)];
}

function slashes(path: string): string {
  return relative(projectRoot(), path).split(sep).join('/');
}

const COMMAND = {
  name: 'test',
  operands: '[part of a path …]',
  count: [0, Infinity],
  options: {
    apart: { about: 'give each file a process of its own: does it fail only beside others?' },
    seed: { value: 'N', about: `try properties with other inputs (default: ${SEED})` },
    slowest: { about: 'name the files and the tests that took longest' },
  },
  notes: 'npm test -- study coding/range runs the tests whose path contains one of these.',
} as const;

/** Bytes that have to be free for temporary files of tests to lie in memory; they take a quarter of a gigabyte. */
const ROOM = 2 ** 32;

/**
 * Puts temporary files into memory, where there is room, with the modules that are kept among them. A copy of this project
 * for a test, and its removal, take a second of a processor on a disk.
 *
 * @returns removes them
 */
function keepTemporaryFilesInMemory(): () => void {
  const folder = memoryFolder('nb', ROOM);
  if (folder === undefined) return () => {};
  // As tools/loader.cjs names it.
  const modules = `neurobasis-code-${process.geteuid?.() ?? 'own'}`;
  mkdirSync(join(folder, modules), { mode: 0o700 });
  try {
    cpSync(join(tmpdir(), modules), join(folder, modules), { recursive: true });
  } catch {
    // Another process has just removed what was too old. What is missing is converted again.
  }
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

void runCommand(COMMAND, async ({ operands, values }) => {
  const seed = values.seed === undefined ? SEED : Number(values.seed);
  if (!Number.isInteger(seed)) {
    throw new CommandLineError(`--seed ${values.seed}: a seed is a whole number, such as --seed 7.`);
  }
  const filters = operands.map((filter) => filter.replace(/^\.\//, ''));
  const files = findTests(join(projectRoot(), 'tests'), filters);
  if (files.length === 0) {
    console.error(`No test file under tests/ has a path that contains ${filters.join(' or ')}.`);
    return 1;
  }
  prepareKernels((message) => console.error(message));
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  const fileTimes = new Map<string, number>();
  const testTimes = new Map<string, number>();
  function count({ type, data: { name, file, nesting, skip, todo, details } }: TestEvent): void {
    if (details === undefined) return;
    if (type === 'test:fail') {
      if (details.type !== 'suite' || details.error?.failureType !== 'subtestsFailed') failed++;
    } else if (type !== 'test:pass') return;
    // A group of tests is none itself, nor is a file without any, which the runner reports under its own name.
    else if (details.type !== 'suite' && name !== file) {
      const reason = skip ?? todo;
      if (reason === undefined || reason === false) passed++;
      else {
        const why = typeof reason === 'string' && reason !== '' ? reason : 'no reason given';
        skipped.push(`${file === undefined ? '' : `${slashes(file)}: `}${name} (${why})`);
      }
    }
    if (file === undefined || name === file) return;
    const path = slashes(file);
    // Tests within a test, or within a group, are in its time.
    if (nesting === 0) fileTimes.set(path, (fileTimes.get(path) ?? 0) + details.duration_ms);
    if (details.type !== 'suite') testTimes.set(`${path}: ${name}`, details.duration_ms);
  }
  // Tests of a run that was killed end with it.
  process.env['NEUROBASIS_PARENT'] = String(process.pid);
  const report = new spec();
  report.pipe(process.stdout, { end: false });
  const how = {
    processes: availableParallelism() + WAITING,
    timeout: FILE_TIMEOUT,
    seed,
    allApart: values.apart,
  };
  const removeTemporaryFiles = keepTemporaryFilesInMemory();
  try {
    for await (const event of runTestFiles(files, how)) {
      count(event);
      report.write(event);
    }
  } finally {
    removeTemporaryFiles();
  }
  const ended = new Promise((resolve, reject) => report.on('end', resolve).on('error', reject));
  report.end();
  await ended;
  if (skipped.length > 0) console.log(`\nSkipped:\n${skipped.map((line) => `  ${line}`).join('\n')}`);
  if (values.slowest) {
    console.log(`\n${[...slowest('Files', fileTimes), '', ...slowest('Tests', testTimes)].join('\n')}`);
  }
  console.log(`\n${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed === 0 ? 0 : 1;
});
