/**
 * `npm run evaluate`: the challenge's evaluation. Each recording goes through both programs, each time in a process
 * of its own, and must come back byte for byte.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { projectRoot } from '../lib/files/project-root';
import { openCorpus, readWavBytes, type Recording } from '../lib/recordings/corpus';
import { reportProgress } from '../lib/files/progress';
import { buildChallenge } from './challenge/build';
import { CommandLineError, datasetOption, positiveInteger, runCommand } from './command-line';
import { showProgress } from './progress-line';
import { typedPath } from './typed-path';

const COMMAND = {
  name: 'evaluate',
  options: {
    encode: {
      value: 'PATH',
      about: 'the program that encodes (default: that of npm run build:challenge, built anew)',
    },
    decode: { value: 'PATH', about: 'and the one that decodes' },
    fast: { about: "with encode's --fast" },
    dataset: {
      value: 'NAME',
      about:
        'the recordings neuralink, sample or an imported one (default: neuralink when imported, else sample)',
    },
    recordings: { value: 'N', about: 'a stratified subset of N recordings' },
    jobs: { value: 'N', about: 'so many at a time (default: as many as there are cores)' },
  },
} as const;

/** A program failed, or did not give a recording back. */
export class RoundTripError extends Error {
  override readonly name = 'RoundTripError';
}

/** Result of one recording. */
interface RoundTrip {
  readonly rawBytes: number;
  readonly compressedBytes: number;
  readonly encodeSeconds: number;
  readonly decodeSeconds: number;
}

/** @returns seconds until it ended */
function runProgram(path: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  return new Promise((done, fail) => {
    const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let message = '';
    child.stderr.on('data', (chunk: Buffer) => (message += chunk.toString()));
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done((performance.now() - start) / 1000);
      else
        fail(
          new RoundTripError(`${path} ${args.join(' ')} failed with exit code ${code}: ${message.trim()}`),
        );
    });
  });
}

async function roundTrip(
  recording: Recording,
  programs: { readonly encode: string; readonly decode: string; readonly options: readonly string[] },
  folder: string,
): Promise<RoundTrip> {
  const { path } = recording;
  const compressed = join(folder, `${basename(path)}.compressed`);
  const copy = join(folder, basename(path));
  const encodeSeconds = await runProgram(programs.encode, [path, compressed, ...programs.options]);
  const decodeSeconds = await runProgram(programs.decode, [compressed, copy]);
  const raw = readWavBytes(recording);
  if (!readFileSync(copy).equals(raw)) {
    throw new RoundTripError(
      `${path} came back changed: ${programs.decode} does not undo ${programs.encode}.`,
    );
  }
  const compressedBytes = statSync(compressed).size;
  rmSync(compressed);
  rmSync(copy);
  return { rawBytes: raw.length, compressedBytes, encodeSeconds, decodeSeconds };
}

void runCommand(COMMAND, async ({ values }) => {
  if ((values.encode === undefined) !== (values.decode === undefined)) {
    throw new CommandLineError('--encode and --decode belong together: give both or none.');
  }
  const corpus = openCorpus({
    dataset: datasetOption(values.dataset),
    recordings: positiveInteger('recordings', values.recordings),
  });
  const jobs = positiveInteger('jobs', values.jobs) ?? availableParallelism();
  const built = join(projectRoot(), 'dist', 'challenge');
  if (values.encode === undefined) await buildChallenge(built, () => {});
  const programs = {
    encode: values.encode === undefined ? join(built, 'encode') : programTyped(values.encode),
    decode: values.decode === undefined ? join(built, 'decode') : programTyped(values.decode),
    options: values.fast ? ['--fast'] : [],
  };
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-evaluate-'));
  showProgress();
  try {
    report(await evaluate(corpus.recordings, corpus.label, programs, folder, jobs), corpus.label, programs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** @throws CommandLineError when there is no such file */
function programTyped(path: string): string {
  const program = typedPath(path);
  if (statSync(program, { throwIfNoEntry: false })?.isFile()) return program;
  throw new CommandLineError(`There is no program ${path}.`);
}

async function evaluate(
  recordings: readonly Recording[],
  label: string,
  programs: Parameters<typeof roundTrip>[1],
  folder: string,
  jobs: number,
): Promise<RoundTrip[]> {
  const results: RoundTrip[] = [];
  const waiting = [...recordings];
  const start = performance.now();
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.push(await roundTrip(next, programs, folder));
      const done = results.length;
      const total = recordings.length;
      reportProgress({
        task: `round trip of ${label}`,
        done,
        total,
        reused: 0,
        secondsLeft: ((performance.now() - start) / 1000 / done) * (total - done),
        finished: done === total,
      });
    }
  };
  // A failure lets no other recording begin. Programs that still run write into the folder, which is removed afterwards.
  const ends = await Promise.allSettled(
    Array.from({ length: jobs }, () =>
      work().catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      }),
    ),
  );
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
  return results;
}

function report(
  results: readonly RoundTrip[],
  label: string,
  { encode, decode }: { readonly encode: string; readonly decode: string },
): void {
  const sum = (value: (result: RoundTrip) => number): number =>
    results.reduce((total, result) => total + value(result), 0);
  const raw = sum(({ rawBytes }) => rawBytes);
  const compressed = sum(({ compressedBytes }) => compressedBytes);
  const programs = statSync(encode).size + statSync(decode).size;
  const seconds = (value: number): string => `${(value / results.length).toFixed(3)} s a recording`;
  console.log(
    [
      `${label}: all ${results.length} came back byte for byte.`,
      `bytes                     ${raw} -> ${compressed}`,
      `ratio                     ${(raw / compressed).toFixed(4)}`,
      `mean ratio of recordings  ${(sum((r) => r.rawBytes / r.compressedBytes) / results.length).toFixed(4)}`,
      `both programs             ${programs} bytes`,
      `ratio with the programs   ${(raw / (compressed + programs)).toFixed(4)}`,
      `encode, process included  ${seconds(sum(({ encodeSeconds }) => encodeSeconds))}`,
      `decode, process included  ${seconds(sum(({ decodeSeconds }) => decodeSeconds))}`,
    ].join('\n'),
  );
}
