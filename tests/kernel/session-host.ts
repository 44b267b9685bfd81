/**
 * A process with a kernel session for the tests: a session captures the standard output of its process, which
 * the test runner needs for itself.
 */
import { Session, type CellError, type DisplayData } from '../../kernel/session';

/** Outputs of a cell. */
export interface Ran {
  readonly error: CellError | undefined;
  readonly number: number;
  readonly printed: string;
  readonly results: readonly string[];
  readonly displays: readonly DisplayData[];
}

/** Requests of the tests. */
export type Request =
  | { readonly run: string }
  | { readonly complete: string; readonly position: number }
  | { readonly inspect: string; readonly position: number };

const session = new Session(process.argv[2] ?? '');
let number = 0;

async function run(code: string): Promise<Ran> {
  let printed = '';
  const results: string[] = [];
  const displays: DisplayData[] = [];
  const error = await session.execute(code, ++number, {
    stream: (_name, text) => (printed += text),
    display: (content) => displays.push(content),
    result: (text) => results.push(text),
  });
  return { error, number, printed, results, displays };
}

async function answer(request: Request): Promise<unknown> {
  if ('run' in request) return run(request.run);
  if ('complete' in request) return session.complete(request.complete, request.position).candidates;
  const { displayParts } = session.language.inspect(request.inspect, request.position);
  return displayParts?.map(({ text }) => text).join('');
}

process.on('SIGINT', () => session.interrupt());
process.on('disconnect', () => process.exit());
process.on('message', (request: Request) => {
  answer(request).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ problem: String(error) }),
  );
});
