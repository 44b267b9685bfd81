import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';

/** How a program ended. */
export interface ProgramResult {
  readonly code: number;
  /** Standard output and standard error, in the order written. */
  readonly output: string;
}

/** Runs a JavaScript program of an npm package in the project root. */
export function runPackageProgram(program: string, args: readonly string[]): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const path = join(projectRoot(), 'node_modules', program);
    const child = spawn(process.execPath, [path, ...args], {
      cwd: projectRoot(),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs a checking program; if it fails, its output is the list of problems. */
export async function problemsOfProgram(program: string, args: readonly string[]): Promise<string[]> {
  const { code, output } = await runPackageProgram(program, args);
  if (code === 0) return [];
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 0 ? lines : [`${program} failed with exit code ${code} and said nothing.`];
}
