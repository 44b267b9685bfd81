/**
 * What Node reports of test files that ran in one process, told as if each had run in a process of its own.
 */

/** What the runner of Node says, of those events that reporters show. */
export interface TestEvent {
  readonly type: string;
  readonly data: TestEventData;
}

interface TestEventData {
  readonly name?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly nesting?: number;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details?: {
    readonly type?: string;
    readonly duration_ms: number;
    readonly error?: Error & { readonly failureType?: string };
  };
}

/** Said before reports are put into the order of the files; reporters do not show them. */
const UNORDERED = new Set(['test:enqueue', 'test:dequeue', 'test:complete']);

/**
 * Leaves out the group that each file is in its process, and adds a failure for each file whose end was not reported: it,
 * or one before it, ended the process or took too long.
 *
 * @param filesOf - the files of each process, by the path of the module that runs them
 */
export async function* toldByFile(
  events: AsyncIterable<TestEvent>,
  filesOf: ReadonlyMap<string, readonly string[]>,
): AsyncGenerator<TestEvent> {
  const waiting = new Map([...filesOf].map(([module, files]) => [module, new Set(files)]));
  const moduleOf = new Map([...filesOf].flatMap(([module, files]) => files.map((file) => [file, module])));
  // Of the events in order, all that lie between start and end of a file's group are of its tests.
  let inside = false;
  for await (const event of events) {
    const { type, data } = event;
    if (UNORDERED.has(type)) continue;
    const { name = '', nesting, details } = data;
    const module = nesting === 0 ? moduleOf.get(name) : undefined;
    const unended = waiting.get(nesting === 0 ? (module ?? name) : '');
    if (unended === undefined) {
      yield inside && nesting !== undefined && nesting > 0
        ? { type, data: { ...data, nesting: nesting - 1 } }
        : event;
      continue;
    }
    inside = module !== undefined && type === 'test:start';
    if (type === 'test:start') continue;
    if (module !== undefined) {
      unended.delete(name);
      // A file that could not be loaded, or changed the process.
      const failed = type === 'test:fail' && details?.error?.failureType !== 'subtestsFailed';
      if (failed) yield* failureOf(name, details!.error!);
    } else if (type === 'test:fail') {
      // The process as a whole, whose end in good order needs no words.
      if (unended.size === 0) yield* failureOf(filesOf.get(name)!.join(', '), details!.error!);
      yield* cutOff(unended, details!.error);
    }
  }
  for (const files of waiting.values()) yield* cutOff(files);
}

/** Failures of files that their process did not get through. */
function* cutOff(files: Set<string>, error?: Error): Generator<TestEvent> {
  for (const file of files) {
    const cause = error?.cause instanceof Error ? error.cause : error;
    yield* failureOf(
      file,
      new Error(`its process ended before the end of this file${cause ? `: ${cause.message}` : ''}`),
    );
  }
  files.clear();
}

function* failureOf(name: string, error: Error): Generator<TestEvent> {
  const data = { name, file: name, line: 1, column: 1, nesting: 0 };
  yield { type: 'test:start', data };
  yield { type: 'test:fail', data: { ...data, details: { duration_ms: 0, error } } };
}
