import { LOSSLESS } from '../coding/codec';

/**
 * Operating points at which every basis is measured: quantizer steps in ADC codes, ascending. The first is
 * lossless. The others go from a compression ratio of about 4, where only the last bits of the noise are
 * lost, to 200 and more, where hardly a coefficient is left. All bases share them, so that points can be
 * compared one by one.
 */
export const OPERATING_STEPS: readonly number[] = [LOSSLESS, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96];
