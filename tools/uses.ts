/**
 * `npm run uses`: which notebooks and modules use what of a module.
 */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../lib/files/project-root';
import { CommandLineError, runCommand } from './command-line';
import { collectUses, exportsOf } from './uses/exports';

const USAGE = `npm run uses -- lib/bases/wavelets/wavelet.ts
  lists, for each export of a module, the notebooks (with the cell) and modules that import it`;

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' } },
  });
  if (values.help) return console.log(USAGE);
  if (positionals.length !== 1) throw new CommandLineError(USAGE);
  const path = resolve(positionals[0]!);
  if (!existsSync(path) || !path.endsWith('.ts')) {
    throw new CommandLineError(`There is no module ${positionals[0]}: give the path of a .ts file.`);
  }
  const module = relative(projectRoot(), path);
  const uses = collectUses().get(module) ?? [];
  for (const { name, line } of exportsOf(module)) {
    const places = uses.filter(({ names }) => names.includes(name) || names.includes('*'));
    console.log(
      `${name} (line ${line}): ${places.length === 0 ? 'nothing imports it' : `${places.length} places`}`,
    );
    for (const { place } of places) console.log(`  ${place}`);
  }
}

runCommand(main);
