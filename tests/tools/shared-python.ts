import { LockedError } from '../../tools/lock';
import { preparedPython, type PythonEnvironment } from '../../tools/python-environment';

/** Milliseconds between two looks. */
const LOOK = 500;

/**
 * The interpreter of an environment that several files of tests use. They run side by side, and one of them makes it for
 * all: the others wait. It blocks, as making the environment does.
 *
 * @throws PythonEnvironmentError
 */
export function sharedPython(
  environment: PythonEnvironment,
  say: (message: string) => void = () => {},
): string {
  for (;;) {
    try {
      return preparedPython(environment, say);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK);
    }
  }
}
