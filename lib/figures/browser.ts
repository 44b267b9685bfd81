/** Finds and starts a Chromium. Figures are drawn in it, and tests use it to look at pages. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { parseIdentity, stateOf, thisProcess, type ProcessIdentity } from '../files/process-identity';
import { fetchPackages } from '../files/fetched-packages';
import { projectRoot } from '../files/project-root';
import { warnOnce } from '../files/warnings';

/** This machine has no browser that starts. */
export class BrowserNotFoundError extends Error {
  override readonly name = 'BrowserNotFoundError';
}

/** A browser program on this machine. */
export interface BrowserProgram {
  /** Absolute path. */
  readonly executable: string;
  /** Source of the browser: the variable `CHROME`, the system, or the npm package `@sparticuz/chromium`. */
  readonly origin: 'CHROME' | 'system' | 'npm';
  /** Environment variables that it needs beyond those of this process. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A running browser, and the way to close it. */
export interface BrowserSession {
  readonly browser: Browser;
  /**
   * Sets whether this browser keeps Node alive; it does at first. When it does not, Node exits once nothing
   * else is left to do, and the browser ends with it.
   */
  keepAlive(wanted: boolean): void;
  /** Closes the browser and removes its profile. */
  end(): Promise<void>;
}

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

const START_TIMEOUT = 60_000;

function isProgram(path: string): boolean {
  try {
    accessSync(path, process.platform === 'win32' ? constants.F_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Usual places of browsers on this operating system, in order of preference. */
function usualPlaces(): string[] {
  if (process.platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap(
      (name) => process.env[name] ?? [],
    );
    return [
      'Google\\Chrome\\Application\\chrome.exe',
      'Chromium\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ] //
      .flatMap((program) => folders.map((folder) => join(folder, program)));
  }
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'] //
      .flatMap((name) =>
        ['/Applications', join(process.env['HOME'] ?? '', 'Applications')] //
          .map((folder) => `${folder}/${name}.app/Contents/MacOS/${name}`),
      );
  }
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/bin',
    '/usr/local/bin',
    '/snap/bin',
  ];
  return ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge-stable'] //
    .flatMap((name) => folders.filter(Boolean).map((folder) => join(folder, name)));
}

/**
 * The Chromium of the npm package, unpacked once into `.cache/` (200 MB, 3 seconds). It brings the libraries and
 * the font that a bare machine lacks.
 */
async function unpackedBrowser(): Promise<BrowserProgram> {
  fetchPackages(['@sparticuz/chromium'], 'to draw figures where no browser is installed');
  const source = join(projectRoot(), 'node_modules', '@sparticuz', 'chromium');
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  const folder = join(projectRoot(), '.cache', `chromium-${version}`);
  if (!existsSync(folder)) {
    const partial = `${folder}.${randomUUID()}.part`;
    await mkdir(partial, { recursive: true });
    try {
      await unpack(source, partial);
      await writeFile(join(partial, 'fonts', 'fonts.conf'), FONT_CONFIGURATION);
      await rename(partial, folder);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      // Another process may have unpacked it in the meantime.
      if (!existsSync(folder)) throw error;
    }
  }
  const libraries = join(folder, 'al2023', 'lib');
  const inherited = process.env['LD_LIBRARY_PATH'];
  return {
    executable: join(folder, 'chromium'),
    origin: 'npm',
    environment: {
      LD_LIBRARY_PATH: inherited ? `${libraries}${delimiter}${inherited}` : libraries,
      FONTCONFIG_PATH: join(folder, 'fonts'),
      XDG_CACHE_HOME: join(folder, 'cache'),
    },
  };
}

const FONT_CONFIGURATION = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** Runs the package's unpacking with a folder as its temporary folder, since it always unpacks there. */
function unpack(source: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script =
      'require(process.argv[1]).executablePath().catch((e) => { console.error(String(e)); process.exit(1); })';
    const child = spawn(process.execPath, ['-e', script, source], {
      // The second variable makes the package unpack its libraries too.
      env: { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x', NODE_OPTIONS: '' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`it could not be unpacked into ${folder}: ${complaint.trim()}`));
    });
  });
}

/** The browsers of this machine, in order of preference; `reasons` collects why others cannot be used. */
async function* candidates(reasons: string[]): AsyncGenerator<BrowserProgram> {
  const chosen = process.env['CHROME'];
  if (chosen) {
    // The user's choice is final: another browser in its place would be a surprise.
    if (isProgram(chosen)) yield { executable: chosen, origin: 'CHROME', environment: {} };
    else reasons.push(`CHROME is set to "${chosen}", which is not a program`);
    return;
  }
  const system = usualPlaces().find(isProgram);
  if (system) yield { executable: system, origin: 'system', environment: {} };
  else reasons.push('none is installed in the usual places');
  if (process.platform === 'linux' && process.arch === 'x64') {
    try {
      yield await unpackedBrowser();
    } catch (error) {
      reasons.push(`@sparticuz/chromium from npm: ${error instanceof Error ? error.message : String(error)}`);
    }
  } else {
    reasons.push(
      `@sparticuz/chromium from npm serves Linux on x64 only, not ${process.platform} on ${process.arch}`,
    );
  }
}

function notFound(reasons: readonly string[]): BrowserNotFoundError {
  return new BrowserNotFoundError(
    `No Chromium could be used to draw figures: ${reasons.join('; ')}. ` +
      'Install Chromium or Google Chrome, or set the environment variable CHROME to the path of one.',
  );
}

/**
 * The browser that {@link launchBrowser} tries first: `$CHROME`, else the system's Chrome, Chromium or Edge, else
 * (Linux on x64) the one of the npm package `@sparticuz/chromium`, which is unpacked if it was not yet.
 *
 * @internal
 * @throws BrowserNotFoundError when there is none
 */
export async function findBrowser(): Promise<BrowserProgram> {
  const reasons: string[] = [];
  for await (const program of candidates(reasons)) return program;
  throw notFound(reasons);
}

/**
 * Starts a headless browser with a fresh profile. It is controlled through a pipe, which no other process can
 * open; the usual DevTools port would be open to any user of the machine. It dies with this process, however
 * that ends.
 *
 * @throws BrowserNotFoundError when no browser is found, or none starts
 */
export async function launchBrowser(): Promise<BrowserSession> {
  const reasons: string[] = [];
  for await (const program of candidates(reasons)) {
    try {
      return await startSafely(program);
    } catch (error) {
      const cure = program.origin === 'npm' ? ' (remove its folder to have it unpacked again)' : '';
      reasons.push(`${program.executable} does not start${cure}: ${firstLines(error)}`);
    }
  }
  throw notFound(reasons);
}

function firstLines(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n').slice(0, 4).join(' ');
}

/**
 * Starts the browser with Chromium's sandbox. Where the sandbox is not available, it starts without and
 * warns.
 */
async function startSafely(program: BrowserProgram): Promise<BrowserSession> {
  let reason = 'Chromium refuses to be sandboxed for root';
  if (process.getuid?.() !== 0) {
    try {
      return await start(program, []);
    } catch (error) {
      reason = `with it, ${program.executable} does not start (${firstLines(error)})`;
    }
  }
  const session = await start(program, ['--no-sandbox']);
  warnOnce(
    `Figures are drawn by a Chromium without its sandbox, since ${reason}. It is shown nothing but what this project ` +
      'draws.',
  );
  return session;
}

async function start(program: BrowserProgram, flags: readonly string[]): Promise<BrowserSession> {
  const { launch } = await import('puppeteer-core');
  removeOldProfiles();
  const profile = createProfile();
  let browser: Browser;
  try {
    browser = await launch({
      executablePath: program.executable,
      headless: 'shell',
      pipe: true,
      userDataDir: join(profile, 'data'),
      args: [...FLAGS, ...flags],
      env: { ...process.env, ...program.environment },
      timeout: START_TIMEOUT,
      // Other listeners to Ctrl-C decide its meaning: the kernel only stops a cell, while puppeteer would end
      // the process.
      handleSIGINT: process.listenerCount('SIGINT') === 0,
      // A process that is told to end ends, and its browser with it; puppeteer would only close the browser.
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    removeProfile(profile);
    throw error;
  }
  const child = browser.process();
  const remove = (): void => removeProfile(profile);
  process.once('exit', remove);
  return {
    browser,
    keepAlive(wanted) {
      for (const handle of [child, ...((child?.stdio ?? []) as (Socket | null)[])]) {
        if (wanted) handle?.ref();
        else handle?.unref();
      }
    },
    async end() {
      await browser.close();
      remove();
      process.off('exit', remove);
    },
  };
}

/**
 * Folder of the profiles of running browsers. Each profile has a folder of its own that names its process.
 */
function profilesFolder(): string {
  return join(projectRoot(), '.cache', 'browsers');
}

const OWNER = 'owner.json';

/**
 * Makes a profile folder that only this user can read; among the temporary files where `.cache` cannot be
 * written.
 */
function createProfile(): string {
  let profile = join(profilesFolder(), randomUUID());
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 });
  } catch {
    profile = mkdtempSync(join(tmpdir(), 'neurobasis-browser-'));
  }
  writeFileSync(join(profile, OWNER), JSON.stringify(thisProcess()));
  return profile;
}

/** Removes the profiles of processes that were killed. */
function removeOldProfiles(): void {
  const folder = profilesFolder();
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    // The folder does not exist yet, or belongs to another user.
    return;
  }
  for (const name of names) {
    const profile = join(folder, name);
    const owner = ownerOf(profile);
    // A folder without an owner may be new: it is made before its owner is written.
    const age = Date.now() - (statSync(profile, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (owner === undefined && age < START_TIMEOUT) continue;
    if (owner === undefined || stateOf(owner) === 'ended') removeProfile(profile);
  }
}

function ownerOf(profile: string): ProcessIdentity | undefined {
  try {
    return parseIdentity(readFileSync(join(profile, OWNER), 'utf8'));
  } catch {
    return undefined;
  }
}

function removeProfile(profile: string): void {
  try {
    // Helper processes outlive the browser by a moment and still write.
    rmSync(profile, { recursive: true, force: true, maxRetries: 8, retryDelay: 50 });
  } catch {
    // A leftover folder is no reason to fail.
  }
}
