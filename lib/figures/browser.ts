/**
 * Finds and starts a Chromium: figures are drawn in one, and tests look at pages with it.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser } from 'puppeteer-core';
import { projectRoot } from '../files/project-root';

/** There is no browser on this machine that starts. */
export class BrowserNotFoundError extends Error {
  override readonly name = 'BrowserNotFoundError';
}

/** A browser program on this machine. */
export interface BrowserProgram {
  /** Absolute path. */
  readonly executable: string;
  /** Who provides it: the variable `CHROME`, the system, or the npm package `@sparticuz/chromium`. */
  readonly origin: 'CHROME' | 'system' | 'npm';
  /** Environment variables that it needs beyond those of this process. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A browser that runs, and how to leave it. */
export interface BrowserSession {
  readonly browser: Browser;
  /** WebSocket address for other processes (see {@link BROWSER_ENDPOINT_VARIABLE}). */
  readonly endpoint: string;
  /** Whether this process started the browser, rather than joined one that another process runs. */
  readonly owned: boolean;
  /**
   * Says whether Node has to stay alive for this browser. True at first; when false and nothing else is left to
   * do, Node exits and the browser with it. Has no effect on a browser that is not owned.
   */
  keepAlive(wanted: boolean): void;
  /** Closes the browser when it is owned, and leaves it alone otherwise. */
  end(): Promise<void>;
}

/** Name of the environment variable with the WebSocket address of a browser that many processes share. */
export const BROWSER_ENDPOINT_VARIABLE = 'NEUROBASIS_BROWSER';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
  // The pipe ties the browser's life to this process, even a killed one; the port lets other processes join.
  '--remote-debugging-pipe',
  '--remote-debugging-port=0',
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

/** Where browsers are on this operating system, most wanted first. */
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
  const source = join(projectRoot(), 'node_modules', '@sparticuz', 'chromium');
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  const folder = join(projectRoot(), '.cache', `chromium-${version}`);
  if (!existsSync(folder)) {
    const partial = `${folder}.${process.pid}.part`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    try {
      await unpack(source, partial);
      await writeFile(join(partial, 'fonts', 'fonts.conf'), FONT_CONFIGURATION);
      await rename(partial, folder);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      // Another process may have been quicker.
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

/** Lets the package unpack itself into a folder; it always unpacks into the temporary folder of its process. */
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

/** The browsers of this machine, most wanted first; `reasons` collects why others are not among them. */
async function* candidates(reasons: string[]): AsyncGenerator<BrowserProgram> {
  const chosen = process.env['CHROME'];
  if (chosen) {
    // A choice is final: silently using another browser would surprise.
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
 * @throws BrowserNotFoundError when there is none
 */
export async function findBrowser(): Promise<BrowserProgram> {
  const reasons: string[] = [];
  for await (const program of candidates(reasons)) return program;
  throw notFound(reasons);
}

/**
 * Starts a headless browser with a fresh profile. It dies with this process, however that ends.
 *
 * @throws BrowserNotFoundError when there is none, or none that starts
 */
export async function launchBrowser(): Promise<BrowserSession> {
  const reasons: string[] = [];
  for await (const program of candidates(reasons)) {
    try {
      return await start(program);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      reasons.push(
        `${program.executable} does not start: ${message.trim().split('\n').slice(0, 4).join(' ')}`,
      );
    }
  }
  throw notFound(reasons);
}

async function start(program: BrowserProgram): Promise<BrowserSession> {
  const { launch } = await import('puppeteer-core');
  const browser = await launch({
    executablePath: program.executable,
    headless: 'shell',
    pipe: true,
    args: FLAGS,
    env: { ...process.env, ...program.environment },
    timeout: START_TIMEOUT,
    // Whoever listens to Ctrl-C decides what it means: the kernel only stops a cell, puppeteer would end the process.
    handleSIGINT: process.listenerCount('SIGINT') === 0,
  });
  const child = browser.process();
  const profile = profileFolder(browser);
  const removeProfile = (): void => {
    try {
      // The browser's helpers outlive it by a moment and still write.
      rmSync(profile, { recursive: true, force: true, maxRetries: 8, retryDelay: 50 });
    } catch {
      // A left-over folder among the temporary files is no reason to fail.
    }
  };
  process.once('exit', removeProfile);
  return {
    browser,
    endpoint: await ownEndpoint(profile),
    owned: true,
    keepAlive(wanted) {
      for (const handle of [child, ...((child?.stdio ?? []) as (Socket | null)[])]) {
        if (wanted) handle?.ref();
        else handle?.unref();
      }
    },
    async end() {
      await browser.close();
      removeProfile();
      process.off('exit', removeProfile);
    },
  };
}

/** The temporary profile that puppeteer made. */
function profileFolder(browser: Browser): string {
  const flag = '--user-data-dir=';
  const argument = browser.process()?.spawnargs.find((text) => text.startsWith(flag));
  if (argument === undefined) throw new Error('the browser was started without a profile of its own');
  return argument.slice(flag.length);
}

/** The browser was started with a pipe, so puppeteer does not know its port: it is in a file of the profile. */
async function ownEndpoint(profile: string): Promise<string> {
  const file = join(profile, 'DevToolsActivePort');
  // The port opens at about the time when the pipe answers, sometimes a moment later.
  for (let attempt = 0; attempt < 100; attempt++) {
    const [port, path] = existsSync(file) ? (await readFile(file, 'utf8')).trim().split('\n') : [];
    if (port && path) return `ws://127.0.0.1:${port}${path}`;
    await setTimeout(50);
  }
  throw new Error(`the browser opened no port: ${file} was not written`);
}

/**
 * Joins the browser that `NEUROBASIS_BROWSER` names; starts one when it names none.
 *
 * @throws BrowserNotFoundError when there is none that starts, or the named one does not answer
 */
export async function connectBrowser(): Promise<BrowserSession> {
  const endpoint = process.env[BROWSER_ENDPOINT_VARIABLE];
  if (!endpoint) return launchBrowser();
  const { connect } = await import('puppeteer-core');
  let browser: Browser;
  try {
    browser = await connect({ browserWSEndpoint: endpoint });
  } catch (error) {
    throw new BrowserNotFoundError(
      `The browser at ${endpoint} (from ${BROWSER_ENDPOINT_VARIABLE}) does not answer: ` +
        (error instanceof Error ? error.message : String(error)),
    );
  }
  return {
    browser,
    endpoint,
    owned: false,
    keepAlive() {},
    async end() {
      await browser.disconnect();
    },
  };
}
