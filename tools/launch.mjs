// Starts a command of this repository: installs the pinned packages that it needs when they are missing or out of date,
// then runs tools/<command>.ts. Needs nothing but Node itself, so it is plain JavaScript.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const loader = join(root, 'tools', 'loader.cjs');
const [command, ...args] = process.argv.slice(2);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node ${process.versions.node} is too old: install Node 20.19 or later (22 works too).`);
}

/** Parts of packages that nothing here uses, 110 MB: programs of the command line, and builds for other systems. */
const UNUSED = [
  'binaryen/bin',
  ...['darwin', 'linux', 'win32']
    .filter((platform) => platform !== process.platform)
    .map((platform) => `zeromq/build/${platform}`),
];

/**
 * Whether npm has put the packages of the lockfile there already, by a command that somebody typed: it notes in a hidden
 * lockfile what it has installed. Packages for other systems may be missing.
 */
function installedByNpm(lockfile) {
  try {
    const noted = readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8');
    const installed = JSON.parse(noted).packages;
    return Object.entries(JSON.parse(lockfile).packages).every(
      ([place, { dev, devOptional, optional, integrity }]) =>
        place === '' ||
        dev ||
        devOptional ||
        (optional && !(place in installed)) ||
        (installed[place]?.integrity === integrity && existsSync(join(root, place, 'package.json'))),
    );
  } catch {
    return false;
  }
}

/**
 * Installs what most work needs, the dependencies of package.json, from the lockfile, unless a stamp says that this very
 * lockfile is installed. The development dependencies are fetched when they are first needed: by the commands below, and
 * by lib/files/fetched-packages.ts.
 */
function ensureInstalled() {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  const stamp = createHash('sha256')
    .update(lockfile)
    .update(process.platform)
    .update(process.arch)
    .digest('hex');
  const stampFile = join(root, 'node_modules', '.neurobasis-installed');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  // Where there is a stamp it is of another lockfile, and npm has to remove what that one had.
  if (!existsSync(stampFile) && installedByNpm(lockfile)) {
    writeFileSync(stampFile, stamp);
    return;
  }
  console.error('Installing the pinned packages (npm ci --omit=dev) …');
  // No package needs its install script: native parts come prebuilt inside the packages.
  const options = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawnSync('npm', ['ci', ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    fail(
      'The packages could not be installed: npm ci failed (its message is above). ' +
        'Check that the npm registry can be reached, then run the same command again.',
    );
  }
  for (const part of UNUSED) rmSync(join(root, 'node_modules', part), { recursive: true, force: true });
  writeFileSync(stampFile, stamp);
}

/** Development dependencies that a command cannot start without. */
function neededBy(command) {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const all = Object.keys(devDependencies);
  const needed = {
    // What is checked, and what is tested, imports any of them.
    check: all,
    test: all,
    format: ['eslint', '@eslint/js', 'typescript-eslint', 'typescript', 'prettier'],
    extract: ['typescript', 'prettier'],
    new: ['typescript', 'prettier'],
    uses: ['typescript'],
    'build-packages': ['typescript'],
    'learn-lossless': ['prettier'],
  };
  return needed[command] ?? [];
}

function ensureFetched() {
  const missing = neededBy(command).filter((name) => !existsSync(join(root, 'node_modules', name)));
  if (missing.length === 0) return;
  const fetch = join(root, 'tools', 'packages', 'fetch.ts');
  const purpose = `by npm run ${command}`;
  const child = spawnSync(process.execPath, ['--require', loader, fetch, purpose, ...missing], {
    cwd: root,
    stdio: 'inherit',
  });
  if (child.status !== 0) process.exit(1);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The process that started another; undefined where the system does not tell. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may hold brackets: the state, then the parent.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** Between npm and this process there is a shell, which outlives npm. */
function endWithNpm() {
  const shell = process.ppid;
  const npm = parentOf(shell);
  setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return;
    child.kill('SIGKILL');
    process.exit(1);
  }, 500).unref();
}

const script = join(root, 'tools', `${command}.ts`);
if (!command || !existsSync(script)) fail(`There is no command "${command ?? ''}": npm run help lists all.`);
ensureInstalled();
ensureFetched();

// npm starts every command in the folder of the project and says in a variable where it was typed; a command that
// another one starts inherits that variable, and is typed nowhere.
const byNpm = process.env.npm_lifecycle_event?.replace(':', '-') === command;
const typedIn = (byNpm && process.env.INIT_CWD) || process.cwd();

if (byNpm) endWithNpm();
const child = spawn(process.execPath, ['--require', loader, script, ...args], {
  cwd: root,
  stdio: 'inherit',
  // The child ends when this process is killed, and this process when npm is.
  env: { ...process.env, NEUROBASIS_TYPED_IN: typedIn, NEUROBASIS_PARENT: String(process.pid) },
});
// The terminal sends Ctrl-C to both processes; the child decides what stopping means.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
