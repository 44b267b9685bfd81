/**
 * Keeps what the kernel made of a module, from one kernel to the next: converting those of `lib/` takes seconds.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';

type Transpile = (code: string, options: TypeScript.TranspileOptions) => TypeScript.TranspileOutput;

/** Shorter code is converted sooner than it is found: that of most cells. */
const LEAST_LENGTH = 2000;

/**
 * A converter that remembers, under `.cache/kernel/`.
 *
 * @param version - of the compiler
 * @param transpile - its converter
 */
export function rememberConversions(version: string, transpile: Transpile): Transpile {
  return (code, options) => {
    if (code.length < LEAST_LENGTH) return transpile(code, options);
    const key = createHash('sha256')
      .update(JSON.stringify([version, options]))
      .update(code)
      .digest('hex');
    const path = join(projectRoot(), '.cache', 'kernel', `${key.slice(0, 32)}.json`);
    if (existsSync(path)) {
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as TypeScript.TranspileOutput;
      } catch {
        // Damaged: it is made anew.
      }
    }
    const { outputText, sourceMapText } = transpile(code, options);
    writeWhole(path, JSON.stringify({ outputText, sourceMapText }));
    return { outputText, sourceMapText };
  };
}
