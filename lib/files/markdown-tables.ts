/** Tables in Markdown, and pages of which a command writes them. */

/** A page lacks the lines between which a table stands. */
export class PageTablesError extends Error {
  override readonly name = 'PageTablesError';
}

/**
 * A table in Markdown.
 *
 * @param header - titles of the columns
 * @param rows - cells, as many in each row as there are titles
 * @param left - number of columns that are aligned to the left; those behind them hold numbers
 */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  left = 1,
): string {
  const alignment = header.map((_, i) => (i < left ? '---' : '--:'));
  return [header, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * A page with its tables written anew: each stands between `<!-- PREFIX-NAME:start … -->` and its end.
 *
 * @param page - text of the page
 * @param path - of the page, for the error
 * @param prefix - of the names of its tables
 * @param tables - by the rest of their names
 * @throws PageTablesError when the page lacks the place of one
 */
export function withTables(
  page: string,
  path: string,
  prefix: string,
  tables: Readonly<Record<string, string>>,
): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const mark = `${prefix}-${name}`;
    const place = new RegExp(`(<!-- ${mark}:start[^>]*-->)[\\s\\S]*?(<!-- ${mark}:end -->)`);
    if (!place.test(text)) {
      throw new PageTablesError(
        `${path} has no place for the table "${name}": write <!-- ${mark}:start --> and <!-- ${mark}:end --> ` +
          'where it belongs.',
      );
    }
    return text.replace(place, (_, start: string, end: string) => `${start}\n\n${table}\n\n${end}`);
  }, page);
}
