/** JupyterLab in a browser, for tests from a researcher's point of view. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { Notebook } from '../../kernel/notebook';
import { BrowserNotFoundError, launchBrowser, type BrowserSession } from '../../lib/figures/browser';
import { projectRoot } from '../../lib/files/project-root';
import { JUPYTERLAB } from '../../tools/lab/jupyter';
import { pythonProblem } from '../../tools/python-environment';
import { sharedPython } from '../tools/shared-python';

const required = process.env['NEUROBASIS_REQUIRE_ALL'] === '1';

const settings = mkdtempSync(join(tmpdir(), 'neurobasis-settings-'));
after(() => rmSync(settings, { recursive: true, force: true }));

/** Python of the environment with Jupyter, or why there is none. */
function findPython(): { python: string; problem?: undefined } | { problem: string } {
  const problem = pythonProblem();
  if (problem !== undefined) return { problem };
  try {
    return { python: sharedPython(JUPYTERLAB, (message) => console.log(message)) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** A test that runs where there is Jupyter. */
export function jupyterTest(
  title: string,
  timeout: number,
  body: (python: string) => Promise<string | void> | void,
): void {
  test(title, { timeout }, async (context) => {
    const found = findPython();
    if (found.problem !== undefined) {
      if (required) throw new Error(found.problem);
      context.skip(found.problem);
      return;
    }
    const skipped = await body(found.python);
    if (skipped !== undefined) context.skip(skipped);
  });
}

/** A notebook of code cells, for the kernel of this project. */
export function notebook(sources: readonly string[]): Notebook {
  return {
    cells: sources.map((source, index) => ({
      cell_type: 'code',
      execution_count: null,
      id: `c${index}`,
      metadata: {},
      outputs: [],
      source,
    })),
    metadata: {
      kernelspec: { display_name: 'TypeScript (Neurobasis)', language: 'typescript', name: 'neurobasis' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Starts `npm run lab` of a project without a browser of its own, and waits until it answers. */
async function startLab(root: string, port: number, more: readonly string[]): Promise<ChildProcess> {
  const flags = [
    ...more,
    '--no-browser',
    '--port',
    String(port),
    '--ServerApp.port_retries=0',
    '--IdentityProvider.token=',
    '--allow-root',
  ];
  const lab = spawn(
    process.execPath,
    ['--require', join(root, 'tools', 'loader.cjs'), join(root, 'tools', 'lab.ts'), ...flags],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Settings and layout of whoever runs the tests are neither used nor changed.
      env: {
        ...process.env,
        // A test runner's own variables would make its children report to it.
        NODE_TEST_CONTEXT: undefined,
        JUPYTER_CONFIG_DIR: settings,
        // Where signatures are.
        JUPYTER_DATA_DIR: settings,
        JUPYTERLAB_SETTINGS_DIR: settings,
        JUPYTERLAB_WORKSPACES_DIR: settings,
      },
    },
  );
  let log = '';
  lab.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  lab.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  for (;;) {
    if (lab.exitCode !== null) throw new Error(`JupyterLab did not start:\n${log}`);
    const answer = await fetch(`http://127.0.0.1:${port}/api/status`).catch(() => undefined);
    if (answer?.ok) return lab;
    await setTimeout(200);
  }
}

/** A notebook that is opened in JupyterLab. */
interface Visit {
  /** Of the notebook, from the root of its project. */
  readonly path: string;
  /** Name of the screenshot, written to tests/artifacts even after an error. */
  readonly picture: string;
  /** Called with the page when the kernel is ready. */
  readonly use: (page: Page) => Promise<void>;
}

/**
 * Opens notebooks of a project in one JupyterLab and one browser, one after another, each with a kernel of its own.
 *
 * @param root - folder of the project
 * @param flags - for `npm run lab`
 * @returns reason for skipping the test; undefined if it ran
 */
export async function visitInJupyterLab(
  root: string,
  visits: readonly Visit[],
  flags: readonly string[] = [],
): Promise<string | undefined> {
  let session: BrowserSession;
  try {
    session = await launchBrowser();
  } catch (error) {
    if (required || !(error instanceof BrowserNotFoundError)) throw error;
    return error.message;
  }
  const artifacts = join(projectRoot(), 'tests/artifacts');
  mkdirSync(artifacts, { recursive: true });
  const port = await freePort();
  let lab: ChildProcess | undefined;
  try {
    lab = await startLab(root, port, flags);
    for (const { path, picture, use } of visits) {
      const page = await session.browser.newPage();
      try {
        await page.setViewport({ width: 1200, height: 1400 });
        await page.goto(`http://127.0.0.1:${port}/lab/tree/${path}?reset`, { waitUntil: 'domcontentloaded' });
        await page.waitForSelector('.jp-NotebookPanel .jp-Cell .cm-content', { timeout: 90_000 });
        await kernelIsIdle(page);
        await use(page);
        const toasts = await texts(page, '.Toastify__toast');
        assert.deepEqual(toasts, [], 'nothing asks for attention');
      } finally {
        // Of a failure too, which it may explain.
        await page.screenshot({ path: join(artifacts, `${picture}.png`) as `${string}.png` });
        await page.close();
      }
    }
    return undefined;
  } finally {
    lab?.kill('SIGTERM');
    if (lab && lab.exitCode === null) await new Promise((resolve) => lab?.once('exit', resolve));
    await session.end();
  }
}

/** Opens one notebook in JupyterLab; see {@link visitInJupyterLab}. */
export function inJupyterLab(
  root: string,
  path: string,
  picture: string,
  use: (page: Page) => Promise<void>,
  flags: readonly string[] = [],
): Promise<string | undefined> {
  return visitInJupyterLab(root, [{ path, picture, use }], flags);
}

/**
 * Milliseconds between two looks at a page. Without them there is one in each frame, and the text of the page is laid out
 * anew for it, which takes the time that the kernel waits for.
 */
export const LOOK = 100;

/** Waits until the status bar says that the kernel has nothing to do; before, there may be none. */
export async function kernelIsIdle(page: Page): Promise<void> {
  await page.waitForFunction("document.body.innerText.includes('TypeScript (Neurobasis) | Idle')", {
    polling: LOOK,
    timeout: 90_000,
  });
}

/** Texts of all elements that a selector finds. */
export function texts(page: Page, selector: string): Promise<string[]> {
  return page.$$eval(selector, (elements) => elements.map(({ textContent }) => textContent ?? ''));
}

/**
 * Waits until no cell is running or waits for its turn, and returns what stands before each code cell. Between two cells
 * the kernel is idle for a moment, and a cell has its number some time after its output.
 */
export async function promptsOfDoneCells(page: Page): Promise<string[]> {
  const prompts = '.jp-CodeCell .jp-InputPrompt';
  await page.waitForFunction(
    `[...document.querySelectorAll('${prompts}')].every(({ textContent }) => textContent !== '[*]:')`,
    { polling: LOOK, timeout: 90_000 },
  );
  return texts(page, prompts);
}

/** A notebook as JupyterLab has saved it; undefined while it is written. */
export function savedNotebook(path: string): Notebook | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Notebook;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Chooses an entry of a menu of JupyterLab. */
export async function chooseFromMenu(page: Page, menu: string, command: string): Promise<void> {
  const title = await page.waitForSelector(`.lm-MenuBar-item ::-p-text(${menu})`);
  await title?.click();
  const entry = `.lm-Menu-item[data-command="${command}"]`;
  await page.waitForSelector(entry, { timeout: 10_000 });
  await page.click(entry);
}

/**
 * Runs one cell after the one before has finished, as a reader would: cells queued behind an error are not
 * run.
 */
export async function runCell(page: Page, index: number): Promise<void> {
  await kernelIsIdle(page);
  const cells = await page.$$('.jp-Notebook .jp-CodeCell .cm-content');
  await cells[index]!.click();
  await page.keyboard.down('Control');
  await page.keyboard.press('Enter');
  await page.keyboard.up('Control');
}

/** Waits until the outputs of a cell match, and returns them. */
export async function outputOf(page: Page, index: number, expected: RegExp): Promise<string> {
  let found = '';
  for (const end = Date.now() + 90_000; Date.now() < end; await setTimeout(100)) {
    found = (await texts(page, `.jp-Notebook .jp-CodeCell:nth-of-type(${index + 1}) .jp-OutputArea`)).join();
    if (expected.test(found)) return found;
  }
  throw new Error(`cell ${index + 1} shows ${JSON.stringify(found)}, not ${expected}`);
}
