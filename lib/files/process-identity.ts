/**
 * Which process made something, in terms that mean the same to a process of another container or machine that sees
 * the same files: a process id alone names another process there, or none.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process. What the operating system does not tell is empty. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Of the installation of the operating system. */
  readonly machine: string;
  /** Of this run of the operating system. */
  readonly boot: string;
  /** Within which the process id counts: each container has its own. */
  readonly namespace: string;
  /** When the process started, in ticks since the boot: a process id is given out again. */
  readonly started: string;
}

/**
 * What is known of a process: it runs; it has ended; or it is in another container or on another machine, where nobody
 * here can look.
 */
export type ProcessState = 'running' | 'ended' | 'elsewhere';

function textOf(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

/** Field 22 of `/proc/<pid>/stat`; the second field may hold blanks and brackets of its own. */
function startOf(pid: number): string {
  const stat = textOf(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    machine: textOf(() => readFileSync('/etc/machine-id', 'utf8')),
    boot: textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    namespace: textOf(() => readlinkSync('/proc/self/ns/pid')),
    started: startOf(process.pid),
  };
}

/** Whether a process still runs. */
export function stateOf(identity: ProcessIdentity): ProcessState {
  const here = thisProcess();
  if (identity.host !== here.host || identity.machine !== here.machine) return 'elsewhere';
  if (identity.boot !== here.boot) return here.machine === '' ? 'elsewhere' : 'ended';
  if (identity.namespace !== here.namespace) return 'elsewhere';
  if (!isAlive(identity.pid)) return 'ended';
  const started = startOf(identity.pid);
  return started !== '' && identity.started !== '' && started !== identity.started ? 'ended' : 'running';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The identity that a JSON text holds; undefined when it holds none. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  let value: Partial<ProcessIdentity> | null;
  try {
    value = JSON.parse(text) as Partial<ProcessIdentity> | null;
  } catch {
    return undefined;
  }
  if (!(typeof value?.pid === 'number' && Number.isInteger(value.pid) && value.pid > 0)) return undefined;
  const { pid, host, machine, boot, namespace, started } = value;
  const texts = [host, machine, boot, namespace, started];
  return texts.every((text): text is string => typeof text === 'string')
    ? { pid, host: texts[0]!, machine: texts[1]!, boot: texts[2]!, namespace: texts[3]!, started: texts[4]! }
    : undefined;
}
