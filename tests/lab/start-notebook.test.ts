import assert from 'node:assert/strict';
import { copyFileSync, cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { createTemporaryProject } from '../tools/temporary-project';
import { chooseFromMenu, inJupyterLab, jupyterTest, LOOK, promptsOfDoneCells } from './jupyter-lab';

jupyterTest('the start notebook leads to the curve of a basis of one’s own', 400_000, async () => {
  const project = createTemporaryProject();
  try {
    symlinkSync(join(projectRoot(), '.venv'), join(project.folder, '.venv'), 'dir');
    cpSync(join(projectRoot(), 'models'), join(project.folder, 'models'), { recursive: true });
    copyFileSync(
      join(projectRoot(), 'notebooks', 'start.ipynb'),
      join(project.folder, 'notebooks', 'start.ipynb'),
    );
    return await inJupyterLab(project.folder, 'notebooks/start.ipynb', 'start', async (page) => {
      const start = Date.now();
      await chooseFromMenu(page, 'Run', 'runmenu:run-all');
      await page.waitForFunction(
        '/sines-64 reaches .* dB: .* on synthetic sample \\(4 recordings\\)/.test(document.body.innerText)',
        { polling: LOOK, timeout: 200_000 },
      );
      console.log(`the start notebook ran in ${((Date.now() - start) / 1000).toFixed(0)} s`);
      await promptsOfDoneCells(page);
      assert.doesNotMatch((await page.evaluate('document.body.innerText')) as string, /Error:/);
    });
  } finally {
    project.remove();
  }
});
