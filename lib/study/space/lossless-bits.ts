/** Lossless operating points of bases across electrodes over a basis in time. */
import { ChannelGroupError } from '../../space/spatial-basis';
import { pointsOfGroups } from './compare-groups';
import type { GroupCorpus } from './electrode-groups';
import { sweepGroups } from './group-sweep';
import { spatialTitle } from './array-tables';

/** A lossless operating point. */
export interface LosslessBits {
  readonly title: string;
  readonly bitsPerSample: number;
}

/**
 * Bits a sample of a basis in time over spatial bases, with the residual that makes the group exact again; those that
 * cannot code the group are left out.
 *
 * @param spatial - ids of spatial bases
 *
 * @public
 */
export async function losslessBits(
  corpus: GroupCorpus,
  time: string,
  spatial: readonly string[],
): Promise<LosslessBits[]> {
  const rows: LosslessBits[] = [];
  for (const id of spatial) {
    try {
      const [curve] = await sweepGroups(corpus, [`${time}@${id}`], [0]);
      rows.push({ title: spatialTitle(id), bitsPerSample: pointsOfGroups(curve!)[0]!.bitsPerSample });
    } catch (error) {
      if (!(error instanceof ChannelGroupError)) throw error;
    }
  }
  return rows;
}
