import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from './project-root';

/**
 * Packages that the set-up leaves out, as most work does without them: the development dependencies of package.json.
 * They are installed when they are first needed, by npm, in the versions and with the checksums of package-lock.json.
 */

/** A package is needed that is not installed, and cannot be. */
export class PackageFetchError extends Error {
  override readonly name = 'PackageFetchError';
}

/** A package as package-lock.json has it. */
interface LockedPackage {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Packages by their place: `node_modules/a/node_modules/b`. */
type LockedPackages = Readonly<Record<string, LockedPackage>>;

/**
 * Installs packages, and all that they depend on, unless they are there. Says on standard error what and why; not by
 * `console`, whose lines would become outputs of a cell.
 *
 * @param names - of development dependencies
 * @param purpose - what needs them: `"to learn an autoencoder"`
 * @param root - of the project
 * @throws PackageFetchError when npm cannot install them
 */
export function fetchPackages(names: readonly string[], purpose: string, root = projectRoot()): void {
  const missing = names.filter((name) => !existsSync(join(root, 'node_modules', name, 'package.json')));
  if (missing.length === 0) return;
  const locked = readLocked(root);
  const unknown = missing.find((name) => locked[`node_modules/${name}`]?.version === undefined);
  if (unknown !== undefined) {
    throw new PackageFetchError(
      `${unknown} is needed ${purpose}, and package-lock.json has no such package: npm install --save-dev ${unknown}`,
    );
  }
  const wanted = missing.map((name) => `${name} ${locked[`node_modules/${name}`]!.version!}`).join(', ');
  writeSync(2, `Fetching packages that are needed ${purpose}: ${wanted} …\n`);
  // Beside the packages: a folder cannot be renamed to another disk.
  const folder = mkdtempSync(join(root, 'node_modules', '.fetching-'));
  try {
    const complaint = install(folder, missing, locked);
    if (complaint !== undefined) {
      throw new PackageFetchError(
        `${wanted}: needed ${purpose}, and npm could not fetch it (${complaint}). ` +
          'Where the npm registry can be reached, this installs all that is ever needed: npm ci --ignore-scripts',
      );
    }
    // What was asked for comes last: once it is there, so is all that it depends on.
    const asked = new Set(missing);
    const found = installedIn(join(folder, 'node_modules'));
    for (const name of [...found.filter((name) => !asked.has(name)), ...missing]) {
      moveInto(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Installs the packages that modules import and that are not there, by {@link fetchPackages}. What package-lock.json
 * does not name, as modules of Node, is left alone.
 *
 * @param specifiers - of imports: `"zarrita"`, `"h5wasm/node"`, `"@tensorflow/tfjs-core"`
 */
export function fetchImported(specifiers: Iterable<string>, purpose: string, root = projectRoot()): void {
  const names = new Set(
    [...specifiers].map((path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/')),
  );
  const missing = [...names].filter((name) => !existsSync(join(root, 'node_modules', name)));
  if (missing.length === 0) return;
  const locked = readLocked(root);
  fetchPackages(
    missing.filter((name) => locked[`node_modules/${name}`] !== undefined),
    purpose,
    root,
  );
}

/**
 * Version of a package that package-lock.json names, whether or not it is installed; undefined when it names none.
 *
 * @param name - of the package
 * @param root - of the project
 */
export function lockedVersion(name: string, root = projectRoot()): string | undefined {
  return readLocked(root)[`node_modules/${name}`]?.version;
}

function readLocked(root: string): LockedPackages {
  const path = join(root, 'package-lock.json');
  if (!existsSync(path)) return {};
  return (JSON.parse(readFileSync(path, 'utf8')) as { packages?: LockedPackages }).packages ?? {};
}

/**
 * Places of packages and of all that they depend on. A dependency is looked for as Node does: in the package, then
 * beside it, then in each folder above.
 *
 * @internal
 */
export function placesOf(names: readonly string[], locked: LockedPackages): string[] {
  const places = new Set<string>();
  const visit = (from: string, name: string): void => {
    for (let above = from; ; above = above.slice(0, Math.max(0, above.lastIndexOf('/node_modules/')))) {
      const place = `${above}/node_modules/${name}`.replace(/^\//, '');
      const found = locked[place];
      if (found === undefined && above !== '') continue;
      if (found === undefined || places.has(place)) return;
      places.add(place);
      const { dependencies, optionalDependencies, peerDependencies } = found;
      for (const needed of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
        visit(place, needed);
      }
      return;
    }
  };
  for (const name of names) visit('', name);
  return [...places].sort();
}

/** Lets npm install packages into a folder; returns what it complains of when it fails. */
function install(folder: string, names: readonly string[], locked: LockedPackages): string | undefined {
  const project = {
    name: 'fetched',
    version: '0.0.0',
    dependencies: Object.fromEntries(names.map((name) => [name, locked[`node_modules/${name}`]!.version!])),
  };
  const places = placesOf(names, locked).map((place) => [place, { ...locked[place], dev: undefined }]);
  const packages = { '': project, ...(Object.fromEntries(places) as object) };
  const lockfile = { ...project, dependencies: undefined, lockfileVersion: 3, requires: true, packages };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lockfile));
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: process.platform === 'win32',
    encoding: 'utf8',
  });
  if (npm.status === 0) return undefined;
  const lines = (npm.stderr ?? '').split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
  return npm.error?.message ?? (lines.filter(Boolean).slice(0, 3).join('; ') || `exit code ${npm.status}`);
}

/** Names of the packages in a folder, and of the links to their programs. */
function installedIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) =>
    name.startsWith('@') || name === '.bin'
      ? readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`)
      : name.startsWith('.')
        ? []
        : [name],
  );
}

/** Moves a package to its place, unless one is there: another process may have been quicker. */
function moveInto(place: string, from: string): void {
  if (existsSync(place)) return;
  mkdirSync(dirname(place), { recursive: true });
  try {
    renameSync(from, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  }
}
