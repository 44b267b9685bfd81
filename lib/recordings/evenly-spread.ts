/**
 * So many of a list, evenly spread over it: each from the middle of its share. All of them where there are no more.
 *
 * @param most - 0 or more
 */
export function evenlySpread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / most)]!);
}
