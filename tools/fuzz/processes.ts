/**
 * Processes that try turns: an input that ends one does not end the run.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { ProcessEndedError } from './run-families';
import type { Tally } from './tallies';
import type { Turn, TryTurn } from './try-turn';

/** What a process answers to a turn. */
export type Answer = { readonly tally: Tally } | { readonly error: string };

/** Starts a process when there is a turn for it, and another when it has ended. */
export class FuzzProcess {
  private child: ChildProcess | undefined;

  readonly tryTurn: TryTurn = (turn: Turn) => {
    this.child ??= this.start();
    const { child } = this;
    return new Promise<Tally>((resolve, reject) => {
      const answered = (answer: Answer): void => {
        child.off('exit', ended);
        if ('tally' in answer) resolve(answer.tally);
        else reject(new Error(answer.error));
      };
      const ended = (code: number | null, signal: string | null): void => {
        child.off('message', answered);
        this.child = undefined;
        reject(new ProcessEndedError(`it ended its process (${signal ?? `code ${code}`})`));
      };
      child.once('message', answered).once('exit', ended);
      child.send(turn);
    });
  };

  end(): void {
    this.child?.disconnect();
    this.child = undefined;
  }

  private start(): ChildProcess {
    const root = projectRoot();
    return fork(join(root, 'tools', 'fuzz', 'turns.ts'), {
      cwd: root,
      execArgv: ['--require', join(root, 'tools', 'loader.cjs')],
      env: { ...process.env, NEUROBASIS_PARENT: String(process.pid) },
    });
  }
}
