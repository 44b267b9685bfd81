/** Short-time power spectrum of a recording, in the size of a picture. */
import { FourierBasis } from '../bases/blocks/fourier';
import type { TimeFrequencyPower } from '../figures/charts/spectrogram';
import { signalOf } from '../recordings/signal';

/** Most columns and rows of the picture; powers of neighbors are summed. */
const COLUMNS = 120;
const ROWS = 50;

/** A short-time power spectrum, and the share of power at the lowest frequencies. */
export interface ShortTimePower extends TimeFrequencyPower {
  /** Share of the power at frequencies up to one period in a block. */
  readonly lowestShare: number;
}

/**
 * Power of windowed blocks that overlap by half.
 *
 * @param sampleRate - Hz
 */
export function shortTimePower(codes: Uint16Array, blockLength: number, sampleRate: number): ShortTimePower {
  const { values, layout } = new FourierBasis(blockLength, 'sine').analyze(signalOf(codes).signal);
  const frequencies = blockLength / 2 + 1;
  const blocks = layout.subbands[0]!.length;
  const columns = Math.min(COLUMNS, blocks);
  const rows = Math.min(ROWS, frequencies);
  const powers = Array.from({ length: rows }, () => new Float64Array(columns));
  const counts = Array.from({ length: rows }, () => new Float64Array(columns));
  let [lowest, total] = [0, 0];
  for (const [k, { offset, length }] of layout.subbands.entries()) {
    const row = Math.floor((k * rows) / frequencies);
    const each = length / blocks;
    for (let i = 0; i < length; i++) {
      const square = values[offset + i]! * values[offset + i]!;
      const column = Math.floor((Math.floor(i / each) * columns) / blocks);
      powers[row]![column]! += square;
      counts[row]![column]! += 1;
      total += square;
      if (k <= 1) lowest += square;
    }
  }
  const duration = codes.length / sampleRate;
  return {
    times: Float64Array.from({ length: columns }, (_, i) => ((i + 0.5) * duration) / columns),
    frequencies: Float64Array.from({ length: rows }, (_, i) => ((i + 0.5) * sampleRate) / (2 * rows)),
    // The frame is tight with redundancy 2, so coefficients of white noise have half its variance.
    power: powers.map((row, r) =>
      row.map(
        (power, c) => 10 * Math.log10(Math.max(1e-6, ((2 * power) / counts[r]![c]!) * (2 / sampleRate))),
      ),
    ),
    lowestShare: lowest / total,
  };
}
