import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { serializeNotebook, type Notebook } from '../../kernel/notebook';
import { runNotebook, TYPESCRIPT_ARGUMENTS } from '../../kernel/notebook-process';
import { projectRoot } from '../../lib/files/project-root';
import { registerKernel } from '../../tools/lab/kernelspec';
import {
  chooseFromMenu,
  inJupyterLab,
  jupyterTest,
  LOOK,
  notebook,
  promptsOfDoneCells,
  texts,
} from './jupyter-lab';

const root = projectRoot();

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-jupyter-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runWithNbclient(python: string, path: string, ...flags: string[]): Promise<Ended> {
  return runInEnvironment(registerKernel(), python, path, ...flags);
}

function runInEnvironment(
  env: NodeJS.ProcessEnv,
  python: string,
  path: string,
  ...flags: string[]
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const script = join(root, 'tests/lab/run-with-nbclient.py');
    // From a folder outside of the project, as when Jupyter runs there.
    const child = spawn(python, [script, path, ...flags], { cwd: folder, env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

jupyterTest('a notebook has the same outputs through Jupyter as in process', 180_000, async (python) => {
  const path = join(folder, 'same.ipynb');
  writeFileSync(
    path,
    serializeNotebook(
      notebook([
        "import { projectRoot } from './lib/files/project-root';\nimport { display, newDisplay } from 'tslab';\nconsole.log('one');\nconsole.log('two');\nconsole.error('three');\nprojectRoot().length > 0",
        "display.html('<b>x</b>\\n<i>y</i>');\nconst line = newDisplay();\nline.text('1');\nline.text('2');\nawait new Promise((done) => setTimeout(done, 50));",
        "require('tslab/dist/jupyter').lastWriteDisplayData({ data: { 'application/vnd.plotly.v1+json': { data: [{ y: [1, 2] }] }, 'image/svg+xml': '<svg/>' }, metadata: {}, transient: {} }, false);\n[1, 2, 3]",
        '',
        'for (let i = 0; i < 2000; i++) console.log(i);',
      ]),
    ),
  );
  const { code, stdout, stderr } = await runWithNbclient(python, path);
  assert.equal(code, 0, stderr);
  const { notebook: inProcess, failure } = await runNotebook(path);
  assert.equal(failure, undefined);
  const throughJupyter = JSON.parse(stdout) as Notebook;
  assert.deepEqual(throughJupyter.cells, JSON.parse(JSON.stringify(inProcess.cells)));
  assert.deepEqual(throughJupyter.metadata['language_info'], inProcess.metadata['language_info']);
});

jupyterTest(
  'an error in a cell reaches nbclient with its name, message and stack',
  120_000,
  async (python) => {
    const path = join(folder, 'failing.ipynb');
    writeFileSync(path, serializeNotebook(notebook(['1', '\nthrow new RangeError("too far");', '2'])));
    const { code, stderr } = await runWithNbclient(python, path);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^RangeError: too far$/m);
    assert.match(stderr, /at cell 2:2:7/);
    // After an error the next cell runs when it is asked for, not only after a while.
    const allowed = await runWithNbclient(python, path, '--allow-errors');
    assert.equal(allowed.code, 0, allowed.stderr);
    const counts = (JSON.parse(allowed.stdout) as Notebook).cells.map(
      (cell) => 'execution_count' in cell && cell.execution_count,
    );
    assert.deepEqual(counts, [1, 2, 3]);
  },
);

jupyterTest(
  'the installed kernel starts from any folder, for any Jupyter program',
  120_000,
  async (python) => {
    const data = mkdtempSync(join(tmpdir(), 'neurobasis-data-'));
    try {
      const env = { ...process.env, NODE_TEST_CONTEXT: undefined, JUPYTER_DATA_DIR: data };
      const installed = spawnSync(
        process.execPath,
        [...TYPESCRIPT_ARGUMENTS, join(root, 'tools/lab.ts'), '--kernelspec'],
        { cwd: root, env, encoding: 'utf8' },
      );
      assert.equal(installed.status, 0, installed.stderr);
      assert.ok(installed.stdout.includes(join(data, 'kernels', 'neurobasis')));
      const specification = join(data, 'kernels', 'neurobasis', 'kernel.json');
      const { display_name } = JSON.parse(readFileSync(specification, 'utf8')) as { display_name: string };
      assert.equal(display_name, 'TypeScript (Neurobasis)');
      const path = join(folder, 'elsewhere.ipynb');
      writeFileSync(
        path,
        serializeNotebook(
          notebook(["import { projectRoot } from './lib/files/project-root';\nprojectRoot()"]),
        ),
      );
      const { code, stdout, stderr } = await runInEnvironment(env, python, path);
      assert.equal(code, 0, stderr);
      assert.ok(stdout.includes(root));
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  },
);

/** A cell with a live study of the sample. */
const LIVE_CELL = `import { showLiveStudy } from './lib/figures/display';
import { openCorpus } from './lib/recordings/corpus';
import { liveStudy } from './lib/study/live-study';
import { typicalRecording } from './lib/study/typical-recording';
const ranges = [{ parameter: 'blockLength', label: 'Block length', values: [64, 256] }];
const recording = typicalRecording(openCorpus({ dataset: 'sample' }));
await showLiveStudy(liveStudy(recording, { family: 'dct', ranges, title: 'Live', corpus: 'sample', steps: [4, 32] }));`;

/** Run in the page, where a slow connection to the browser does not count: when the slider moved, when its study answered. */
const WATCH_SLIDER = `
  const study = document.querySelector('.neurobasis-live');
  const times = (window.studyTimes = {});
  study.querySelector('input').addEventListener('input', () => (times.moved = performance.now()), { capture: true });
  new MutationObserver(() => (times.answered = performance.now())).observe(
    study.querySelector('output[aria-live]'), { childList: true, characterData: true, subtree: true });`;

/**
 * Presses the right arrow on the first slider of a live study until it moves: JupyterLab takes the focus back when the
 * last cell has run, which may be after its outputs are there.
 *
 * @returns milliseconds from the move to the study's answer
 */
async function answerToArrowRight(page: Page): Promise<number> {
  await page.evaluate(WATCH_SLIDER);
  for (let attempt = 0; attempt < 10; attempt++) {
    await page.focus('.neurobasis-live input');
    await page.keyboard.press('ArrowRight');
    await setTimeout(500);
    if (await page.evaluate('window.studyTimes.moved !== undefined')) {
      await page.waitForFunction('window.studyTimes.answered !== undefined', { polling: LOOK });
      return (await page.evaluate('window.studyTimes.answered - window.studyTimes.moved')) as number;
    }
  }
  throw new Error('The slider of the live study never moved.');
}

jupyterTest('JupyterLab shows an interactive figure and a live study', 240_000, async () => {
  // JupyterLab does not open files in hidden folders.
  mkdirSync(join(root, 'tests/artifacts'), { recursive: true });
  const place = mkdtempSync(join(root, 'tests/artifacts', 'lab-'));
  try {
    const name = 'figure.ipynb';
    writeFileSync(
      join(place, name),
      serializeNotebook(
        notebook([
          "import { projectRoot } from './lib/files/project-root';\nconst wave = Array.from({ length: 200 }, (_, i) => Math.sin(i / 10));\n`${wave.length} samples`",
          "const figure = { data: [{ y: wave, name: 'wave' }], layout: { title: { text: 'A wave' }, width: 600, height: 300 } };\nrequire('tslab/dist/jupyter').lastWriteDisplayData({ data: { 'application/vnd.plotly.v1+json': figure, 'image/svg+xml': '<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"/>', 'text/plain': 'A wave' }, metadata: {}, transient: {} }, false);",
          LIVE_CELL,
        ]),
      ),
    );
    return await inJupyterLab(root, `${place.slice(root.length + 1)}/${name}`, 'jupyterlab', async (page) => {
      await chooseFromMenu(page, 'Run', 'runmenu:run-all');
      await page.waitForSelector('.js-plotly-plot svg .scatterlayer path', { timeout: 60_000 });
      await page.waitForSelector('.neurobasis-live-controls svg', { timeout: 60_000 });
      assert.deepEqual(await promptsOfDoneCells(page), ['[1]:', '[2]:', '[3]:']);
      assert.deepEqual(await texts(page, '.js-plotly-plot .gtitle'), ['A wave']);
      assert.match(
        (await texts(page, '.jp-OutputArea-executeResult .jp-RenderedText')).join(),
        /200 samples/,
      );
      const buttons = await texts(page, '.js-plotly-plot .modebar-btn');
      assert.ok(buttons.length > 0, 'the figure has the buttons of an interactive one');
      const facts = async (): Promise<string> =>
        (await texts(page, '.neurobasis-live output[aria-live]')).join();
      assert.match(await facts(), /^dct-64 at step 32: CR /);
      // Without the kernel, so at once.
      const answer = await answerToArrowRight(page);
      assert.match(await facts(), /^dct-256 at step 32: CR /);
      assert.ok(answer < 1000, `the live study answered after ${answer.toFixed(0)} ms`);
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});
