import { createHash } from 'node:crypto';
import { formatParameter } from '../catalog/format-numbers';
import { basisId, type NamedBasis } from '../catalog/ids';
import { codecWithoutBasis, parseCodecId } from '../codecs/codec-from-id';
import { parseWindowId, WINDOW_MODULE } from '../codecs/window-codec';
import { losslessPreset } from '../codecs/lossless/lossless-codec';
import { modelHashes, modelsFolder } from '../models/model-store';
import { hashCode } from './code-fingerprint';

/** The module that measures and codes with any basis. */
const MEASURING_MODULE = 'lib/measuring/measure.ts';
const SHARED_MODULES = [MEASURING_MODULE, 'lib/codecs/transform-codec.ts'];

const LOSSLESS_MODULE = 'lib/codecs/lossless/lossless-codec.ts';

/** What weights of frequencies add to it, and what noise filling adds. */
const WEIGHTED_MODULE = 'lib/bases/parts/weighted.ts';
const VIEWS_MODULE = 'lib/measuring/measure-views.ts';
const FILLED_MODULES = ['lib/codecs/filled-codec.ts', VIEWS_MODULE];

/** The codecs that keep events. */
const EVENT_MODULES = ['lib/codecs/events/event-codecs.ts', 'lib/codecs/events/layered-codec.ts'];

/**
 * The catalog names every basis, so it is left out; the module of the basis at hand is added instead.
 * Otherwise an edit of any basis would change the hash of all codecs.
 */
const CATALOG_MODULE = 'lib/catalog/catalog.ts';

/**
 * SHA-256 of everything that a measurement with this codec depends on, except the recording and the step: the
 * coder, the metrics, the basis, its catalog entry, and its models. Edits of other bases and of comments do
 * not change it.
 *
 * @param dataset - whose models a learned basis takes; that of NEUROBASIS_DATASET unless given
 * @returns undefined when there is no such codec
 */
export async function hashCodecCode(codecId: string, dataset?: string): Promise<string | undefined> {
  if (losslessPreset(codecId) !== undefined) return hashCode([MEASURING_MODULE, LOSSLESS_MODULE]);
  const window = parseWindowId(codecId);
  if (window) return hashWindowCode(codecId, window.named, dataset);
  if (codecWithoutBasis(codecId)) return hashCode([MEASURING_MODULE, VIEWS_MODULE, ...EVENT_MODULES]);
  const found = parseCodecId(codecId);
  if (!found) return undefined;
  const { entry, quantizer, weight, fill } = found;
  const further = [...(weight ? [WEIGHTED_MODULE] : []), ...(fill ? FILLED_MODULES : [])];
  const code = await hashCode([...SHARED_MODULES, entry.module, ...further], [CATALOG_MODULE]);
  const models = entry.learned ? [modelHashes(basisId(entry, found.values), modelsFolder(dataset))] : [];
  const facts = [
    entry.formatFamily,
    formatParameter(found),
    quantizer,
    ...models,
    ...(weight ? [weight.number, ...weight.octaves] : []),
    ...(fill ? ['fill'] : []),
  ];
  return createHash('sha256')
    .update(JSON.stringify([code, ...facts]))
    .digest('hex');
}

/** The same of a codec whose search is bounded: its modules besides those of the codec that searches everything. */
async function hashWindowCode(
  codecId: string,
  named: NamedBasis,
  dataset: string | undefined,
): Promise<string> {
  const code = await hashCode([...SHARED_MODULES, WINDOW_MODULE, named.entry.module], [CATALOG_MODULE]);
  const models = named.entry.learned
    ? [modelHashes(basisId(named.entry, named.values), modelsFolder(dataset))]
    : [];
  return createHash('sha256')
    .update(JSON.stringify([code, named.entry.formatFamily, formatParameter(named), codecId, ...models]))
    .digest('hex');
}
