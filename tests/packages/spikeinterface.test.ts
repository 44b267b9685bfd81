import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { interpreterOf, runWithWheel } from './installed-wheel';

const { python, skip } = interpreterOf('SpikeInterface', 'spikeinterface');
const folder = mkdtempSync(join(tmpdir(), 'neurobasis-spikeinterface-'));
after(() => rmSync(folder, { recursive: true }));

test(
  'SpikeInterface saves and loads a recording that it generates, in the lines of the README',
  { skip },
  () => {
    const readme = join(projectRoot(), 'packages', 'python', 'README.md');
    assert.match(runWithWheel(folder, python, 'check-spikeinterface.py', [readme, folder]), /ok\n$/);
  },
);
