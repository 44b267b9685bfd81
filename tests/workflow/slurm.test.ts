import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  assertSameAsAlone,
  findSnakemake,
  killWorker,
  newProject,
  removeProjects,
  snakemake,
} from './small-workflow';
import { slurmProblem, startSlurm, type SlurmCluster } from './slurm-cluster';

after(removeProjects);

test('SLURM with two nodes, a worker killed and a node drained, measures what one process does', async (context) => {
  const { python, problem } = { python: '', ...findSnakemake() };
  const why = problem ?? slurmProblem();
  if (why !== undefined) return context.skip(why);
  const project = newProject();
  let cluster: SlurmCluster | undefined;
  try {
    cluster = await startSlurm();
    const profile = join(project.folder, 'workflow', 'profiles', 'slurm');
    const run = snakemake(python, project, '--profile', profile);
    const killed = await killWorker(project, run);
    cluster.run('scontrol', 'update', 'NodeName=n1', 'State=DRAIN', 'Reason=test');
    const drained = cluster.run('sinfo', '--noheader', '--nodes=n1', '--format=%T');
    // What ran there is taken away and begins anew elsewhere.
    const running = cluster.run('squeue', '--noheader', '--nodelist=n1', '--states=RUNNING', '--format=%i');
    for (const job of running.split('\n').filter((id) => /^\d+$/.test(id))) {
      cluster.run('scontrol', 'requeue', job);
      // It would wait for minutes, lest its node be ill.
      await sleep(3000);
      cluster.run('scontrol', 'update', `JobId=${job}`, 'StartTime=now');
    }
    await sleep(5000);
    cluster.run('scontrol', 'update', 'NodeName=n1', 'State=RESUME');
    const { code, output } = await run;
    assert.equal(code, 0, output);
    assert.ok(killed, output);
    assert.match(drained, /drain/);
    await assertSameAsAlone(project, output);
  } finally {
    await cluster?.end();
  }
});
