/**
 * `npm run build:challenge`: the challenge's programs `encode` and `decode`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../lib/files/project-root';
import { buildChallenge, buildStandalone } from './challenge/build';

const USAGE = `npm run build:challenge [-- --standalone]
  writes dist/challenge/encode and dist/challenge/decode, single files that need only Node
  --standalone  and encode-standalone and decode-standalone, which need nothing (Node is in them)`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { standalone: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return console.log(USAGE);
  const folder = join(projectRoot(), 'dist', 'challenge');
  await buildChallenge(folder, console.log);
  if (values.standalone) buildStandalone(folder, console.log);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
