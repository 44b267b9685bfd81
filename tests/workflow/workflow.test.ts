import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';
import { snakemakeArguments, workflowSettings } from '../../tools/reproduce/snakemake';
import {
  assertSameAsAlone,
  findSnakemake,
  killWorker,
  newProject,
  removeProjects,
  snakemake,
} from './small-workflow';

after(removeProjects);

const noProc = !existsSync('/proc/self/cmdline') && 'needs /proc to see processes';

test(
  'Snakemake on one machine, with a worker killed, measures what one process does',
  { skip: noProc },
  async (context) => {
    const { python, problem } = { python: '', ...findSnakemake() };
    if (problem !== undefined) return context.skip(problem);
    const project = newProject();
    const run = snakemake(python, project, '--cores', '2', '--retries', '2');
    const killed = await killWorker(project, run);
    const { code, output } = await run;
    assert.equal(code, 0, output);
    assert.ok(killed, output);
    await assertSameAsAlone(project, output);
    const again = await snakemake(python, project, '--cores', '2');
    assert.match(again.output, /Nothing to be done/);
  },
);

test('the command gives Snakemake the corpus, the cores and the profile', () => {
  assert.deepEqual(workflowSettings('sample', { recordings: 4, only: ['02', 'cosine'] }), {
    dataset: 'sample',
    recordings: '4',
    only: '02,cosine',
  });
  const local = snakemakeArguments('/settings.json', { cores: 3, profile: undefined });
  assert.ok(local.join(' ').includes('--configfile /settings.json --cores 3 '));
  const cluster = snakemakeArguments('/settings.json', {
    cores: undefined,
    profile: 'workflow/profiles/slurm',
  });
  assert.ok(!cluster.includes('--cores'));
  assert.ok(cluster[cluster.indexOf('--profile') + 1]!.endsWith('/workflow/profiles/slurm'));
});
