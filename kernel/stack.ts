/**
 * Makes the stacks of errors point into the sources: `lib/bases/blocks/haar.ts:31:12`, `cell 4:2:7` (the second line of
 * the cell with that number), instead of into the code that tslab made of them.
 */
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

interface Script {
  readonly label: string;
  /** Of each compilation step, last step first. */
  readonly maps: readonly SourceMap[];
  /** Lines that tslab puts before the source. */
  readonly extraLines: number;
  /** Lines of the code; tslab calls it from behind its end. */
  readonly length: number;
}

const mapsOfText = new Map<string, readonly string[]>();
const scripts = new Map<string, Script>();

/** Keeps the source maps (JSON, last compilation step first) of emitted code until it is known as a script. */
export function rememberSourceMaps(code: string, maps: readonly string[]): void {
  mapsOfText.set(code, maps);
}

/**
 * Says under which name emitted code runs, and how to call its source.
 *
 * @param options.name - as V8 reports it: a path or a source URL
 * @param options.label - as people should read it
 * @param options.extraLines - lines that were put before the source when it was compiled
 */
export function nameScript(code: string, options: { name: string; label: string; extraLines: number }): void {
  const maps = mapsOfText.get(code);
  mapsOfText.delete(code);
  if (!maps) return;
  const { name, label, extraLines } = options;
  // Reading a map takes longer than making it, and few are ever needed.
  let parsed: SourceMap[] | undefined;
  scripts.set(name, {
    label,
    extraLines,
    length: code.split('\n').length,
    get maps() {
      return (parsed ??= maps.map((map) => new SourceMap(JSON.parse(map))));
    },
  });
}

/** Position in the source, one-based, of a position in a script. */
function sourcePosition(script: Script, line: number, column: number): string {
  let position = { line: line - 1, column: column - 1 };
  for (const map of script.maps) {
    const entry = map.findEntry(position.line, position.column);
    if (!('originalLine' in entry)) return script.label;
    position = { line: entry.originalLine, column: entry.originalColumn };
  }
  return `${script.label}:${position.line + 1 - script.extraLines}:${position.column + 1}`;
}

let improvedFor: string | undefined;

/**
 * Formats all stacks of this process from now on: positions in the sources, paths relative to the project, nothing
 * of what lies below the cell.
 */
export function improveStacks(root: string): void {
  // The next notebook of a process finds the one that is there.
  if (improvedFor === root) return;
  improvedFor = root;
  const relative = (text: string): string => text.replaceAll(`${root}/`, '');
  Error.prepareStackTrace = (error, frames) => {
    const lines = [describe(error)];
    for (const frame of frames) {
      const name = frame.getScriptNameOrSourceURL() ?? '';
      const file = name.startsWith('file://') ? fileURLToPath(name) : name;
      if (/\/(tslab\/dist\/executor\.js|kernel\/session\.ts)$/.test(file)) break;
      if (file.startsWith('node:')) continue;
      const line = frame.getLineNumber() ?? 1;
      const column = frame.getColumnNumber() ?? 1;
      const script = scripts.get(file);
      if (script && line > script.length) continue;
      const source = script ? sourcePosition(script, line, column) : `${file}:${line}:${column}`;
      const text = String(frame).replace(`${name}:${line}:${column}`, source);
      // Cells reach what earlier cells declared through a proxy.
      lines.push(`    at ${relative(text.replace(/^(async )?Proxy\./, '$1'))}`);
    }
    return lines.join('\n');
  };
}

function describe(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
