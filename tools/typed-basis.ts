import { catalog } from '../lib/catalog/catalog';
import { CommandLineError } from './command-line';
import { nearestWord } from './nearest-word';

/** First words of the ids of codecs without a basis. */
const WITHOUT_BASIS = ['lossless', 'spike', 'band', 'layers'];

/**
 * Refuses an unknown name of a basis where a known one is near, and suggests that. The catalog checks everything else:
 * other names, and parameters, with the list of allowed values.
 *
 * @param id - of a codec, as it was typed
 * @throws CommandLineError
 */
export function requireBasisName(id: string): void {
  const name = /^[^-+]*/.exec(id)![0];
  const names = [...catalog.map((entry) => entry.name), ...WITHOUT_BASIS];
  if (names.includes(name)) return;
  const near = nearestWord(name, names);
  if (near === undefined) return;
  throw new CommandLineError(`There is no basis "${id}". Did you mean "${near}${id.slice(name.length)}"?`);
}
