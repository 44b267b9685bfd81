/**
 * `npm run build:packages`: the codec as a package for npm and as one for Python.
 */
import { join } from 'node:path';
import { projectRoot } from '../lib/files/project-root';
import { buildCodecPackage } from './build-packages/bundle';
import { runCommand } from './command-line';

const COMMAND = {
  name: 'build:packages',
  options: {},
  notes: 'Written is dist/packages/neurobasis-codec; npm pack makes a tarball of it.',
} as const;

void runCommand(COMMAND, async () => {
  const folder = join(projectRoot(), 'dist', 'packages');
  await buildCodecPackage(join(folder, 'neurobasis-codec'), console.log);
});
