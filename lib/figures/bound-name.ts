/**
 * What axes call the bound that distances are measured from.
 *
 * @param bound - its points; in results of earlier code they do not say what the bound is without rounding, because it
 *   was not rounded
 */
export function boundName(bound: readonly { readonly psnrUnrounded?: number }[]): string {
  return bound.some(({ psnrUnrounded }) => psnrUnrounded !== undefined)
    ? 'Gaussian bound with rounding'
    : 'Gaussian bound';
}
