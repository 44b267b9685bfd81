/** The list of all bench cases. */
import type { BenchCase } from './case';
import { blockCases } from './cases/blocks';
import { learningCases } from './cases/learning';
import { longTransformCases } from './cases/long-transforms';
import { matrixCases } from './cases/matrices';
import { waveletCases } from './cases/wavelets';

export const benchCases: readonly BenchCase[] = [
  ...blockCases,
  ...longTransformCases,
  ...waveletCases,
  ...matrixCases,
  ...learningCases,
];
