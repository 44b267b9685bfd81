/**
 * A compiler host that reads some files from memory, and sources of packages once.
 */
import ts from 'typescript';

/** Texts that stand in for files, or for files that are not there, by absolute path. */
export type Overlay = ReadonlyMap<string, string>;

/** Sources that do not change while a command runs, by path and language version. */
const packageSources = new Map<string, ts.SourceFile>();

export function compilerHost(options: ts.CompilerOptions, overlay: Overlay): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => overlay.has(file) || fileExists(file);
  host.readFile = (file) => overlay.get(file) ?? readFile(file);
  host.getSourceFile = (file, target) => {
    const key = file.includes('/node_modules/') ? `${file} ${JSON.stringify(target)}` : undefined;
    const known = key === undefined ? undefined : packageSources.get(key);
    if (known) return known;
    const text = host.readFile(file);
    if (text === undefined) return undefined;
    const source = ts.createSourceFile(file, text, target, true);
    if (key !== undefined) packageSources.set(key, source);
    return source;
  };
  return host;
}
