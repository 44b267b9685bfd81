/**
 * Stands in for `node:fs` in the page: the files that a reader dropped, in memory, so that the readers of `lib` read them.
 */
import { normalize } from './paths';

const files = new Map<string, Uint8Array>();
const open: { bytes: Uint8Array }[] = [];

/** Puts files in the place of those that were there. @param given - contents by absolute path */
export function placeFiles(given: ReadonlyMap<string, Uint8Array>): void {
  files.clear();
  for (const [path, bytes] of given) files.set(normalize(path), bytes);
}

function isFolder(path: string): boolean {
  const start = path === '/' ? '/' : `${path}/`;
  return [...files.keys()].some((name) => name.startsWith(start));
}

interface Entry {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
}

export function existsSync(path: string): boolean {
  return files.has(normalize(path)) || isFolder(normalize(path));
}

export function statSync(path: string): (Omit<Entry, 'name'> & { readonly size: number }) | undefined {
  const name = normalize(path);
  const bytes = files.get(name);
  if (!bytes && !isFolder(name)) return undefined;
  return {
    size: bytes?.length ?? 0,
    isFile: () => bytes !== undefined,
    isDirectory: () => bytes === undefined,
  };
}

export function readdirSync(
  path: string,
  options?: { readonly withFileTypes?: boolean },
): (string | Entry)[] {
  const start = `${normalize(path)}/`.replace('//', '/');
  const names = new Map<string, boolean>();
  for (const name of files.keys()) {
    if (!name.startsWith(start)) continue;
    const [first, ...rest] = name.slice(start.length).split('/');
    names.set(first!, rest.length > 0);
  }
  return [...names].map(([name, folder]) =>
    options?.withFileTypes ? { name, isDirectory: () => folder, isFile: () => !folder } : name,
  );
}

export function openSync(path: string): number {
  const bytes = files.get(normalize(path));
  if (!bytes) throw new Error(`There is no file ${path}.`);
  return open.push({ bytes }) - 1;
}

export function readSync(file: number, target: Uint8Array, at: number, length: number, from: number): number {
  const part = open[file]!.bytes.subarray(from, from + length);
  target.set(part, at);
  return part.length;
}

export function closeSync(file: number): void {
  open.splice(file, file === open.length - 1 ? 1 : 0);
}

export function readFileSync(path: string): never {
  throw new Error(`${path} is not to be had in a page.`);
}

export const writeFileSync = readFileSync;
export const mkdirSync = readFileSync;
export const rmSync = readFileSync;
export const renameSync = readFileSync;
export const mkdtempSync = readFileSync;
export const writeSync = readFileSync;
