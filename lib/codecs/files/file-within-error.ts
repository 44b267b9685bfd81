/**
 * A file of a recording whose samples are moved within an error that is promised; all other bytes stay as they are.
 */
import { putSample } from '../../recordings/formats/parts/sample-values';
import type { SampleArray } from '../../recordings/recording-file';
import { readPlaced, samplesOf, visitPlaces, type PlacedSamples } from './placed-samples';
import { separateStreams } from './recording-container';
import { withinError } from './within-error';

/**
 * Moves the samples of a file. Channels of one gain and unit come to lie on one grid, so that they are kept together. Channels
 * without a unit beside others that have one are left as they are: words of digital lines.
 *
 * @param contents - all bytes of the file
 * @param streams - where its samples lie; those of 64-bit integers, and those that overlap earlier ones, are kept as bytes and so not moved
 * @param maxError - largest error of a sample, an integer in its values
 * @returns a copy
 * @throws ErrorBoundError for samples that are no integers of up to 32 bits, and for other errors
 */
export function fileWithinError(
  contents: Uint8Array,
  streams: readonly PlacedSamples[],
  maxError: number,
): Uint8Array {
  // A copy also where the bytes are a Buffer, whose slice would be a view.
  const file = new Uint8Array(contents);
  const view = new DataView(file.buffer);
  for (const placed of separateStreams(file.length, streams)) {
    const { type, littleEndian } = placed;
    const samples = samplesOf(placed);
    for (const channels of groupsOf(placed)) {
      const given = channels.map((channel) => readPlaced(contents, placed, channel, 0, samples));
      const moved = withinError(joined(given), type, maxError);
      channels.forEach((channel, i) => {
        visitPlaces(placed, channel, 0, samples, (position, sample) => {
          putSample(view, type, littleEndian, position, moved[i * samples + sample]!);
        });
      });
    }
  }
  return file;
}

/** Numbers of the channels that are moved, those of one gain, offset and unit together. */
function groupsOf({ channels }: PlacedSamples): number[][] {
  const haveUnits = channels.some(({ unit }) => unit !== '');
  const groups = new Map<string, number[]>();
  channels.forEach(({ unit, gain, offset }, channel) => {
    if (haveUnits && unit === '') return;
    const key = `${unit} ${gain} ${offset}`;
    groups.set(key, [...(groups.get(key) ?? []), channel]);
  });
  return [...groups.values()];
}

function joined(parts: readonly SampleArray[]): SampleArray {
  const [first] = parts;
  const Values = first!.constructor as new (length: number) => SampleArray;
  const whole = new Values(parts.length * first!.length);
  parts.forEach((part, i) => whole.set(part, i * part.length));
  return whole;
}
