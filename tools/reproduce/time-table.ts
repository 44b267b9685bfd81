/**
 * Where the time of a run went, as a table.
 */
import type { NotebookTime } from '../../kernel/run-notebook';
import { KINDS_OF_WORK } from '../../lib/files/time-spent';

/** Times by notebook, and by what was done for all of them. */
export class TimeTable {
  private readonly rows: { readonly name: string; readonly time: NotebookTime }[] = [];
  private readonly others: { readonly name: string; readonly seconds: number }[] = [];

  /** Where the time of a notebook went. */
  add(name: string, time: NotebookTime): void {
    this.rows.push({ name, time });
  }

  /** Does something that is no part of a notebook, and takes its time. */
  async timed<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.others.push({ name, seconds: (performance.now() - start) / 1000 });
    }
  }

  /**
   * The table, in seconds: of the clock, of all processors, and of the clock by kind of work.
   *
   * @returns nothing when no notebook ran
   */
  text(): string {
    if (this.rows.length === 0) return '';
    const header = ['seconds', 'clock', 'processors', ...KINDS_OF_WORK, 'rest'];
    const numbers = ({ total, processor, ...rest }: NotebookTime): number[] => {
      const kinds = KINDS_OF_WORK.map((kind) => rest[kind]);
      // Work that goes on at the same time counts under each of its kinds.
      const left = Math.max(0, total - kinds.reduce((sum, seconds) => sum + seconds, 0));
      return [total, processor, ...kinds, left];
    };
    const rows = [...this.rows]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, time }) => ({ name, values: numbers(time) }));
    const sums = header.slice(1).map((_, i) => rows.reduce((sum, { values }) => sum + values[i]!, 0));
    const table = [
      header,
      ...[...rows, { name: 'all', values: sums }].map(({ name, values }) => [name, ...values.map(shown)]),
    ];
    const widths = header.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
    const lines = table.map((row) =>
      row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  '),
    );
    const others = this.others.map(({ name, seconds }) => `${name} ${shown(seconds)} s`);
    return `Where the time went:\n${lines.join('\n')}\nbeside the notebooks: ${others.join(', ')}`;
  }
}

function shown(seconds: number): string {
  return seconds < 0.05 ? '–' : seconds.toFixed(seconds < 10 ? 1 : 0);
}
