/**
 * Makes the Python package: a wheel (PEP 427) of the sources in `packages/python` and the WebAssembly module.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { projectRoot } from '../../lib/files/project-root';
import { writeWhole } from '../../lib/files/write-whole';
import { compileModule } from './module';
import { PackageBuildError } from './package-build-error';
import { pythonConstants } from './python-constants';

const SOURCE = join('packages', 'python');

/** Time of all files, the first that a ZIP file can say: the same sources give the same bytes. */
const TIME = new Date(1980, 0, 1);

/** URL-safe base64 without padding, as a wheel's list of files has it. */
function digest(contents: Uint8Array): string {
  return createHash('sha256').update(contents).digest('base64url');
}

/**
 * Writes the wheel into a folder.
 *
 * @param folder - absolute path; what was there is replaced
 * @param say - told what was made
 * @returns path of the wheel
 * @throws PackageBuildError
 */
export function buildWheel(folder: string, say: (message: string) => void): string {
  const read = (...parts: readonly string[]): Uint8Array =>
    readFileSync(join(projectRoot(), SOURCE, ...parts));
  const metadata = Buffer.from(read('METADATA')).toString();
  const version = /^Version: (.+)$/m.exec(metadata)?.[1];
  const declared = /^__version__ = "(.+)"$/m.exec(Buffer.from(read('neurobasis', '__init__.py')).toString());
  if (version === undefined || declared?.[1] !== version) {
    throw new PackageBuildError(`METADATA says version ${version}, and __init__.py ${declared?.[1]}.`);
  }
  const information = `neurobasis-${version}.dist-info`;
  const files: Record<string, Uint8Array> = {};
  for (const folder of ['neurobasis', 'neurobasis/plain']) {
    for (const name of readdirSync(join(projectRoot(), SOURCE, folder)).sort()) {
      if (name.endsWith('.py')) files[`${folder}/${name}`] = read(folder, name);
    }
  }
  files['neurobasis/plain/constants.json'] = Buffer.from(pythonConstants());
  files['neurobasis/codec.wasm'] = compileModule();
  const description = Buffer.from(read('README.md')).toString();
  files[`${information}/METADATA`] = Buffer.from(`${metadata.trimEnd()}\n\n${description}`);
  files[`${information}/WHEEL`] = Buffer.from(
    'Wheel-Version: 1.0\nGenerator: neurobasis\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  );
  files[`${information}/entry_points.txt`] = read('entry_points.txt');
  files[`${information}/LICENSE`] = readFileSync(join(projectRoot(), 'LICENSE'));
  const record = Object.entries(files).map(
    ([name, contents]) => `${name},sha256=${digest(contents)},${contents.length}\n`,
  );
  files[`${information}/RECORD`] = Buffer.from(`${record.join('')}${information}/RECORD,,\n`);
  // Class instances of Node's are no plain Uint8Array to the packer.
  const plain = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, Uint8Array.from(bytes)]),
  );
  const wheel = zipSync(plain, { level: 9, mtime: TIME });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `neurobasis-${version}-py3-none-any.whl`);
  writeWhole(path, wheel);
  say(`${path}: ${wheel.length} bytes`);
  return path;
}
