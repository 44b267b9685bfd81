/** Whether the tables of a page are those that its results give. */

/**
 * @param name - of the page
 * @param page - its text
 * @param made - the text with its tables written anew
 * @param source - what they are made of: `"bench/scaling.json"`
 * @param command - which writes them
 */
export function findTableProblems(
  name: string,
  page: string,
  made: string,
  source: string,
  command: string,
): string[] {
  if (made === page) return [];
  const lines = new Set(made.split('\n'));
  const wrong = page.split('\n').filter((line) => line.startsWith('|') && !lines.has(line));
  const example = wrong.length > 0 ? `, such as "${wrong[0]!}"` : '';
  return [`${name}: its tables are not those of ${source}${example}: run "${command}".`];
}
