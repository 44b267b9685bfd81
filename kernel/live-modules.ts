/**
 * Modules as cells see them: an imported name has its value in the module as edited last, also in functions that a cell
 * defined before the edit.
 */
import { fileState } from '../lib/files/file-state';

type Exports = Readonly<Record<string, unknown>>;

interface View {
  /** Of the module that was run last. */
  current: Exports;
  /** The object that cells hold: each property reads that of `current`. */
  readonly seen: Record<string, unknown>;
}

/** Hands out modules, and knows which of their files have changed. */
export class LiveModules {
  private readonly views = new Map<string, View>();
  private readonly states = new Map<string, string>();

  /** Specifiers that cells have imported. */
  get specifiers(): string[] {
    return [...this.views.keys()];
  }

  /**
   * A `require` that gives cells the present state of the project's modules.
   *
   * @param require - runs a module anew when it has changed
   */
  requireLive(require: NodeJS.Require): NodeJS.Require {
    return new Proxy(require, {
      apply: (target, thisArg, args: [string]) => {
        const exports = Reflect.apply(target, thisArg, args) as unknown;
        const [specifier] = args;
        if (!/^\.\.?\//.test(specifier) || typeof exports !== 'object' || exports === null) return exports;
        // Only what was compiled from a module of TypeScript can have changed.
        if (!('__esModule' in exports)) return exports;
        return this.view(specifier, exports as Exports);
      },
    });
  }

  /**
   * Remembers the files of modules as they are now.
   *
   * @param outputs - paths of compiled modules, `….js` beside their sources
   */
  remember(outputs: readonly string[]): void {
    for (const output of outputs) {
      const file = output.replace(/\.js$/, '.ts');
      this.states.set(file, fileState(file));
    }
  }

  /** Whether a remembered file has changed since it was remembered, or since the last call. */
  haveChanged(): boolean {
    let changed = false;
    for (const [file, before] of this.states) {
      const state = fileState(file);
      this.states.set(file, state);
      changed ||= state !== before;
    }
    return changed;
  }

  private view(specifier: string, exports: Exports): unknown {
    let view = this.views.get(specifier);
    if (!view) this.views.set(specifier, (view = { current: exports, seen: {} }));
    view.current = exports;
    const { seen } = view;
    for (const name of Object.getOwnPropertyNames(seen)) {
      if (!(name in exports)) delete seen[name];
    }
    for (const name of Object.getOwnPropertyNames(exports)) {
      if (Object.hasOwn(seen, name)) continue;
      // Properties that compute are as fast as others, proxies are not.
      const get = (): unknown => view.current[name];
      Object.defineProperty(seen, name, { get, configurable: true, enumerable: name !== '__esModule' });
    }
    return seen;
  }
}
