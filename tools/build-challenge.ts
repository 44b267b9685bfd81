/**
 * `npm run build:challenge`: the challenge's programs `encode` and `decode`.
 */
import { join } from 'node:path';
import { projectRoot } from '../lib/files/project-root';
import { buildChallenge, buildStandalone } from './challenge/build';
import { runCommand } from './command-line';

const COMMAND = {
  name: 'build:challenge',
  options: {
    standalone: {
      about: 'and encode-standalone and decode-standalone, which need nothing (Node is in them)',
    },
  },
  notes: 'Written are dist/challenge/encode and dist/challenge/decode, single files that need only Node.',
} as const;

void runCommand(COMMAND, async ({ values }) => {
  const folder = join(projectRoot(), 'dist', 'challenge');
  await buildChallenge(folder, console.log);
  if (values.standalone) buildStandalone(folder, console.log);
});
