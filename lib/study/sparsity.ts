/**
 * How sparse a basis makes recordings: few coefficients that hold nearly all of the energy, before any quantizer.
 */
import { basisFor, losslessStepOf, type AnyBasis } from '../bases/basis';
import type { NamedBasis } from '../catalog/ids';
import type { CompactionCurve } from '../figures/charts/energy-compaction';
import type { LineStyle } from '../figures/theme';
import {
  codingGain,
  coefficientsHolding,
  energyCompaction,
  giniIndex,
  rankEnergies,
  subbandVariances,
} from '../metrics/sparsity';
import { readCodes, type Recording } from '../recordings/corpus';
import { signalOf } from '../recordings/signal';
import { median } from '../numerics/statistics';

/** Quantizer step for the bases that choose their coefficients to suit one; a compression ratio of about 10. */
const SPARSITY_STEP = 8;

/** Shares of the coefficients at which the compaction is drawn, even on a logarithmic axis. */
const SHARES = Float64Array.from({ length: 61 }, (_, i) => 10 ** (-3.5 + (3.5 * i) / 60));

/** Medians over recordings of what makes coefficients sparse. */
export interface SparsityRow {
  readonly label: string;
  readonly holding99: number;
  readonly holding999: number;
  readonly gini: number;
  readonly codingGain: number;
  readonly compaction: CompactionCurve;
}

function meanEnergy(signal: Float64Array): number {
  return signal.reduce((sum, value) => sum + value * value, 0) / signal.length;
}

/** A pursuit leaves whole subbands of its atoms unused: then the coding gain says nothing. */
function finiteGain(gain: number | null): number {
  return gain !== null && Number.isFinite(gain) ? gain : NaN;
}

/** Medians over recordings of the sparsity of a basis of the catalog. */
export function measureSparsity(
  { entry, values }: NamedBasis,
  recordings: readonly Recording[],
): SparsityRow {
  return sparsityOf(entry.create(...values), entry.style, recordings);
}

/**
 * Medians over recordings of the sparsity of a basis.
 *
 * @param style - of its curve
 */
export function sparsityOf(
  family: AnyBasis,
  style: LineStyle,
  recordings: readonly Recording[],
): SparsityRow {
  const measured = recordings.map((recording) => {
    const codes = readCodes(recording);
    const signal = signalOf(codes).signal;
    const basis = basisFor(family, signal, SPARSITY_STEP);
    const { values, layout } = basis.analyze(
      signal,
      basis.quantizesItself ? losslessStepOf(basis) : SPARSITY_STEP,
    );
    const ranking = rankEnergies(values);
    return {
      holding99: coefficientsHolding(ranking, 0.99) / codes.length,
      holding999: coefficientsHolding(ranking, 0.999) / codes.length,
      gini: giniIndex(ranking) ?? NaN,
      codingGain: finiteGain(
        codingGain(
          subbandVariances(values, layout),
          layout.subbands.map(({ length }) => length),
          basis.orthonormal === false
            ? { energies: layout.subbands.map(() => 1), signalVariance: meanEnergy(signal) }
            : undefined,
        ),
      ),
      energy: energyCompaction(ranking, SHARES),
    };
  });
  const middle = (value: (one: (typeof measured)[number]) => number): number =>
    median(measured.map(value)) ?? NaN;
  return {
    label: family.id,
    holding99: middle((one) => one.holding99),
    holding999: middle((one) => one.holding999),
    gini: middle((one) => one.gini),
    codingGain: middle((one) => one.codingGain),
    compaction: {
      label: family.id,
      kept: SHARES,
      energy: Float64Array.from(SHARES, (_, i) => middle((one) => one.energy[i]!)),
      style,
    },
  };
}
