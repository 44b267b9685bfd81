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
 * Leaves out the group that each file is in its process, and adds a failure for each file whose end was not reported: a
 * file before it ended the process, or all of them took too long.
 *
 * @param groups - the files of processes with several, by the path of the module that runs them
 */
export async function* toldByFile(
  events: AsyncIterable<TestEvent>,
  groups: ReadonlyMap<string, readonly string[]>,
): AsyncGenerator<TestEvent> {
  const waiting = new Map([...groups].map(([entry, files]) => [entry, new Set(files)]));
  // Of the events in order, all that lie between start and end of a file's group are of its tests.
  let inside: string | undefined;
  for await (const event of events) {
    const { type, data } = event;
    if (UNORDERED.has(type)) continue;
    const files = data.file === undefined ? undefined : waiting.get(data.file);
    const isGroup = files !== undefined && data.nesting === 0 && data.name !== undefined;
    if (isGroup && data.name !== data.file) {
      if (type === 'test:start') {
        inside = data.name;
        continue;
      }
      inside = undefined;
      files.delete(data.name!);
      // A file that could not be loaded, or changed the process.
      const failed = type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed';
      if (failed) yield* failureOf(data.name!, data.details!.error!);
    } else if (isGroup) {
      // The process as a whole: it failed, or this would not be told.
      inside = undefined;
      yield { type, data: { ...data, name: `${groups.get(data.file!)!.join(', ')} in one process` } };
    } else if (inside !== undefined && data.nesting !== undefined && data.nesting > 0) {
      yield { type, data: { ...data, nesting: data.nesting - 1 } };
    } else yield event;
  }
  for (const files of waiting.values()) {
    for (const file of files) {
      yield* failureOf(file, new Error('its process ended before the end of this file'));
    }
  }
}

function* failureOf(file: string, error: Error): Generator<TestEvent> {
  yield { type: 'test:start', data: { name: file, file, nesting: 0 } };
  yield { type: 'test:fail', data: { name: file, file, nesting: 0, details: { duration_ms: 0, error } } };
}
