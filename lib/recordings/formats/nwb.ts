/**
 * Neurodata Without Borders: every ElectricalSeries of an HDF5 or a Zarr file. Source: NWB 2 schema, ecephys.
 */
import {
  checkClaims,
  GET_AGAIN,
  RecordingFormatError,
  type Channel,
  type Gap,
  type Place,
  type Stream,
} from '../recording-file';
import type { DataTree, TreeArray } from './parts/data-tree';
import { refuseManyGaps } from './parts/gaps';
import { treeStream } from './parts/tree-stream';

const ELECTRODES = '/general/extracellular_ephys/electrodes';
/** Groups that hold no recordings, and may be large. */
const LEFT_OUT = ['/specifications', '/units', '/intervals', '/general', '/analysis'];
/** More groups than this, or a circle of links, are no file of recordings. */
const MOST_GROUPS = 2_000;
/** Deepest path. */
const DEEPEST = 16;
/** Times that are read at once. */
const WINDOW = 1_000_000;

/** Whether a tree is an NWB file. */
export async function isNwb(tree: DataTree): Promise<boolean> {
  return (
    (await tree.attribute('/', 'neurodata_type')) === 'NWBFile' ||
    (await tree.attribute('/', 'nwb_version')) !== undefined
  );
}

/**
 * The electrical series of a file.
 *
 * @throws RecordingFormatError when there is none, or one contradicts itself
 */
export async function nwbStreams(tree: DataTree): Promise<{ streams: Stream[]; notes: string[] }> {
  const notes: string[] = [];
  const series: string[] = [];
  let groups = 0;
  const walk = async (group: string, depth: number): Promise<void> => {
    if (LEFT_OUT.includes(group) || depth > DEEPEST) return;
    if (++groups > MOST_GROUPS) {
      throw new RecordingFormatError(tree.path, `it has more than ${MOST_GROUPS} groups`, GET_AGAIN);
    }
    if ((await tree.attribute(group, 'neurodata_type')) === 'ElectricalSeries') {
      series.push(group);
      return;
    }
    for (const child of await tree.children(group)) {
      if ((await tree.kind(child)) === 'group') await walk(child, depth + 1);
    }
  };
  await walk('/', 0);
  if (series.length === 0) {
    throw new RecordingFormatError(
      tree.path,
      'this NWB file holds no ElectricalSeries',
      'Give one with raw or filtered voltages; spike times alone are no recording.',
    );
  }
  const table = await electrodeTable(tree);
  const streams: Stream[] = [];
  for (const path of series) streams.push(await streamOf(tree, path, table, notes));
  return { streams, notes };
}

type ElectrodeTable = ReadonlyMap<string, readonly (number | string)[]>;

async function electrodeTable(tree: DataTree): Promise<ElectrodeTable> {
  const columns = new Map<string, readonly (number | string)[]>();
  if ((await tree.kind(ELECTRODES)) !== 'group') return columns;
  for (const name of [
    'id',
    'x',
    'y',
    'z',
    'rel_x',
    'rel_y',
    'rel_z',
    'group_name',
    'location',
    'label',
    'channel_name',
  ]) {
    const path = `${ELECTRODES}/${name}`;
    if ((await tree.kind(path)) === 'array') columns.set(name, await tree.values(path));
  }
  return columns;
}

async function streamOf(
  tree: DataTree,
  path: string,
  table: ElectrodeTable,
  notes: string[],
): Promise<Stream> {
  const dataPath = `${path}/data`;
  const array = await tree.array(dataPath);
  const { type, shape } = array;
  if (type === undefined || shape.length < 1 || shape.length > 2) {
    throw new RecordingFormatError(
      tree.path,
      `${dataPath} has ${shape.length} dimensions or holds no numbers`,
      'An ElectricalSeries is time, or time by channels.',
    );
  }
  const width = shape[1] ?? 1;
  const { sampleRate, gaps } = await timesOf(tree, path, shape[0]!, notes);
  checkClaims(tree.path, { sampleRate, channels: width });
  const regionPath = `${path}/electrodes`;
  const region = (await tree.kind(regionPath)) === 'array' ? (await tree.values(regionPath)).map(Number) : [];
  if (region.length !== 0 && region.length !== width) {
    notes.push(
      `${path} names ${region.length} electrodes for ${width} channels: the first ${width} are taken.`,
    );
  }
  const number = async (at: string, name: string, fallback: number): Promise<number> => {
    const value = (await tree.attribute(at, name)) ?? fallback;
    return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
  };
  const conversion = await number(dataPath, 'conversion', 1);
  const offset = await number(dataPath, 'offset', 0);
  const unit = unitOf(await tree.attribute(dataPath, 'unit'));
  const perChannelPath = `${path}/channel_conversion`;
  const perChannel = (await tree.kind(perChannelPath)) === 'array' ? await tree.values(perChannelPath) : [];
  const seen = new Set<string>();
  const channels = Array.from({ length: width }, (_, i): Channel => {
    const row = region[i] ?? i;
    const text = (column: string): string | undefined => {
      const value = table.get(column)?.[row];
      return value === undefined || value === '' ? undefined : String(value);
    };
    let id = text('id') ?? String(i);
    if (seen.has(id)) id = `${id} (${i})`;
    seen.add(id);
    const factor = perChannel[i] === undefined ? 1 : Number(perChannel[i]);
    const place = placeOf(table, row);
    return {
      id,
      name: text('channel_name') ?? text('label') ?? id,
      kind: 'electrode',
      unit,
      gain: conversion * factor,
      offset,
      ...(place ? { place } : {}),
    };
  });
  return treeStream(
    { name: path.slice(1), sampleRate, channels, gaps },
    { ...array, type },
    shape.length === 1 ? 'time' : 'time-channels',
  );
}

function placeOf(table: ElectrodeTable, row: number): Place | undefined {
  const number = (...columns: string[]): number | undefined => {
    for (const column of columns) {
      const value = table.get(column)?.[row];
      if (typeof value === 'number' && Number.isFinite(value)) return value;
    }
    return undefined;
  };
  const x = number('rel_x', 'x');
  const y = number('rel_y', 'y');
  const z = number('rel_z', 'z');
  const group = table.get('group_name')?.[row];
  if (x === undefined && y === undefined && z === undefined && group === undefined) return undefined;
  return {
    ...(x === undefined ? {} : { x }),
    ...(y === undefined ? {} : { y }),
    ...(z === undefined ? {} : { z }),
    ...(group === undefined ? {} : { group: String(group) }),
  };
}

function unitOf(unit: unknown): string {
  if (typeof unit !== 'string') return '';
  return { volts: 'V', volt: 'V', microvolts: 'uV', millivolts: 'mV' }[unit.toLowerCase()] ?? unit;
}

/** Rate and gaps: a rate and a start, or the time of every sample. */
async function timesOf(
  tree: DataTree,
  path: string,
  samples: number,
  notes: string[],
): Promise<{ sampleRate: number; gaps: Gap[] }> {
  const rate = await tree.attribute(`${path}/starting_time`, 'rate');
  if (typeof rate === 'number') return { sampleRate: rate, gaps: [] };
  const timesPath = `${path}/timestamps`;
  if ((await tree.kind(timesPath)) !== 'array') {
    throw new RecordingFormatError(tree.path, `${path} has neither a rate nor timestamps`, GET_AGAIN);
  }
  const times = await tree.array(timesPath);
  if (times.type === undefined || times.shape.length !== 1 || times.shape[0]! < Math.min(samples, 2)) {
    throw new RecordingFormatError(
      tree.path,
      `${timesPath} does not hold the times of ${samples} samples`,
      GET_AGAIN,
    );
  }
  const sampleRate = await rateOf(times);
  const gaps: Gap[] = [];
  let previous: number | undefined;
  const last = Math.min(samples, times.shape[0]!);
  for (let from = 0; from < last; from += WINDOW) {
    const window = await times.read([[from, Math.min(last, from + WINDOW)]]);
    for (let i = 0; i < window.length; i++) {
      const late = previous === undefined ? 0 : window[i]! - previous - 1 / sampleRate;
      if (Math.abs(late) * sampleRate > 0.5) {
        gaps.push({ before: from + i, seconds: late });
        refuseManyGaps(tree.path, gaps);
      }
      previous = window[i]!;
    }
  }
  notes.push(`${path} says the time of every sample; its rate, ${sampleRate} Hz, was found from them.`);
  return { sampleRate, gaps };
}

/** The median step between the first times, to six digits. */
async function rateOf(times: TreeArray): Promise<number> {
  const first = await times.read([[0, Math.min(times.shape[0]!, 10_001)]]);
  const steps = Array.from({ length: first.length - 1 }, (_, i) => first[i + 1]! - first[i]!).sort(
    (a, b) => a - b,
  );
  return Number((1 / steps[Math.floor(steps.length / 2)]!).toPrecision(6));
}
