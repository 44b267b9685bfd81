/** Spikes that a codec of groups keeps: crossings on each electrode of the original found again on the decoded one. */
import { decodeGroup, encodeGroup } from '../../codecs/groups/group-codec';
import { hashCode } from '../../measuring/code-fingerprint';
import { createRecordingMetrics, MOST_AT_RAILS } from '../../metrics/recording-metrics';
import { spikeScores, type SpikeCounts } from '../../metrics/spikes';
import type { ElectrodeGroup, GroupCorpus } from './electrode-groups';
import { keptOfGroup } from './kept-of-group';

/** What the counts are made by. */
const CODE = ['lib/study/space/group-spikes.ts'];

/** Spikes of a codec at a step, all electrodes of all groups together. */
export interface KeptSpikes {
  readonly codecId: string;
  readonly step: number;
  readonly compressionRatio: number;
  /** Crossings of the originals. */
  readonly crossings: number;
  /** With the threshold of the original on both; null where there are no crossings. */
  readonly f1: number | null;
}

interface Counted extends SpikeCounts {
  readonly bytes: number;
  readonly samples: number;
}

function countSpikes(
  { codes, places, range, sampleRate }: ElectrodeGroup,
  codecId: string,
  step: number,
): Counted {
  const file = encodeGroup(codes, { codecId, step, places, range });
  const decoded = decodeGroup(file);
  const count = range.largest + 1;
  const digitizer = {
    kind: 'linear',
    lowest: 0,
    highest: range.largest,
    step: 1,
    codes: count,
    bits: Math.ceil(Math.log2(count)),
    used: count,
  } as const;
  let [matched, missed, spurious, samples] = [0, 0, 0, 0];
  codes.forEach((channel, c) => {
    samples += channel.length;
    const metrics = createRecordingMetrics(channel, { sampleRate, digitizer });
    // Edges of clipped stretches would pass for spikes.
    if (metrics.railFraction > MOST_AT_RAILS) return;
    const { spikes } = metrics.compare(decoded[c]!);
    matched += spikes.matched;
    missed += spikes.missed;
    spurious += spikes.spurious;
  });
  return { matched, missed, spurious, bytes: file.length, samples };
}

/**
 * Spikes that codecs keep at one step, which is nearly one error.
 *
 * @public
 */
export async function spikesOfGroups(
  corpus: GroupCorpus,
  codecIds: readonly string[],
  step: number,
): Promise<KeptSpikes[]> {
  const code = await hashCode(CODE);
  return codecIds.map((codecId) => {
    const all = corpus.groups.map((group) => keptOfGroup(code, group, codecId, step, countSpikes).value);
    const sum = (value: (one: Counted) => number): number =>
      all.reduce((total, one) => total + value(one), 0);
    const counts = {
      matched: sum((c) => c.matched),
      missed: sum((c) => c.missed),
      spurious: sum((c) => c.spurious),
    };
    return {
      codecId,
      step,
      compressionRatio: (2 * sum((c) => c.samples)) / sum((c) => c.bytes),
      crossings: counts.matched + counts.missed,
      f1: spikeScores(counts).f1,
    };
  });
}
