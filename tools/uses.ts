/**
 * `npm run uses`: lists the notebooks and modules that use each export of a module.
 */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { projectRoot } from '../lib/files/project-root';
import { CommandLineError, runCommand } from './command-line';
import { didYouMean } from './nearest-word';
import { typedPath } from './typed-path';
import { collectUses, exportsOf, projectModules } from './uses/exports';

const COMMAND = {
  name: 'uses',
  operands: 'lib/bases/wavelets/wavelet.ts',
  count: [1, 1],
  options: {},
  notes: 'For each export of the module: the notebooks, with the cell, and the modules that import it.',
} as const;

void runCommand(COMMAND, ({ operands }) => {
  const typed = operands[0]!;
  // From where it was typed; a path from the root of the project, as errors give it, is understood everywhere.
  const path = [typedPath(typed), join(projectRoot(), typed)].find((place) => existsSync(place));
  if (path === undefined || !path.endsWith('.ts')) {
    const modules = projectModules().map((known) => known.split(sep).join('/'));
    throw new CommandLineError(
      `There is no module ${typed}: give the path of a .ts file.${didYouMean(typed, modules)}`,
    );
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
});
