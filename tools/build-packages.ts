/**
 * `npm run build:packages`: the codec as a package for npm and as one for Python.
 */
import { join } from 'node:path';
import { projectRoot } from '../lib/files/project-root';
import { buildCodecPackage } from './build-packages/bundle';
import { buildWheel } from './build-packages/wheel';
import { runCommand } from './command-line';

const COMMAND = {
  name: 'build:packages',
  options: {},
  notes:
    'Written are dist/packages/neurobasis-codec, which npm pack makes a tarball of, and a wheel in dist/packages/python.',
} as const;

void runCommand(COMMAND, async () => {
  const folder = join(projectRoot(), 'dist', 'packages');
  await buildCodecPackage(join(folder, 'neurobasis-codec'), console.log);
  buildWheel(join(folder, 'python'), console.log);
});
