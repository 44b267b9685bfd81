import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { serializeNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { createTemporaryProject } from '../tools/temporary-project';
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
} from './jupyter-lab';

const USE_OF_LIB = "import { gain } from './lib/bases/gain';\n`a gain of ${gain(2)}`";

const FIGURE = `import { showFigure } from './lib/figures/display';
await showFigure({
  name: 'ramp', title: 'A ramp', subtitle: '', data: [{ x: [0, 1, 2, 3], y: [0, 1, 2, 3], type: 'scatter' }],
  layout: { width: 600, height: 300 },
});`;

/** As much work as the edited module says. */
const SWEEP = `import { stepCount } from './lib/bases/gain';
import { codecFromId } from './lib/codecs/codec-from-id';
import { openCorpus } from './lib/recordings/corpus';
import { sweep } from './lib/measuring/sweep';
const steps = Array.from({ length: stepCount }, (_, i) => 1 + i / 10);
await sweep(codecFromId('mdct-256-sine+trellis'), openCorpus({ dataset: 'sample', recordings: 8 }), steps);`;

const AFTERWARDS = 'const six = 2 * 3;\n`six is ${six}`';

/** Waits for the next update of a progress bar, which stays a single output. */
async function progressOf(page: Page, index: number, before: string): Promise<string> {
  const selector = `.jp-Notebook .jp-CodeCell:nth-of-type(${index + 1}) .jp-OutputArea-output`;
  for (const end = Date.now() + 90_000; Date.now() < end; await setTimeout(100)) {
    const outputs = await texts(page, selector);
    assert.ok(outputs.length <= 1, 'a bar that moves is one output');
    const [bar = ''] = outputs;
    if (bar.includes('░') && bar !== before) return bar;
  }
  throw new Error('The progress bar did not move.');
}

jupyterTest('a kernel that lives: lib edited, a sweep interrupted, all run again', 400_000, async () => {
  const project = createTemporaryProject();
  try {
    symlinkSync(join(projectRoot(), '.venv'), join(project.folder, '.venv'), 'dir');
    const module = join(project.folder, 'lib', 'bases', 'gain.ts');
    // A hundred operating points are some seconds of work for each recording, which a thread ends before it stops.
    const edit = (gain: string, stepCount = 100): void =>
      writeFileSync(
        module,
        `export const stepCount = ${stepCount};\nexport const gain = (x: number): number => ${gain};\n`,
      );
    edit('2 * x');
    const path = join(project.folder, 'notebooks', 'living.ipynb');
    writeFileSync(path, serializeNotebook(notebook([USE_OF_LIB, FIGURE, SWEEP, AFTERWARDS])));

    return await inJupyterLab(project.folder, 'notebooks/living.ipynb', 'living-kernel', async (page) => {
      await runCell(page, 0);
      await outputOf(page, 0, /a gain of 4/);

      // A module that is edited is fresh in the next run.
      edit('10 * x');
      await runCell(page, 0);
      await outputOf(page, 0, /a gain of 20/);

      // One that is wrong says where.
      edit('String(x)');
      await runCell(page, 0);
      await outputOf(page, 0, /lib\/bases\/gain\.ts:2:\d+/);
      edit('3 * x');
      await runCell(page, 0);
      await outputOf(page, 0, /a gain of 6/);

      // A figure is zoomed into by dragging.
      await runCell(page, 1);
      const plot = await page.waitForSelector('.js-plotly-plot .nsewdrag', { timeout: 90_000 });
      await plot!.scrollIntoView();
      const area = await plot!.boundingBox();
      assert.ok(area);
      const y = area.y + area.height / 2;
      await page.mouse.move(area.x + area.width * 0.25, y);
      await page.mouse.down();
      await page.mouse.move(area.x + area.width * 0.4, y, { steps: 5 });
      await page.mouse.move(area.x + area.width * 0.6, y, { steps: 5 });
      await page.mouse.up();
      await page.waitForFunction(
        "(([low, high]) => low > 0.2 && high < 2.5)(document.querySelector('.js-plotly-plot').layout.xaxis.range)",
        { polling: LOOK, timeout: 30_000 },
      );

      // Long work shows where it is, in place, can be interrupted, and leaves the kernel as it was.
      await runCell(page, 2);
      await progressOf(page, 2, await progressOf(page, 2, ''));
      await chooseFromMenu(page, 'Kernel', 'kernelmenu:interrupt');
      await outputOf(page, 2, /stopped at \d+ of 8.*Interrupted/s);
      await runCell(page, 3);
      await outputOf(page, 3, /six is 6/);
      await runCell(page, 0);
      await outputOf(page, 0, /a gain of 6/);

      // Started again, the kernel runs all from the top.
      edit('7 * x', 1);
      await chooseFromMenu(page, 'Run', 'runmenu:restart-and-run-all');
      const sure = await page.waitForSelector('.jp-Dialog .jp-mod-accept', { timeout: 30_000 });
      await sure!.click();
      await outputOf(page, 0, /a gain of 14/);
      await outputOf(page, 2, /: done/);
      await outputOf(page, 3, /six is 6/);
      assert.deepEqual(await promptsOfDoneCells(page), ['[1]:', '[2]:', '[3]:', '[4]:']);

      // The saved notebook holds the figure as a picture too, for readers without JavaScript.
      await chooseFromMenu(page, 'File', 'docmanager:save');
      for (const end = Date.now() + 30_000; ; await setTimeout(200)) {
        const cell = savedNotebook(path)?.cells[1];
        const output = cell?.cell_type === 'code' ? cell.outputs[0] : undefined;
        if (output !== undefined && 'data' in output) {
          assert.deepEqual(
            ['application/vnd.plotly.v1+json', 'image/svg+xml'].filter((type) => type in output.data),
            ['application/vnd.plotly.v1+json', 'image/svg+xml'],
          );
          break;
        }
        assert.ok(Date.now() < end, 'the notebook was saved');
      }
    });
  } finally {
    project.remove();
  }
});
