/**
 * The workflow with two bases, in temporary projects: on the sample, or on the dataset that NEUROBASIS_WORKFLOW_DATASET
 * names, as `neuralink` for a run of all recordings, which takes minutes.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCorpus } from '../../lib/recordings/corpus';
import { projectRoot } from '../../lib/files/project-root';
import { sharedPython } from '../tools/shared-python';
import { SNAKEMAKE } from '../../tools/reproduce/snakemake';
import {
  createTemporaryProject,
  type CommandResult,
  type TemporaryProject,
} from '../tools/temporary-project';

/** Two bases, the first slow enough for its jobs to be disturbed. */
const BASES = 'dct-64+trellis,haar-6';
const STEPS = '0,2,8,32';

const DATASET = process.env['NEUROBASIS_WORKFLOW_DATASET'] ?? 'sample';

/** The Python that has Snakemake, or why there is none. */
export function findSnakemake(): { python: string; problem?: undefined } | { problem: string } {
  try {
    return { python: sharedPython(SNAKEMAKE, (message) => console.log(message)) };
  } catch (error) {
    if (process.env['NEUROBASIS_REQUIRE_ALL'] === '1') throw error;
    return { problem: (error as Error).message };
  }
}

const projects: TemporaryProject[] = [];

export function removeProjects(): void {
  projects.forEach((project) => project.remove());
}

let alone: Promise<Buffer> | undefined;

/** The measurements of one process. */
function measuredAlone(): Promise<Buffer> {
  alone ??= (async () => {
    const project = newProject();
    const output = join(project.folder, 'measurements.jsonl');
    const options = ['--dataset', DATASET, '--basis', BASES, '--steps', STEPS, '--jobs', '1'];
    const { code, output: said } = await project.run('sweep', [...options, '--output', output]);
    assert.equal(code, 0, said);
    return readFileSync(output);
  })();
  return alone;
}

/** A project with the workflow in it. */
export function newProject(): TemporaryProject {
  const project = createTemporaryProject();
  cpSync(join(projectRoot(), 'workflow'), join(project.folder, 'workflow'), { recursive: true });
  if (DATASET !== 'sample') {
    mkdirSync(join(project.folder, 'data'), { recursive: true });
    symlinkSync(join(projectRoot(), 'data', DATASET), join(project.folder, 'data', DATASET));
  }
  projects.push(project);
  return project;
}

/** Runs Snakemake in a project up to the joined measurements. */
export function snakemake(
  python: string,
  { folder }: TemporaryProject,
  ...args: string[]
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const settings = [`dataset=${DATASET}`, `bases=${BASES}`, `steps=${STEPS}`, 'shards=3'];
    const child = spawn(
      python,
      [
        ...['-m', 'snakemake', '--snakefile', join(folder, 'workflow', 'Snakefile'), '--nocolor', ...args],
        ...['--config', ...settings, '--', 'measured'],
      ],
      {
        cwd: folder,
        env: { ...process.env, NODE_TEST_CONTEXT: undefined },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

function shardFiles({ folder }: TemporaryProject, ending: string): string[] {
  const sweeps = join(folder, '.cache', 'sweeps');
  if (!existsSync(sweeps)) return [];
  return readdirSync(sweeps)
    .filter((name) => name.endsWith('.shards'))
    .flatMap((name) => readdirSync(join(sweeps, name)).map((file) => join(sweeps, name, file)))
    .filter((file) => file.endsWith(ending));
}

/** `codec, recording, step` of each point in the results of shards. */
function measuredPoints(project: TemporaryProject): string[] {
  return shardFiles(project, '.jsonl').flatMap((file) =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .flatMap((line) => {
        const { row } = JSON.parse(line) as { row: { recording: string; points: { step: number }[] } };
        return row.points.map(({ step }) => `${file.split('/').at(-2)}, ${row.recording}, ${step}`);
      }),
  );
}

/** Kills a process that measures a shard, once it has measured something. @returns whether there was one */
export async function killWorker(project: TemporaryProject, until: Promise<unknown>): Promise<boolean> {
  let over = false;
  void until.finally(() => (over = true));
  const script = join(project.folder, 'tools', 'sweep.ts');
  while (!over) {
    const journals = shardFiles(project, '.journal');
    const workers = readdirSync('/proc').filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const shard = words[words.indexOf('--shard') + 1]!.replace('/', '-of-');
        return words.includes(script) && journals.some((file) => file.endsWith(`/${shard}.journal`));
      } catch {
        return false;
      }
    });
    if (workers.length > 0) {
      process.kill(Number(workers[0]), 'SIGKILL');
      return true;
    }
    await sleep(20);
  }
  return false;
}

/** Nothing is lost, nothing was measured twice, and the joined measurements are those of one process, byte for byte. */
export async function assertSameAsAlone(project: TemporaryProject, output: string): Promise<void> {
  const place = join(project.folder, '.cache', 'workflow', DATASET);
  const merged = readdirSync(place).filter((name) => name.startsWith('measurements.'));
  assert.equal(merged.length, 1, output);
  assert.ok(
    readFileSync(join(place, merged[0]!)).equals(await measuredAlone()),
    'the same bytes as those of one process',
  );
  const points = measuredPoints(project);
  const all =
    openCorpus({ dataset: DATASET }).recordings.length * STEPS.split(',').length * BASES.split(',').length;
  assert.equal(points.length, all);
  assert.equal(new Set(points).size, all, 'no point twice');
  assert.deepEqual(shardFiles(project, '.journal'), []);
}
