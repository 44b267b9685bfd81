/**
 * Everything that is measured.
 */
import type { BenchCase } from './case';
import { blockCases } from './cases/blocks';
import { matrixCases } from './cases/matrices';

export const benchCases: readonly BenchCase[] = [...blockCases, ...matrixCases];
