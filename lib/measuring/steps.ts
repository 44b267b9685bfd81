import { LOSSLESS } from '../coding/codec';

/**
 * The operating points at which every basis is measured, ADC codes, ascending: lossless, and from a compression
 * ratio of 4, where rounding is heard in the last bits of the noise, to one of 200 and more, where hardly a
 * coefficient is left. The same for all, so that points can be compared one by one.
 */
export const OPERATING_STEPS: readonly number[] = [LOSSLESS, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96];
