/**
 * Identity of a process that is valid across containers and machines that share files. A process id alone is
 * not: in another container it names another process, or none.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Identity of a process. Fields that the operating system does not tell are empty. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Identifier of the installation of the operating system. */
  readonly machine: string;
  /** Identifier of the present boot. */
  readonly boot: string;
  /** Namespace of process ids: each container has its own. */
  readonly namespace: string;
  /** Start of the process in ticks since the boot. Process ids are reused, so the id alone is not enough. */
  readonly started: string;
}

/**
 * State of a process as seen from here: it runs, it has ended, or it is in another container or on another
 * machine, where its state cannot be read.
 */
export type ProcessState = 'running' | 'ended' | 'elsewhere';

function textOf(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

/**
 * Field 22 of `/proc/<pid>/stat`. The second field may contain blanks and brackets, so fields are counted
 * after its last bracket.
 */
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

/** Reads an identity from JSON text; undefined when the text holds none. */
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
