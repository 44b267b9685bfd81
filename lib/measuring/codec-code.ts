import { createHash } from 'node:crypto';
import { basisId, formatParameter } from '../catalog/catalog';
import { parseCodecId } from '../codecs/codec-from-id';
import { losslessPreset } from '../codecs/lossless/lossless-codec';
import { modelHashes } from '../models/model-store';
import { hashCode } from './code-fingerprint';

/** What measures and codes, whatever the basis. */
const MEASURING_MODULE = 'lib/measuring/measure.ts';
const SHARED_MODULES = [MEASURING_MODULE, 'lib/codecs/transform-codec.ts'];

const LOSSLESS_MODULE = 'lib/codecs/lossless/lossless-codec.ts';

/** Names every basis, so it is left out: the basis at hand is named by its own module. */
const CATALOG_MODULE = 'lib/catalog/catalog.ts';

/**
 * SHA-256 of everything that a measurement with this codec depends on, but the recording and the step: the coder,
 * the metrics, the one basis, what its catalog entry says of it, and its models. It does not change when another basis is
 * edited, nor when a comment is.
 *
 * @returns undefined when there is no such codec
 */
export async function hashCodecCode(codecId: string): Promise<string | undefined> {
  if (losslessPreset(codecId) !== undefined) return hashCode([MEASURING_MODULE, LOSSLESS_MODULE]);
  const found = parseCodecId(codecId);
  if (!found) return undefined;
  const { entry, quantizer } = found;
  const code = await hashCode([...SHARED_MODULES, entry.module], [CATALOG_MODULE]);
  const models = entry.learned ? [modelHashes(basisId(entry, found.values))] : [];
  const facts = [entry.formatFamily, formatParameter(found), quantizer, ...models];
  return createHash('sha256')
    .update(JSON.stringify([code, ...facts]))
    .digest('hex');
}
