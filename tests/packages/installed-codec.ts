/**
 * The npm package as a user has it: packed, and installed into a project that has nothing else.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Codec from '../../packages/neurobasis-codec/src/index';
import type * as Zarrita from '../../packages/neurobasis-codec/src/zarrita';
import { buildCodecPackage } from '../../tools/build-packages/bundle';

/** An installed package. */
export interface InstalledCodec {
  readonly codec: typeof Codec;
  readonly zarrita: typeof Zarrita;
  /** The folder of the project that it is installed in. */
  readonly project: string;
  /** Bytes of its code. */
  readonly codeBytes: number;
  /** Runs a module of the project, and gives what it printed. */
  run(script: string): string;
  remove(): void;
}

/** Builds, packs and installs the package. */
export async function installCodec(): Promise<InstalledCodec> {
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-packages-'));
  const built = join(folder, 'neurobasis-codec');
  await buildCodecPackage(built, () => {});
  const tarball = npm(['pack', '--silent', '--pack-destination', folder], built).trim();
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  npm(
    ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', join(folder, tarball)],
    project,
  );
  const installed = join(project, 'node_modules', 'neurobasis-codec');
  const load = (file: string): Promise<unknown> => import(pathToFileURL(join(installed, file)).href);
  return {
    codec: (await load('index.js')) as typeof Codec,
    zarrita: (await load('zarrita.js')) as typeof Zarrita,
    project,
    codeBytes: readdirSync(installed)
      .filter((file) => file.endsWith('.js'))
      .reduce((sum, file) => sum + readFileSync(join(installed, file)).length, 0),
    run: (script) => {
      writeFileSync(join(project, 'script.js'), script);
      return run(process.execPath, ['script.js'], project);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function npm(args: readonly string[], folder: string): string {
  return run('npm', args, folder);
}

function run(program: string, args: readonly string[], folder: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    // No loader of this project.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`}`);
}
