/** Files of JSON that people and git look at. */
import { readFileSync } from 'node:fs';

/**
 * What a file of JSON holds.
 *
 * @param hasShape - whether it is what is looked for; it may throw on JSON of another shape
 * @returns undefined for text that is no JSON, and for JSON of another shape
 */
export function jsonOfShape<T>(path: string, hasShape: (found: T) => boolean): T | undefined {
  const text = readFileSync(path, 'utf8');
  try {
    const found = JSON.parse(text) as T;
    return hasShape(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/**
 * JSON of several lines whose numbers are rounded, so that a rerun gives the same bytes.
 *
 * @param digits - that count, of numbers that are no integers
 */
export function roundedJson(value: unknown, digits: number): string {
  return JSON.stringify(
    value,
    (_, one: unknown) =>
      typeof one === 'number' && !Number.isInteger(one) ? Number(one.toPrecision(digits)) : one,
    1,
  );
}

/** JSON with each innermost object on a line of its own, so that a changed number changes one line. */
export function objectsOnLines(json: string): string {
  return json.replace(/\{[^{}]*\}/g, (object) => object.replace(/\n\s*/g, ' '));
}
