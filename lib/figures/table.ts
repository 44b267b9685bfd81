/**
 * Tables of numbers as HTML and as text.
 */

/** One column of a table. */
export interface TableColumn<Row> {
  /** Heading, with the unit where there is one: `"PSNR, dB"`. */
  readonly label: string;
  /** Value of the column in a row; null and undefined are shown as a dash. */
  readonly value: (row: Row) => string | number | null | undefined;
  /** Decimals of numbers. Without it, numbers are shown in full, with thousands separated. */
  readonly digits?: number;
}

/** Text with the characters escaped that mean something in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

interface Cell {
  readonly text: string;
  readonly numeric: boolean;
}

function cell<Row>(row: Row, column: TableColumn<Row>): Cell {
  const value = column.value(row);
  if (value === null || value === undefined) return { text: '–', numeric: true };
  if (typeof value === 'string') return { text: value, numeric: false };
  if (!Number.isFinite(value)) return { text: value > 0 ? '∞' : '–', numeric: true };
  const format =
    column.digits === undefined
      ? { maximumFractionDigits: 6 }
      : { minimumFractionDigits: column.digits, maximumFractionDigits: column.digits };
  return { text: value.toLocaleString('en-US', format), numeric: true };
}

/** A table as an HTML `<table>`: numbers are right-aligned, and the first column has the row headings. */
export function tableHtml<Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[]): string {
  const cells = rows.map((row) => columns.map((column) => cell(row, column)));
  const right = columns.map((_, index) => cells.every((line) => line[index]?.numeric));
  const align = (index: number): string =>
    right[index] ? ' style="text-align:right"' : ' style="text-align:left"';
  const head = columns
    .map(({ label }, index) => `<th scope="col"${align(index)}>${escapeHtml(label)}</th>`)
    .join('');
  const body = cells.map((line) => {
    const parts = line.map(({ text }, index) => {
      const tag = index === 0 ? 'th scope="row"' : 'td';
      return `<${tag}${align(index)}>${escapeHtml(text)}</${tag.slice(0, 2)}>`;
    });
    return `<tr>${parts.join('')}</tr>`;
  });
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
}

/** A table as Markdown with aligned columns, readable as plain text. */
export function tableText<Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[]): string {
  const cells = rows.map((row) => columns.map((column) => cell(row, column)));
  const right = columns.map((_, index) => cells.every((line) => line[index]?.numeric));
  const widths = columns.map(({ label }, index) =>
    Math.max(3, label.length, ...cells.map((line) => line[index]?.text.length ?? 0)),
  );
  const line = (texts: string[]): string =>
    `| ${texts.map((text, i) => (right[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => (right[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [
    line(columns.map(({ label }) => label)),
    line(rule),
    ...cells.map((row) => line(row.map(({ text }) => text))),
  ].join('\n');
}
