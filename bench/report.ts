/** Results of the bench as a table, as data and as a picture. */
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { renderPictures } from '../lib/figures/export';
import { writeWhole } from '../lib/files/write-whole';
import type { CodecSpeed } from './end-to-end';
import type { KernelMeasurement } from './measure';
import type { MemorySpeed } from './memory';
import { ratioFigure } from './ratio-figure';
import type { SweepPhase } from './sweep-phases';
import { objectsOnLines } from '../lib/files/json-text';

/** The machine of the measurement. */
export interface Machine {
  readonly processor: string;
  readonly gigabytes: number;
  readonly node: string;
  readonly packages?: Readonly<Record<string, string>>;
}

/** Contents of `bench/results.json`. */
export interface BenchResults {
  readonly machine: Machine;
  readonly kernels: readonly KernelMeasurement[];
  readonly memory: MemorySpeed;
  readonly endToEnd: readonly CodecSpeed[];
  readonly sweepPhases: readonly SweepPhase[];
}

export function readMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    gigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

/** One line for each kernel. */
export function tableOf(kernels: readonly KernelMeasurement[]): string {
  const header = ['kernel', 'type', 'size', 'peer', 'ratio', '10–90%', 'target', 'Ms/s', 'error'];
  const rows = kernels.map((one) => [
    one.kernel,
    one.type,
    one.size,
    one.peer,
    one.ratio.toFixed(2),
    `${one.ratioLow.toFixed(2)}–${one.ratioHigh.toFixed(2)}`,
    one.target === null ? '' : `${one.target}${one.ratio >= one.target ? '' : ' missed'}`,
    String(one.megasamplesPerSecond),
    one.maxError.toExponential(0),
  ]);
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  return [header, ...rows]
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Writes `results.json`, `ratios.svg` and `ratios.png`. */
export async function writeBenchResults(folder: string, results: BenchResults): Promise<void> {
  const text = objectsOnLines(JSON.stringify(results, null, 2));
  writeWhole(join(folder, 'results.json'), `${text}\n`);
  const { svg, png } = await renderPictures(ratioFigure(results.kernels, results.machine.processor));
  writeWhole(join(folder, 'ratios.svg'), svg);
  writeWhole(join(folder, 'ratios.png'), png);
}
