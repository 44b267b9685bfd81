/**
 * A SLURM cluster of two nodes on this machine, for tests: started by hand, without systemd and without a database.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The plug-in of Snakemake takes all variables of SLURM out of the environment, so no other place is found. */
const CONFIGURATION = '/etc/slurm/slurm.conf';

/** Programs that a cluster needs; Debian's packages slurmctld, slurmd, slurm-client and munge. */
const PROGRAMS = ['slurmctld', 'slurmd', 'sbatch', 'scontrol', 'squeue', 'munged', 'runuser'];

/** Why there can be no cluster here; undefined when there can. */
export function slurmProblem(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'SLURM is started as root, on Linux';
  const missing = PROGRAMS.filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0)
    return `no ${missing.join(', ')} (on Debian: apt-get install slurmctld slurmd munge)`;
  if (existsSync(CONFIGURATION)) return `${CONFIGURATION} is of another cluster`;
  return undefined;
}

/** A running cluster. */
export interface SlurmCluster {
  /** Output of a program of SLURM. */
  run(program: string, ...args: string[]): string;
  /** Ends all its processes, and removes its files. */
  end(): Promise<void>;
}

/**
 * Starts the cluster, with nodes `n1` and `n2` of one core each.
 *
 * @throws Error when the nodes are not idle within a minute
 */
export async function startSlurm(): Promise<SlurmCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'slurm-'));
  const port = 20000 + Math.floor(Math.random() * 20000);
  const own = !existsSync('/run/munge/munge.socket.2');
  const started: ChildProcess[] = [];
  const start = (program: string, ...args: string[]): void => {
    started.push(spawn(program, args, { stdio: 'ignore' }));
  };
  const run = (program: string, ...args: string[]): string => {
    const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', timeout: 30_000 });
    return status === 0 ? stdout : `${stdout ?? ''}${stderr ?? ''}`;
  };
  const end = async (): Promise<void> => {
    run('scancel', '--user=root');
    for (const child of started.reverse()) {
      if (child.exitCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(5000)]);
      if (child.exitCode === null) child.kill('SIGKILL');
    }
    rmSync(CONFIGURATION, { force: true });
    rmSync(folder, { recursive: true, force: true });
  };
  const lines = [
    'ClusterName=loopback',
    `SlurmctldHost=${hostname()}(127.0.0.1)`,
    'SlurmUser=root',
    `SlurmctldPort=${port}`,
    'AuthType=auth/munge',
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'SlurmdParameters=config_overrides',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_CPU',
    'AccountingStorageType=accounting_storage/none',
    'JobCompType=jobcomp/filetxt',
    `JobCompLoc=${folder}/completed`,
    'MinJobAge=300',
    'JobRequeue=1',
    'ReturnToService=2',
    'KillWait=2',
    'CommunicationParameters=NoInAddrAny,NoCtldInAddrAny',
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/%n`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmdPidFile=${folder}/%n.pid`,
    `SlurmctldLogFile=${folder}/slurmctld.log`,
    `SlurmdLogFile=${folder}/%n.log`,
    ...[1, 2].map(
      (n) =>
        `NodeName=n${n} NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${port + n} CPUs=1 RealMemory=4000 State=UNKNOWN`,
    ),
    'PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP',
  ];
  try {
    mkdirSync(join(folder, 'state'));
    mkdirSync('/etc/slurm', { recursive: true });
    writeFileSync(CONFIGURATION, lines.map((line) => `${line}\n`).join(''));
    if (own) {
      mkdirSync('/run/munge', { recursive: true });
      spawnSync('chown', ['munge:munge', '/run/munge']);
      start('runuser', '-u', 'munge', '--', 'munged', '--foreground');
      await sleep(500);
    }
    start('slurmctld', '-D');
    for (const node of ['n1', 'n2']) start('slurmd', '-D', '-N', node);
    for (let waited = 0; !/^idle\s*2$/m.test(run('sinfo', '--noheader', '--format=%T %D')); waited += 500) {
      if (waited > 60_000) throw new Error(`no idle nodes: ${run('sinfo')}`);
      await sleep(500);
    }
    return { run, end };
  } catch (error) {
    await end();
    throw error;
  }
}
