/**
 * The signed-rank test of paired differences: whether they lie symmetrically about 0 (F. Wilcoxon, "Individual comparisons
 * by ranking methods", Biometrics Bulletin 1, 1945). Two-sided, as SciPy's `wilcoxon` with its default method.
 */

/** Result of {@link signedRankTest}. */
export interface SignedRank {
  /** Differences that are not 0. */
  readonly pairs: number;
  /** Probability of ranks at least as uneven if there were no difference; 1 where no pair differs. */
  readonly p: number;
}

/** Most differences whose probability is counted out; above, or with ties, ranks are taken to be normal. */
const MOST_COUNTED = 50;

/**
 * Tests whether paired differences are symmetric about 0. Differences of 0 are left out.
 *
 * @param differences - of independent pairs; values that are no finite number are left out
 */
export function signedRankTest(differences: ArrayLike<number>): SignedRank {
  const given = Array.from(differences).filter(Number.isFinite);
  const differing = given.filter((value) => value !== 0);
  const pairs = differing.length;
  if (pairs === 0) return { pairs, p: 1 };
  const ordered = differing.sort((a, b) => Math.abs(a) - Math.abs(b));
  let positive = 0;
  let ties = 0;
  for (let first = 0; first < pairs;) {
    let end = first + 1;
    while (end < pairs && Math.abs(ordered[end]!) === Math.abs(ordered[first]!)) end++;
    const count = end - first;
    ties += count ** 3 - count;
    // Equal magnitudes share the mean of their ranks.
    const rank = (first + 1 + end) / 2;
    for (let i = first; i < end; i++) if (ordered[i]! > 0) positive += rank;
    first = end;
  }
  const exact = pairs <= MOST_COUNTED && ties === 0 && pairs === given.length;
  return { pairs, p: exact ? countedProbability(pairs, positive) : normalProbability(pairs, positive, ties) };
}

/** Share of all signs that give a sum of positive ranks at least as far from the middle. */
function countedProbability(pairs: number, positive: number): number {
  const total = (pairs * (pairs + 1)) / 2;
  let ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (let rank = 1; rank <= pairs; rank++) {
    const next = Float64Array.from(ways);
    for (let sum = rank; sum <= total; sum++) next[sum]! += ways[sum - rank]!;
    ways = next;
  }
  const smaller = Math.min(positive, total - positive);
  let tail = 0;
  for (let sum = 0; sum <= smaller; sum++) tail += ways[sum]!;
  return Math.min(1, (2 * tail) / 2 ** pairs);
}

function normalProbability(pairs: number, positive: number, ties: number): number {
  const mean = (pairs * (pairs + 1)) / 4;
  const variance = (pairs * (pairs + 1) * (2 * pairs + 1)) / 24 - ties / 48;
  return Math.min(1, complementaryError(Math.abs(positive - mean) / Math.sqrt(2 * variance)));
}

/**
 * The complementary error function for x ≥ 0, to 1.2 · 10⁻⁷ of its value (W. H. Press et al., Numerical Recipes in C, 2nd
 * edition, 1992, §6.2, `erfcc`).
 */
function complementaryError(x: number): number {
  const t = 1 / (1 + x / 2);
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const polynomial = coefficients.reduceRight((sum, coefficient) => coefficient + t * sum, 0);
  return t * Math.exp(-x * x + polynomial);
}
