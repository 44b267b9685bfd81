/**
 * State of a process beyond the variables of a notebook. It is restored between two notebooks; where it cannot be, the
 * process is given up.
 */
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';

type Descriptors = Record<PropertyKey, PropertyDescriptor>;

/** Milliseconds that closed threads and connections are given to end. */
const CLOSING_TIME = 1000;

/** Bytes of memory from which on a process is not used again. */
const MOST_MEMORY = 1.5 * 2 ** 30;

/** The state of this process at one moment. */
export class ProcessState {
  private readonly environment = { ...process.env };
  private readonly folder = process.cwd();
  private readonly packages = new Set(Object.keys(require.cache));
  private readonly globals = descriptorsOfGlobals();
  private readonly builtins = descriptorsOfBuiltins();
  private readonly listeners = countListeners();
  private readonly resources = countResources();

  /**
   * Brings the process back to this state: environment, working directory, global variables, packages.
   *
   * @returns the change that cannot be undone, such as a running timer, a listener of the process or a changed built-in
   *   object; undefined when there is none
   */
  async restore(): Promise<string | undefined> {
    for (const name of Object.keys(process.env)) if (!(name in this.environment)) delete process.env[name];
    Object.assign(process.env, this.environment);
    process.chdir(this.folder);
    for (const file of Object.keys(require.cache)) if (!this.packages.has(file)) delete require.cache[file];
    const changed = this.changedGlobal() ?? this.changedBuiltin();
    if (changed !== undefined) return changed;
    const listeners = countListeners();
    if (!isDeepStrictEqual(listeners, this.listeners))
      return `listeners ${JSON.stringify(listeners)} in place of ${JSON.stringify(this.listeners)}`;
    for (const deadline = performance.now() + CLOSING_TIME; !this.isQuiet(); await setTimeout(20)) {
      if (performance.now() > deadline) return `running: ${JSON.stringify(countResources())}`;
    }
    return process.memoryUsage().rss < MOST_MEMORY ? undefined : 'too much memory';
  }

  /** Restores global variables; returns the name of one that cannot be restored. */
  private changedGlobal(): string | undefined {
    for (const key of Reflect.ownKeys(globalThis)) {
      if (!(key in this.globals) && !Reflect.deleteProperty(globalThis, key)) return String(key);
    }
    for (const key of Reflect.ownKeys(this.globals)) {
      const before = this.globals[key]!;
      const now = Object.getOwnPropertyDescriptor(globalThis, key);
      if (!isSame(before, now) && !Reflect.defineProperty(globalThis, key, before)) return String(key);
    }
    return undefined;
  }

  /** The name of a property of a built-in object that has changed. */
  private changedBuiltin(): string | undefined {
    for (const [object, before] of this.builtins) {
      const now = Object.getOwnPropertyDescriptors(object) as unknown as Descriptors;
      for (const key of new Set([...Reflect.ownKeys(before), ...Reflect.ownKeys(now)])) {
        if (!before[key] || !isSame(before[key], now[key])) return String(key);
      }
    }
    return undefined;
  }

  /** Whether nothing is left running that was not before. */
  private isQuiet(): boolean {
    return Object.entries(countResources()).every(([type, count]) => count <= (this.resources[type] ?? 0));
  }
}

function isSame(a: PropertyDescriptor, b: PropertyDescriptor | undefined): boolean {
  return b !== undefined && Object.is(a.value, b.value) && a.get === b.get && a.set === b.set;
}

function descriptorsOfGlobals(): Descriptors {
  // Node makes some of them when they are first asked for; after that, a difference is a change.
  for (const key of Reflect.ownKeys(globalThis)) Reflect.get(globalThis, key);
  return Object.getOwnPropertyDescriptors(globalThis) as unknown as Descriptors;
}

/** Properties of all objects of the language (`Array`, `Math`, prototypes …), which code can reach and change. */
function descriptorsOfBuiltins(): Map<object, Descriptors> {
  const found = new Map<object, Descriptors>();
  const visit = (value: unknown): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || found.has(value))
      return;
    if (value === globalThis) return;
    const descriptors = Object.getOwnPropertyDescriptors(value) as unknown as Descriptors;
    found.set(value, descriptors);
    visit(Object.getPrototypeOf(value));
    for (const key of Reflect.ownKeys(descriptors)) {
      const { value: inner, get, set } = descriptors[key]!;
      for (const part of [inner, get, set]) visit(part);
    }
  };
  // A new context has the objects of the language and nothing of Node.
  for (const name of runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[]) {
    if (name !== 'globalThis' && name !== 'console') visit((globalThis as Record<string, unknown>)[name]);
  }
  for (const made of [
    function* () {},
    async function* () {},
    async () => {},
    [][Symbol.iterator](),
    /x/.exec('x'),
  ])
    visit(Object.getPrototypeOf(made));
  return found;
}

function countListeners(): Record<string, number> {
  return Object.fromEntries(
    process.eventNames().map((event) => [String(event), process.listenerCount(event)] as const),
  );
}

function countResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const type of process.getActiveResourcesInfo()) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
