/** Groups of electrodes: recordings of a corpus that were made at the same time, or an array that was simulated. */
import { createHash } from 'node:crypto';
import type { SampleRange } from '../../coding/sample-range';
import { readCodes, type Corpus } from '../../recordings/corpus';
import { evenlySpread } from '../../recordings/evenly-spread';
import { sampleRangeOf } from '../../recordings/recording';
import { simultaneousRecordings } from '../../recordings/simultaneous-recordings';
import { SIMULATED_ARRAY, simulateArray } from '../../space/simulated-array';
import type { Places } from '../../space/spatial-basis';

/** Channels of one stretch of time. */
export interface ElectrodeGroup {
  /** Of the stretch. */
  readonly name: string;
  /** Names of the electrodes, or of the recordings. */
  readonly electrodes: readonly string[];
  readonly codes: readonly Uint16Array[];
  readonly places: Places;
  readonly range: SampleRange;
  readonly sampleRate: number;
  /** SHA-256 of all that is measured, hexadecimal. */
  readonly sha256: string;
}

/** Groups of a dataset. */
export interface GroupCorpus {
  readonly dataset: string;
  /** How titles name it. */
  readonly label: string;
  /** Deviation of the noise in codes: the unit of steps. */
  readonly noise: number;
  readonly groups: readonly ElectrodeGroup[];
}

/** Most channels of a group that studies take. */
const MOST_CHANNELS = 32;

/** Seconds of a stretch that studies take. */
const MOST_SECONDS = 3;

/** Most groups of a dataset that studies take. */
const MOST_GROUPS = 8;

/** Stretches of the simulated array: other seeds, the same kind. */
const SIMULATED_STRETCHES = 2;

/** Samples of each: notebooks must run in seconds. */
const SIMULATED_SAMPLES = 8192;

/** Median deviation of the simulated array's spike band, in codes: its own noise and that of the reference. */
const SIMULATED_NOISE = 6;

/** Fewest stretches of time that intervals are over, where there is enough to cut. */
const LEAST_GROUPS = 4;

/** Fewest samples of a stretch that was cut: models of shorter ones would not have learned. */
const LEAST_SAMPLES = 8192;

/** A part of `length` at most, from the middle. */
function middle(codes: Uint16Array, length: number): Uint16Array {
  const start = Math.max(0, (codes.length - length) >> 1);
  return codes.slice(start, start + length);
}

function groupOf(
  name: string,
  electrodes: readonly string[],
  codes: readonly Uint16Array[],
  places: Places,
  range: SampleRange,
  sampleRate: number,
): ElectrodeGroup {
  const hash = createHash('sha256').update(JSON.stringify([places, range.largest, sampleRate, codes.length]));
  for (const channel of codes) hash.update(channel);
  return { name, electrodes, codes, places, range, sampleRate, sha256: hash.digest('hex') };
}

/**
 * Groups of a corpus with two channels or more. In place of the synthetic sample, whose recordings know nothing of each
 * other, two stretches of a simulated array.
 *
 * Of a group at most 32 channels are taken, evenly spaced, and three seconds from its middle; of a dataset at most eight
 * groups, evenly spaced. Where they are fewer than four, long ones are cut.
 *
 * @public
 */
export function electrodeGroups(corpus: Corpus): GroupCorpus {
  const { dataset, noise, sampleRate } = corpus;
  if (corpus.synthetic) {
    const groups = Array.from({ length: SIMULATED_STRETCHES }, (_, i) => {
      const array = simulateArray({ seed: SIMULATED_ARRAY.seed + i, samples: SIMULATED_SAMPLES });
      const names = array.codes.map((_, c) => `electrode ${c}`);
      const range = { smallest: 0, largest: 1023 };
      return groupOf(`stretch ${i}`, names, array.codes, array.places, range, array.sampleRate);
    });
    const label = `simulated array (${SIMULATED_STRETCHES} stretches, ${SIMULATED_ARRAY.channels} electrodes)`;
    return { dataset, label, noise: SIMULATED_NOISE, groups };
  }
  const able = [...simultaneousRecordings(corpus.recordings)].filter(
    ([, recordings]) => recordings.length > 1,
  );
  const taken = evenlySpread(able, MOST_GROUPS);
  const groups = taken.flatMap(([name, recordings]) => {
    const chosen = evenlySpread(recordings, MOST_CHANNELS);
    const range = chosen.map(sampleRangeOf).reduce((a, b) => (b.largest > a.largest ? b : a));
    const all = chosen.map((recording) =>
      middle(readCodes(recording), Math.round(MOST_SECONDS * sampleRate)),
    );
    const length = all[0]!.length;
    const pieces = Math.max(
      1,
      Math.min(Math.ceil(LEAST_GROUPS / taken.length), Math.floor(length / LEAST_SAMPLES)),
    );
    return Array.from({ length: pieces }, (_, piece) => {
      const [from, to] = [Math.floor((piece * length) / pieces), Math.floor(((piece + 1) * length) / pieces)];
      return groupOf(
        pieces > 1 ? `${name}, part ${piece + 1}` : name,
        chosen.map((recording) => recording.electrode ?? recording.name),
        all.map((codes) => codes.slice(from, to)),
        chosen.map(({ place }) => place),
        range,
        sampleRate,
      );
    });
  });
  const channels = Math.max(0, ...groups.map(({ codes }) => codes.length));
  return {
    dataset,
    label: `${channels} electrodes of ${dataset}, ${groups.length} stretches of time`,
    noise,
    groups,
  };
}

/** The first channels of a group, or those of given numbers. */
export function partOfGroup(group: ElectrodeGroup, channels: readonly number[]): ElectrodeGroup {
  return groupOf(
    group.name,
    channels.map((c) => group.electrodes[c]!),
    channels.map((c) => group.codes[c]!),
    channels.map((c) => group.places[c]),
    group.range,
    group.sampleRate,
  );
}

/** Steps of operating points in units of the noise: compression ratios from 5 to some hundreds. */
const STEPS = [0.5, 1, 2, 4, 8, 16, 32];

/**
 * Steps of operating points, in codes, as files can hold them.
 *
 * @public
 */
export function groupSteps({ noise }: Pick<GroupCorpus, 'noise'>): number[] {
  return STEPS.map((factor) => Math.max(1, Math.round(64 * factor * noise)) / 64);
}
