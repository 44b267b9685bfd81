/**
 * Sparsity of recordings in a basis: how few coefficients hold nearly all of the energy, before any
 * quantizer.
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

/** Quantizer step for bases that adapt to the step; the compression ratio is about 10. */
const SPARSITY_STEP = 8;

/** Shares of the coefficients at which compaction is drawn, evenly spaced on a logarithmic axis. */
const SHARES = Float64Array.from({ length: 61 }, (_, i) => 10 ** (-3.5 + (3.5 * i) / 60));

/** Sparsity of a basis, as medians over recordings. */
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

/** Coding gain, or NaN where it is not defined: a pursuit leaves whole subbands of its atoms empty. */
function finiteGain(gain: number | null): number {
  return gain !== null && Number.isFinite(gain) ? gain : NaN;
}

/** Sparsity of a basis of the catalog, as medians over recordings. */
export function measureSparsity(
  { entry, values }: NamedBasis,
  recordings: readonly Recording[],
): SparsityRow {
  return sparsityOf(entry.create(...values), entry.style, recordings);
}

/**
 * Sparsity of any basis, as medians over recordings.
 *
 * @param style - line style of its curve
 */
export function sparsityOf(
  family: AnyBasis,
  style: LineStyle,
  recordings: readonly Recording[],
): SparsityRow {
  const measured = recordings.map((recording) => {
    const codes = readCodes(recording);
    const signal = signalOf(codes).signal;
    const basis = basisFor(family, signal, SPARSITY_STEP, recording.models);
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
