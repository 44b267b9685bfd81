import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { serializeNotebook } from '../../kernel/notebook';
import { runNotebook } from '../../kernel/notebook-process';
import { projectRoot } from '../../lib/files/project-root';
import { createTemporaryProject, type TemporaryProject } from '../tools/temporary-project';
import {
  chooseFromMenu,
  inJupyterLab,
  jupyterTest,
  LOOK,
  notebook,
  outputOf,
  promptsOfDoneCells,
  runCell,
  savedNotebook,
  texts,
  visitInJupyterLab,
} from './jupyter-lab';

function git(folder: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** A clone with these notebooks committed. */
function cloneWith(notebooks: Readonly<Record<string, string>>): TemporaryProject {
  const project = createTemporaryProject();
  symlinkSync(join(projectRoot(), '.venv'), join(project.folder, '.venv'), 'dir');
  // Files that the runner leaves must not belong to the clone.
  writeFileSync(
    join(project.folder, '.gitignore'),
    '.cache\n.venv\nnode_modules\ndata\nlib\ntools\nkernel\n.ipynb_checkpoints\n',
  );
  for (const [name, text] of Object.entries(notebooks))
    writeFileSync(join(project.folder, 'notebooks', name), text);
  git(project.folder, 'init', '--quiet');
  git(project.folder, 'add', '.');
  git(project.folder, '-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '--quiet', '-m', 'all');
  return project;
}

/** Types into a cell, after its present text. */
async function type(page: Page, index: number, text: string): Promise<void> {
  const cells = await page.$$('.jp-Notebook .jp-CodeCell .cm-content');
  await cells[index]!.click();
  await page.keyboard.down('Control');
  await page.keyboard.press('End');
  await page.keyboard.up('Control');
  await page.keyboard.type(text);
}

/** Asks for completions, and waits for one; those of before stay in the page, unseen. */
async function offered(page: Page, item: string): Promise<void> {
  await page.keyboard.press('Tab');
  await page.waitForFunction(
    `[...document.querySelectorAll('.jp-Completer:not(.lm-mod-hidden) .jp-Completer-item')].some(({ textContent }) => textContent.includes(${JSON.stringify(item)}))`,
    { polling: LOOK, timeout: 60_000 },
  );
}

/** Takes the first completion at the cursor, which makes the last cell hold this text. */
async function complete(page: Page, item: string, expected: string): Promise<void> {
  await offered(page, item);
  await page.keyboard.press('Enter');
  for (const end = Date.now() + 30_000; ; await setTimeout(100)) {
    const text = (await texts(page, '.jp-CodeCell .cm-content')).at(-1) ?? '';
    if (text.includes(expected)) return;
    assert.ok(Date.now() < end, `the cell holds ${text}`);
  }
}

const CORPUS = `import { openCorpus } from './lib/recordings/corpus';\nconst corpus = openCorpus();\n\`\${corpus.recordings.length} recordings\``;
const ENDLESS = "console.log('waiting');\nawait new Promise(() => {});";

jupyterTest('a subset says so, given-up cells carry no number, and Tab writes imports', 400_000, async () => {
  const project = cloneWith({
    'start.ipynb': serializeNotebook(notebook([CORPUS, ENDLESS, '1 + 1', '2 + 2', ''])),
  });
  try {
    const use = async (page: Page): Promise<void> => {
      // Where a browser goes first.
      const first = await fetch(new URL('/', page.url()), { redirect: 'manual' });
      assert.match(first.headers.get('location') ?? '', /lab\/tree\/notebooks\/start\.ipynb/);

      await chooseFromMenu(page, 'Run', 'runmenu:run-all');
      await outputOf(page, 0, /takes 3 of 4 synthetic recordings .*--recordings 3.*3 recordings/s);
      await outputOf(page, 1, /waiting/);
      assert.deepEqual((await texts(page, '.jp-InputPrompt')).slice(2, 4), ['[*]:', '[*]:']);
      await chooseFromMenu(page, 'Kernel', 'kernelmenu:interrupt');
      await outputOf(page, 1, /Interrupted/);
      assert.deepEqual(await promptsOfDoneCells(page), ['[1]:', '[2]:', '[ ]:', '[ ]:', '[ ]:']);
      await runCell(page, 2);
      await outputOf(page, 2, /2$/);
      assert.deepEqual((await promptsOfDoneCells(page))[2], '[3]:');

      await type(page, 4, 'import projectR');
      await complete(page, 'projectRoot }', "import { projectRoot } from './lib/files/project-root';");
      await page.keyboard.press('Enter');
      await page.keyboard.type("import { median } from './lib/metr");
      await complete(page, 'metrics/', "'./lib/metrics/");
      await offered(page, 'distortion');
      await page.keyboard.press('Escape');

      // The outputs of a subset do not take the place of the committed ones by themselves.
      await setTimeout(2000);
      const saved = savedNotebook(join(project.folder, 'notebooks', 'start.ipynb'));
      assert.ok(saved?.cells.every((cell) => cell.cell_type !== 'code' || cell.outputs.length === 0));
    };
    return await inJupyterLab(project.folder, 'notebooks/start.ipynb', 'first-day', use, [
      '--recordings',
      '3',
    ]);
  } finally {
    project.remove();
  }
});

const LIVE = `import { showLiveStudy } from './lib/figures/display';
import { openCorpus } from './lib/recordings/corpus';
import { liveStudy } from './lib/study/live-study';
import { typicalRecording } from './lib/study/typical-recording';
const ranges = [{ parameter: 'blockLength', label: 'Block length', values: [64, 256] }];
const recording = typicalRecording(openCorpus({ dataset: 'sample' }));
await showLiveStudy(liveStudy(recording, { family: 'dct', ranges, title: 'Live', corpus: 'sample', steps: [4, 32] }));`;

jupyterTest(
  'a committed live study has its controls at once, and a changed one says how to get them',
  400_000,
  async () => {
    const source = createTemporaryProject();
    let text: string;
    try {
      const path = join(source.folder, 'notebooks', 'live.ipynb');
      writeFileSync(path, serializeNotebook(notebook([LIVE])));
      const run = await runNotebook(path);
      assert.equal(run.failure, undefined, run.failure?.stack);
      text = serializeNotebook(run.notebook);
    } finally {
      source.remove();
    }
    const project = cloneWith({ 'live.ipynb': text, 'changed.ipynb': text });
    try {
      writeFileSync(join(project.folder, 'notebooks', 'changed.ipynb'), text.replace('sample', 'sample!'));
      const committed = async (page: Page): Promise<void> => {
        await page.waitForSelector('.neurobasis-live-controls input', { timeout: 60_000 });
        assert.equal(git(project.folder, 'status', '--porcelain', 'notebooks/live.ipynb'), '');
        await chooseFromMenu(page, 'File', 'docmanager:save');
        await setTimeout(2000);
        assert.equal(git(project.folder, 'status', '--porcelain', 'notebooks/live.ipynb'), '');
      };
      const changed = async (page: Page): Promise<void> => {
        const picture = await page.waitForSelector('.jp-OutputArea-output img', { timeout: 60_000 });
        const address = (await picture!.evaluate((image) => image.getAttribute('src'))) ?? '';
        const svg = Buffer.from(address.replace(/^.*?,/, ''), 'base64').toString();
        assert.match(svg, /Trust Notebook/);
        assert.equal(await page.$('.neurobasis-live-controls'), null);
      };
      return await visitInJupyterLab(project.folder, [
        { path: 'notebooks/live.ipynb', picture: 'live-trusted', use: committed },
        { path: 'notebooks/changed.ipynb', picture: 'live-untrusted', use: changed },
      ]);
    } finally {
      project.remove();
    }
  },
);
