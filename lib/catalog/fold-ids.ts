/**
 * Ids of curves whose recordings are coded with the parameters that the other fold chose: `"dct-512~1024"` is `dct-512`
 * on the recordings of fold 0 and `dct-1024` on those of fold 1. Where both folds have the same parameters the id is
 * that of the basis.
 */
import type { CatalogEntry } from './family';
import { basisId } from './ids';

/** Between the parameters for fold 0 and those for fold 1. No id of a basis has it, and files may be named with it. */
const BETWEEN_FOLDS = '~';

/** One id for the recordings of fold 0, one for those of fold 1. */
export type IdsForFolds = readonly [forFold0: string, forFold1: string];

/** The bases that a family's curve is made of: each fold has what was chosen on the other one. */
export function familyIdsForFolds(entry: CatalogEntry): IdsForFolds {
  const [first, second] = entry.chosenForFolds ?? [entry.chosen, entry.chosen];
  return [basisId(entry, first), basisId(entry, second)];
}

/** Id of a family's curve: `"dct-512"`, or `"dct-512~1024"` where its folds choose differently. */
export function familyCurveId(entry: CatalogEntry): string {
  const [first, second] = familyIdsForFolds(entry);
  return first === second ? first : first + BETWEEN_FOLDS + second.slice(entry.name.length + 1);
}

/**
 * The ids of the two codecs that code the recordings of a curve: `"packets-sym13-9-rate~sym13-8-rate+trellis"` gives
 * `"packets-sym13-9-rate+trellis"` and `"packets-sym13-8-rate+trellis"`. Any other id is given back twice; whether there
 * is such a codec is not asked.
 */
export function idsForFolds(id: string): IdsForFolds {
  const [basis = '', ...quantizer] = id.split('+');
  const [first = '', second, ...more] = basis.split(BETWEEN_FOLDS);
  if (second === undefined || more.length > 0) return [id, id];
  const ofFold = (one: string): string => [one, ...quantizer].join('+');
  return [ofFold(first), ofFold(`${first.split('-')[0]!}-${second}`)];
}
