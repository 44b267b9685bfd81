/**
 * Everything that is measured.
 */
import type { BenchCase } from './case';
import { blockCases } from './cases/blocks';
import { learningCases } from './cases/learning';
import { longTransformCases } from './cases/long-transforms';
import { matrixCases } from './cases/matrices';

export const benchCases: readonly BenchCase[] = [
  ...blockCases,
  ...longTransformCases,
  ...matrixCases,
  ...learningCases,
];
