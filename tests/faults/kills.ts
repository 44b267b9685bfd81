/**
 * Kills commands at random moments and runs them again until they have come to their end: what they leave must be what an
 * undisturbed run leaves, and nothing that was kept may be made twice.
 *
 *   node --require ./tools/loader.cjs tests/faults/kills.ts 150 7     150 kills, seed 7
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { uniformNumbers } from '../../lib/numerics/random';
import { canonicalWav } from '../../lib/recordings/wav';
import { createTemporaryProject, type TemporaryProject } from '../tools/temporary-project';

/** A command that is disturbed. */
interface Victim {
  readonly name: string;
  readonly command: string;
  readonly args: (folder: string) => readonly string[];
  /** Kills the launcher, whose end the command has to notice; otherwise the command. */
  readonly byLauncher?: boolean;
  /** What is to be the same after all: files of a project, with folders for all that is in them. */
  readonly leaves: readonly string[];
  /** What goes before the next round. */
  readonly forgets: readonly string[];
}

const SWEEP = ['--dataset', 'sample', '--basis', 'dct-64+trellis', '--steps', '0,2,8,32', '--jobs', '2'];
const output = (folder: string): string => join(folder, 'measurements.jsonl');

const VICTIMS: readonly Victim[] = [
  {
    name: 'sweep',
    command: 'sweep',
    args: (folder) => [...SWEEP, '--output', output(folder)],
    leaves: ['measurements.jsonl'],
    forgets: ['measurements.jsonl', '.cache/sweeps'],
  },
  {
    name: 'sweep, by its launcher',
    command: 'sweep',
    args: (folder) => [...SWEEP, '--output', output(folder)],
    byLauncher: true,
    leaves: ['measurements.jsonl'],
    forgets: ['measurements.jsonl', '.cache/sweeps'],
  },
  {
    name: 'shard',
    command: 'sweep',
    args: (folder) => [...SWEEP, '--shard', '2/3', '--output', output(folder)],
    leaves: ['measurements.jsonl'],
    forgets: ['measurements.jsonl', '.cache/sweeps'],
  },
  {
    name: 'learner',
    command: 'learn',
    args: () => ['--dataset', 'sample', '--basis', 'klt-16'],
    leaves: ['.cache/models'],
    forgets: ['.cache/models', '.cache/learning'],
  },
  {
    name: 'importer',
    command: 'data',
    args: (folder) => [
      '--from',
      join(folder, 'lab.wav'),
      '--name',
      'lab',
      '--replace',
      '--piece-seconds',
      '1',
    ],
    leaves: ['data/lab'],
    forgets: ['data/lab'],
  },
];

/** SHA-256 of each file, by its path; folders are opened. */
export function contents(folder: string, paths: readonly string[]): Record<string, string> {
  const files = paths.flatMap((path) => {
    const full = join(folder, path);
    if (!existsSync(full) || statSync(full).isFile()) return [path];
    return readdirSync(full, { recursive: true, encoding: 'utf8' })
      .map((name) => join(path, name))
      .filter((name) => statSync(join(folder, name)).isFile());
  });
  return Object.fromEntries(
    files.sort().map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex'),
    ]),
  );
}

/** `recording, step` of all points that are kept, as often as they were measured. */
export function keptPoints(folder: string): string[] {
  const sweeps = join(folder, '.cache', 'sweeps');
  if (!existsSync(sweeps)) return [];
  return readdirSync(sweeps, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(jsonl|journal)$/.test(name))
    .flatMap((name) =>
      readFileSync(join(sweeps, name), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .flatMap((line) => {
          const { row } = JSON.parse(line) as { row: { recording: string; points: { step: number }[] } };
          return row.points.map(({ step }) => `${row.recording}, ${step}`);
        }),
    );
}

interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
}

/** Runs a command; after so many seconds it is killed. */
async function run(project: TemporaryProject, victim: Victim, killAfter?: number): Promise<Run> {
  const { folder } = project;
  const start = Date.now();
  const launch = victim.byLauncher
    ? [join(folder, 'tools', 'launch.mjs'), victim.command]
    : ['--require', join(folder, 'tools', 'loader.cjs'), join(folder, 'tools', `${victim.command}.ts`)];
  const child = spawn(process.execPath, [...launch, ...victim.args(folder)], {
    cwd: folder,
    env: {
      ...process.env,
      NODE_TEST_CONTEXT: undefined,
      NEUROBASIS_DATASET: '',
      NEUROBASIS_RECORDINGS: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (killAfter !== undefined) {
    await Promise.race([ended, sleep(1000 * killAfter)]);
    child.kill('SIGKILL');
  }
  const code = await ended;
  return { code, output: said, seconds: (Date.now() - start) / 1000 };
}

/** What was done to one command. */
export interface KillReport {
  readonly name: string;
  readonly kills: number;
  /** Times that it came to its end, each with the same bytes as undisturbed. */
  readonly rounds: number;
  /** Points that were kept and measured again. */
  readonly measuredTwice: number;
}

/**
 * Kills each command so many times, at moments drawn evenly from its whole run.
 *
 * @param say - takes a line about each command
 * @throws AssertionError where anything is lost or different
 */
export async function killCommands(
  kills: number,
  seed: number,
  say: (line: string) => void,
): Promise<KillReport[]> {
  const random = uniformNumbers(seed);
  const project = createTemporaryProject();
  const { folder } = project;
  try {
    const samples = Int16Array.from({ length: 60 * 20000 }, () => Math.round(2000 * (random() - 0.5)));
    writeFileSync(join(folder, 'lab.wav'), canonicalWav(samples, 20000));
    const forget = (victim: Victim): void => {
      for (const path of victim.forgets) rmSync(join(folder, path), { recursive: true, force: true });
    };
    // Kernels and bundles are made by the first run, which no other is compared with in time.
    const first = await run(project, VICTIMS[0]!);
    assert.equal(first.code, 0, first.output);
    const reports: KillReport[] = [];
    for (const victim of VICTIMS) {
      forget(victim);
      const undisturbed = await run(project, victim);
      assert.equal(undisturbed.code, 0, undisturbed.output);
      const expected = contents(folder, victim.leaves);
      assert.ok(Object.keys(expected).length > 0);
      let killed = 0;
      let rounds = 0;
      let measuredTwice = 0;
      while (killed < kills) {
        forget(victim);
        for (;;) {
          const last = killed >= kills;
          const { code, output: said } = await run(
            project,
            victim,
            last ? undefined : random() * undisturbed.seconds,
          );
          if (code === null && !last) {
            killed++;
            continue;
          }
          assert.equal(code, 0, said);
          break;
        }
        rounds++;
        assert.deepEqual(contents(folder, victim.leaves), expected, `${victim.name}: other bytes`);
        const points = keptPoints(folder);
        measuredTwice += points.length - new Set(points).size;
      }
      forget(victim);
      const report = { name: victim.name, kills: killed, rounds, measuredTwice };
      say(
        `${victim.name}: ${killed} kills, ${rounds} times to the end with the same bytes` +
          (victim.command === 'sweep' ? `, ${measuredTwice} points measured twice` : ''),
      );
      reports.push(report);
    }
    return reports;
  } finally {
    project.remove();
  }
}

if (process.argv[1] === __filename) {
  const [all = '150', seed = '7'] = process.argv.slice(2);
  void killCommands(Math.ceil(Number(all) / VICTIMS.length), Number(seed), console.log);
}
