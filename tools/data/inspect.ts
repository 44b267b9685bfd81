/**
 * `npm run data -- --inspect PATH`: says what is in a file or a folder of recordings.
 */
import {
  inspectStream,
  SATURATED,
  type ChannelReport,
  type StreamReport,
} from '../../lib/recordings/inspect';
import { secondsOf, type Channel, type RecordingFile } from '../../lib/recordings/recording-file';
import { openSource } from './open-source';

/** Channels that a line names at most. */
const MOST_NAMED = 8;

/**
 * Writes what is in a recording, a line at a time.
 *
 * @param path - a file or a folder
 * @param sidecar - path of its JSON sidecar, where it is not beside it
 * @param write - takes each line
 * @throws RecordingFormatError when it cannot be read
 */
export async function inspectPath(
  path: string,
  sidecar: string | undefined,
  write: (line: string) => void,
): Promise<void> {
  const file = await openSource(path, { sidecar });
  try {
    await describeFile(file, write);
  } finally {
    file.close();
  }
}

/** Writes what is in an opened recording, a line at a time. */
export async function describeFile(file: RecordingFile, write: (line: string) => void): Promise<void> {
  write(`${file.path}: ${file.format}`);
  for (const note of file.notes) write(`  note: ${note}`);
  for (const stream of file.streams) {
    for (const line of describeStream(await inspectStream(stream))) write(line);
  }
}

function describeStream({ stream, looked, channels }: StreamReport): string[] {
  const { name, segment, sampleRate, takenAt, samples, type, gaps } = stream;
  const seconds = secondsOf(stream);
  const lines = [
    '',
    `${name}${segment > 0 ? `, segment ${segment}` : ''}`,
    `  ${counted(channels.length, 'channel')}: ${kindsOf(stream.channels)}`,
    `  ${shown(sampleRate)} Hz${takenAt === undefined ? '' : ` (taken at ${shown(takenAt)} Hz, each value repeated)`}, ` +
      `${samples.toLocaleString('en')} samples, ${shown(seconds)} s, ${type}`,
  ];
  for (const group of groupedBy(channels, ({ channel }) => `${channel.kind}\t${scaleOf(channel)}`)) {
    const { channel } = group[0]!;
    lines.push(`  ${channel.kind}: ${scaleOf(channel)}${placesOf(group)}`);
    for (const alike of groupedBy(group, gridKind)) lines.push(`    ${gridOf(alike)}`);
  }
  if (gaps.length === 0) lines.push('  no gaps');
  else {
    const first = gaps
      .slice(0, MOST_NAMED)
      .map(({ before, seconds: missing }) => `${shown(missing)} s at ${shown(before / sampleRate)} s`);
    lines.push(
      `  ${counted(gaps.length, 'gap')}: ${first.join(', ')}${gaps.length > MOST_NAMED ? ', …' : ''}`,
    );
  }
  const named = (title: string, chosen: readonly ChannelReport[]): void => {
    if (chosen.length > 0) lines.push(`  ${title}: ${namesOf(chosen)}`);
  };
  const analog = channels.filter(
    ({ channel }) => channel.kind === 'electrode' || channel.kind === 'auxiliary',
  );
  named('flat', samples === 0 ? [] : analog.filter(({ flat }) => flat));
  named(
    'saturated',
    analog.filter(({ flat, saturated }) => !flat && saturated > SATURATED),
  );
  if (looked < samples) {
    lines.push(
      `  grid, flat and saturated channels: from ${looked.toLocaleString('en')} samples of each, spread over all`,
    );
  }
  return lines;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

function kindsOf(channels: readonly Channel[]): string {
  return groupedBy(channels, ({ kind }) => kind)
    .map((group) => `${group.length} ${group[0]!.kind}`)
    .join(', ');
}

function scaleOf({ unit, gain, offset, inverted }: Channel): string {
  if (unit === '' && gain === 1) return 'no unit, values are codes';
  const shift = offset === 0 ? '' : `${offset < 0 ? ' − ' : ' + '}${shown(Math.abs(offset))}`;
  return `${shown(gain)} · sample${shift}, in ${unit || 'no unit'}${inverted ? ', input inverted' : ''}`;
}

function placesOf(group: readonly ChannelReport[]): string {
  const known = group.filter(({ channel }) => channel.place?.x !== undefined).length;
  return known === 0 ? '' : `, places of ${known} known`;
}

function gridKind({ digitizer, channel }: ChannelReport): string {
  const declared = channel.declared ? `${channel.declared.lowest}…${channel.declared.highest}` : '';
  return digitizer.kind === 'none'
    ? `none ${digitizer.reason}`
    : `${digitizer.kind} ${digitizer.step.toPrecision(6)} ${declared}`;
}

/** The grid of channels that have the same step. */
function gridOf(group: readonly ChannelReport[]): string {
  const { digitizer, channel } = group[0]!;
  const who = `${counted(group.length, 'channel')}`;
  if (digitizer.kind === 'none') return `${who} on no grid: ${digitizer.reason}`;
  const grids = group.map((report) => report.digitizer).filter((grid) => grid.kind !== 'none');
  const least = Math.min(...grids.map(({ lowest }) => lowest));
  const most = Math.max(...grids.map(({ highest }) => highest));
  const bits = [...new Set(grids.map((grid) => grid.bits))].sort((a, b) => a - b);
  const width = bits.length === 1 ? counted(bits[0]!, 'bit') : `${bits[0]} to ${bits[bits.length - 1]} bits`;
  const how = {
    linear: '',
    scaled: ', scaled floats',
    stretched: ', stretched to 16 bits',
    listed: ', rounded floats',
  };
  const declared = channel.declared
    ? `, declared ${shown(channel.declared.lowest)}…${shown(channel.declared.highest)}`
    : '';
  return `${who}: ${width}, step ${shown(digitizer.step)}, values ${shown(least)}…${shown(most)}${how[digitizer.kind]}${declared}`;
}

function namesOf(reports: readonly ChannelReport[]): string {
  const names = reports.slice(0, MOST_NAMED).map(({ channel }) => channel.name);
  const more = reports.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''} (${reports.length})`;
}

/** A number to six digits. */
function shown(value: number): string {
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(6));
  return Math.abs(rounded) >= 1000
    ? rounded.toLocaleString('en', { maximumFractionDigits: 3 })
    : String(rounded);
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}
