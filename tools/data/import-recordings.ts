/**
 * Imports a recording of any laboratory as a dataset: chosen stretches of its electrodes become the recordings of a
 * corpus. The file itself is read in windows and stays where it is; kept are the codes of what will be studied.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../lib/files/write-whole';
import { noiseEstimator } from '../../lib/metrics/noise';
import { median } from '../../lib/numerics/statistics';
import { standardDeviation } from '../../lib/recordings/adc';
import {
  formatDatasetManifest,
  MANIFEST_FILE,
  readDatasetManifest,
  type DatasetElectrode,
  type DatasetManifest,
  type DatasetRecording,
} from '../../lib/recordings/datasets/dataset-manifest';
import { codesOfPcm, pcmOfCodes } from '../../lib/recordings/datasets/kept-codes';
import { fullScaleOf, MOST_CODES, sharedGrids } from '../../lib/recordings/datasets/shared-grids';
import {
  LEAST_SAMPLES,
  planStretches,
  type Stretch,
  type TimeBlock,
} from '../../lib/recordings/datasets/stretches';
import { evenlySpread } from '../../lib/recordings/evenly-spread';
import { codesOnGrid, DigitizerFinder, type Digitizer } from '../../lib/recordings/digitizer';
import { SAMPLE_BYTES } from '../../lib/recordings/formats/parts/sample-values';
import type { Channel, RecordingFile, SampleArray, Stream } from '../../lib/recordings/recording-file';
import { canonicalWav, parseWav } from '../../lib/recordings/wav';
import { reportProgress } from '../../lib/files/progress';
import { removePartials } from '../leftovers';
import { showBytes } from './byte-progress';
import { hashFiles, sourceFiles, type SourceFile } from './source-files';

/** What is to be imported. */
export interface ImportChoices {
  readonly name: string;
  readonly path: string;
  readonly sidecar: string | undefined;
  /** Name of the stream; undefined for all that have electrodes at the highest rate among them. */
  readonly stream: string | undefined;
  /** Numbers of the electrodes, from 0; undefined for all, or as many as a study needs. */
  readonly channels: readonly number[] | undefined;
  readonly fromSecond: number;
  readonly seconds: number | undefined;
  readonly pieceSeconds: number;
  /** Most stretches of time; undefined for as many as a study needs. */
  readonly pieces: number | undefined;
  /** Put the dataset in the place of one of the same name. */
  readonly replace: boolean;
}

/** A recording cannot be made a dataset, or not under this name. */
export class DatasetImportError extends Error {
  override readonly name = 'DatasetImportError';
}

/** Recordings of a dataset unless more are asked for: a study of them takes a fraction of an hour. */
export const USUAL_RECORDINGS = 96;

/** Electrodes of a dataset unless they are chosen: with fewer, there are four stretches of each and more. */
export const USUAL_ELECTRODES = 24;

/** Samples that are in memory at once: those of all channels of a stream, as files interleave them. */
const SAMPLES_AT_ONCE = 2 ** 22;

/** Samples of the kept channels that are in memory at once. */
const KEPT_AT_ONCE = 2 ** 23;

/** Samples of a piece at most: a sweep holds a whole one in each thread, about 130 bytes a sample. */
export const MOST_OF_PIECE = 2 ** 21;

/** Samples that a stream needs for two stretches and a gap. */
const LEAST_OF_STREAM = 2.2 * LEAST_SAMPLES;

/** Streams whose lengths differ by no more than this part were recorded together. */
const SAME_LENGTH = 0.01;

/** An electrode, wherever it was recorded. */
interface Electrode {
  readonly stream: string;
  readonly channel: Channel;
}

/** Streams that were recorded at the same time. */
interface Block extends TimeBlock {
  readonly segment: number;
  readonly streams: readonly Stream[];
}

/** Result of an import. */
export interface ImportedDataset {
  readonly manifest: DatasetManifest;
  readonly folder: string;
  /** False where the same was imported before. */
  readonly isNew: boolean;
  /** What was left out and why: sentences. */
  readonly notes: readonly string[];
}

/**
 * Imports a recording.
 *
 * @param file - opened from `choices.path`
 * @param data - folder of the datasets
 * @throws DatasetImportError | TooShortError
 */
export async function importRecordings(
  file: RecordingFile,
  choices: ImportChoices,
  data: string,
): Promise<ImportedDataset> {
  const folder = join(data, choices.name);
  const files = sourceFiles(choices.path, choices.sidecar);
  const options = optionsOf(choices);
  const notes: string[] = [];
  const streams = chosenStreams(file, choices, notes);
  const { sampleRate } = streams[0]!;
  const everyone = electrodesOf(streams);
  const electrodes = chosenElectrodes(everyone, choices, notes);
  const blocks = blocksOf(streams, electrodes);
  const widest = Math.max(...blocks.map((block) => electrodesIn(block, electrodes).length));
  const mostOfFold = Math.max(
    1,
    choices.pieces === undefined
      ? Math.max(2, Math.floor(USUAL_RECORDINGS / 2 / widest))
      : Math.floor(choices.pieces / 2),
  );
  const { fromSecond, seconds, pieceSeconds } = choices;
  const stretches = planStretches(blocks, { sampleRate, fromSecond, seconds, pieceSeconds, mostOfFold });
  requirePieces(stretches, sampleRate);

  const there = existsSync(join(folder, MANIFEST_FILE)) ? readDatasetManifest(folder) : undefined;
  const sha256 = await hashFiles(files, showBytes('Hashing the source'));
  if (there && !choices.replace) {
    if (there.source.sha256 === sha256 && JSON.stringify(there.options) === JSON.stringify(options)) {
      return { manifest: there, folder, isNew: false, notes };
    }
    throw new DatasetImportError(
      `There is a dataset ${choices.name} already, of ${there.source.path}` +
        `${there.source.sha256 === sha256 ? ' with other choices' : ''}. Give another --name, or put the new one in its place with --replace.`,
    );
  }
  if (!there && existsSync(folder) && !choices.replace) {
    throw new DatasetImportError(`${folder} is there and is no dataset: remove it, or give another --name.`);
  }

  const work = new PieceWriter(
    join(data, `.${choices.name}.${stagingKey(files, options)}`),
    blocks,
    stretches,
    sampleRate,
  );
  const { grids, found, left } = await work.findGrids(electrodes);
  notes.push(...left);
  if (found.length === 0) {
    throw new DatasetImportError(
      `${choices.path} has no electrode that can be studied: ${left[0] ?? 'there is none'}`,
    );
  }
  const channels = found.map(({ channel }) => channel);
  const digitizers = sharedGrids(channels, grids);
  const { recordings, noise } = await work.write(found, digitizers);
  const manifest: DatasetManifest = {
    name: choices.name,
    source: {
      path: choices.path,
      format: file.format,
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      sha256,
      seconds: Number((blocks.reduce((sum, { samples }) => sum + samples, 0) / sampleRate).toPrecision(8)),
      electrodes: everyone.length,
    },
    options,
    sampleRate,
    noise,
    fullScale: fullScaleOf(channels, digitizers, work.range),
    electrodes: found.map((electrode, i) => describeElectrode(electrode, digitizers[i]!, streams)),
    recordings,
  };
  work.finish(manifest, folder);
  return { manifest, folder, isNew: true, notes };
}

/** @throws DatasetImportError when pieces are too long to be held */
function requirePieces(stretches: readonly Stretch[], sampleRate: number): void {
  const longest = stretches.reduce((most, { samples }) => Math.max(most, samples), 0);
  if (longest <= MOST_OF_PIECE) return;
  throw new DatasetImportError(
    `Pieces of ${Math.round(longest / sampleRate)} s have ${longest} samples, and each thread of a sweep holds one whole, ` +
      `about ${((longest * 130) / 1e9).toPrecision(2)} GB: give --piece-seconds ${Math.floor(MOST_OF_PIECE / sampleRate)} or less.`,
  );
}

function optionsOf(choices: ImportChoices): Record<string, string | number> {
  const { stream, channels, fromSecond, seconds, pieceSeconds, pieces } = choices;
  return {
    ...(stream !== undefined && { stream }),
    ...(channels !== undefined && { channels: channels.join(',') }),
    ...(fromSecond > 0 && { 'from-second': fromSecond }),
    ...(seconds !== undefined && { seconds }),
    'piece-seconds': pieceSeconds,
    ...(pieces !== undefined && { pieces }),
  };
}

/** An import that was stopped goes on where the same files and choices are given. */
function stagingKey(files: readonly SourceFile[], options: object): string {
  return createHash('sha256')
    .update(JSON.stringify([files, options]))
    .digest('hex')
    .slice(0, 16);
}

function isElectrode({ kind }: Channel): boolean {
  return kind === 'electrode';
}

/** The streams of one sample rate that are studied. */
function chosenStreams(file: RecordingFile, { stream, path }: ImportChoices, notes: string[]): Stream[] {
  const names = [...new Set(file.streams.map(({ name }) => name))];
  const able = file.streams.filter(({ channels, samples }) => samples > 0 && channels.some(isElectrode));
  if (stream !== undefined) {
    const named = able.filter(({ name }) => name === stream);
    if (named.length > 0) return named;
    throw new DatasetImportError(
      `${path} has no stream "${stream}" with electrodes and samples; its streams are ${names.join(', ')}.`,
    );
  }
  if (able.length === 0) {
    throw new DatasetImportError(
      `None of the streams of ${path} (${names.join(', ')}) has electrodes and samples: ` +
        'see what is in it with npm run data -- --inspect PATH.',
    );
  }
  // A stream of a few samples must not decide the rate of the others.
  const long = able.filter(({ samples }) => samples > LEAST_OF_STREAM);
  const sampleRate = Math.max(...(long.length > 0 ? long : able).map((one) => one.sampleRate));
  const others = able.filter((one) => one.sampleRate !== sampleRate);
  if (others.length > 0) {
    const list = [...new Set(others.map((one) => `${one.name} (${one.sampleRate} Hz)`))].join(', ');
    notes.push(`Left out, since a dataset has one sample rate: ${list}; --stream NAME takes one of them.`);
  }
  return able.filter((one) => one.sampleRate === sampleRate);
}

/** Every electrode once, in the order of the file. */
function electrodesOf(streams: readonly Stream[]): Electrode[] {
  const known = new Map<string, Electrode>();
  for (const { name, channels } of streams) {
    for (const channel of channels.filter(isElectrode)) {
      const key = `${name}\0${channel.id}`;
      if (!known.has(key)) known.set(key, { stream: name, channel });
    }
  }
  return [...known.values()];
}

function chosenElectrodes(
  all: readonly Electrode[],
  { channels }: ImportChoices,
  notes: string[],
): Electrode[] {
  if (channels !== undefined) {
    const wrong = channels.find((index) => index >= all.length);
    if (wrong !== undefined) {
      throw new DatasetImportError(
        `--channels names electrode ${wrong}, and there are ${all.length}, numbered from 0.`,
      );
    }
    return channels.map((index) => all[index]!);
  }
  if (all.length > USUAL_ELECTRODES) {
    notes.push(
      `${USUAL_ELECTRODES} of ${all.length} electrodes are taken, evenly spaced; --channels 0-${all.length - 1} takes all.`,
    );
  }
  return evenlySpread(all, USUAL_ELECTRODES);
}

/**
 * The streams that have a chosen electrode, those that were recorded together as one. Streams of one segment and of
 * about the same length are taken for simultaneous, as files of one channel each of the same recording are: taken for
 * others, they would know each other from both sides of a split.
 */
function blocksOf(streams: readonly Stream[], electrodes: readonly Electrode[]): Block[] {
  const chosen = new Set(electrodes.map(({ stream }) => stream));
  const blocks: { segment: number; streams: Stream[] }[] = [];
  for (const stream of streams.filter(({ name }) => chosen.has(name))) {
    const together = blocks.find(
      ({ segment, streams: others }) =>
        segment === stream.segment &&
        Math.abs(others[0]!.samples - stream.samples) <= SAME_LENGTH * others[0]!.samples,
    );
    if (together) together.streams.push(stream);
    else blocks.push({ segment: stream.segment, streams: [stream] });
  }
  return blocks
    .sort((a, b) => a.segment - b.segment)
    .map(({ segment, streams: members }) => ({
      segment,
      streams: members,
      samples: Math.min(...members.map(({ samples }) => samples)),
      breaks: [...new Set(members.flatMap(({ gaps }) => gaps.map(({ before }) => before)))].sort(
        (a, b) => a - b,
      ),
    }));
}

/** The chosen electrodes that a block has: index among the chosen, stream, index of the channel in it. */
function electrodesIn(
  { streams }: Block,
  electrodes: readonly Electrode[],
): { readonly index: number; readonly stream: Stream; readonly channel: number }[] {
  return electrodes.flatMap(({ stream: name, channel: { id } }, index) => {
    const stream = streams.find((one) => one.name === name);
    const channel = stream?.channels.findIndex((one) => one.id === id) ?? -1;
    return stream && channel >= 0 ? [{ index, stream, channel }] : [];
  });
}

function describeElectrode(
  { stream, channel }: Electrode,
  digitizer: Digitizer,
  streams: readonly Stream[],
): DatasetElectrode {
  const { type } = streams.find(({ name }) => name === stream)!;
  const { id, name, unit, gain, offset, place } = channel;
  return {
    stream,
    channel: id,
    electrode: name,
    ...(place && { place }),
    unit,
    gain,
    offset,
    digitizer,
    sampleBytes: SAMPLE_BYTES[type],
  };
}

/** Reads stretches and writes pieces into a folder that becomes the dataset's. */
class PieceWriter {
  /** Largest difference of two codes of each electrode. */
  range: readonly number[] = [];

  constructor(
    private readonly staging: string,
    private readonly blocks: readonly Block[],
    private readonly stretches: readonly Stretch[],
    private readonly sampleRate: number,
  ) {}

  /** The grid of each electrode, from all that will be kept of it; electrodes that cannot be studied are left out. */
  async findGrids(electrodes: readonly Electrode[]): Promise<{
    readonly grids: readonly Digitizer[];
    readonly found: readonly Electrode[];
    readonly left: readonly string[];
  }> {
    const finders = new Map<number, DigitizerFinder>();
    let done = 0;
    for (const stretch of this.stretches) {
      await this.read(stretch, electrodes, (index, stream, samples) => {
        let finder = finders.get(index);
        if (!finder) finders.set(index, (finder = new DigitizerFinder(stream.type)));
        finder.add(samples);
      });
      this.report('looking for the digitizer', ++done);
    }
    const left: string[] = [];
    const grids: Digitizer[] = [];
    const found = electrodes.filter(({ channel, stream }, index) => {
      const grid = finders.get(index)?.find();
      const refuse = (why: string): false => {
        left.push(`Electrode ${channel.name} of ${stream} is left out: ${why}.`);
        return false;
      };
      if (!grid) return refuse('no stretch has it');
      if (grid.kind === 'none')
        return refuse(`its samples are on no grid of ${MOST_CODES} values, ${grid.reason}`);
      if (grid.codes === 1) return refuse('it is flat');
      grids.push(grid);
      return true;
    });
    return { grids, found, left };
  }

  /** Writes what is not written yet. */
  async write(
    electrodes: readonly Electrode[],
    digitizers: readonly Digitizer[],
  ): Promise<{ readonly recordings: readonly DatasetRecording[]; readonly noise: number }> {
    mkdirSync(this.staging, { recursive: true });
    const estimate = noiseEstimator(this.sampleRate);
    const recordings: DatasetRecording[] = [];
    const noises: number[] = [];
    const lowest = new Float64Array(electrodes.length).fill(Infinity);
    const highest = new Float64Array(electrodes.length).fill(-Infinity);
    const digits = Math.max(2, String(this.stretches.length - 1).length);
    for (const [position, stretch] of this.stretches.entries()) {
      const group = `s${String(position).padStart(digits, '0')}`;
      const nameOf = (index: number): string =>
        `${group}-e${String(index).padStart(3, '0')}-${fileName(electrodes[index]!.channel.name)}.wav`;
      const members = electrodesIn(this.blocks[stretch.block]!, electrodes);
      const kept = new Map<number, Uint16Array>();
      for (const { index } of members) {
        const codes = this.keptCodes(nameOf(index), digitizers[index]!.codes, stretch.samples);
        if (codes) kept.set(index, codes);
      }
      const missing = electrodes.filter((_, index) => !kept.has(index));
      const indices = electrodes.flatMap((_, index) => (kept.has(index) ? [] : [index]));
      await this.read(stretch, missing, (which, _stream, samples) => {
        const index = indices[which]!;
        const codes = codesOnGrid(digitizers[index]!, samples);
        if (!codes) {
          throw new DatasetImportError(
            `Electrode ${electrodes[index]!.channel.name} changed while it was read: repeat the import.`,
          );
        }
        const { codes: count } = digitizers[index]!;
        writeWhole(
          join(this.staging, nameOf(index)),
          canonicalWav(pcmOfCodes(codes, count), Math.round(this.sampleRate)),
        );
        kept.set(index, codes);
      });
      for (const { index } of members) {
        const codes = kept.get(index)!;
        const bytes = readFileSync(join(this.staging, nameOf(index)));
        for (const code of codes) {
          if (code < lowest[index]!) lowest[index] = code;
          if (code > highest[index]!) highest[index] = code;
        }
        noises.push(estimate(codes));
        recordings.push({
          name: nameOf(index),
          electrode: index,
          group,
          segment: this.blocks[stretch.block]!.segment,
          from: stretch.from,
          samples: stretch.samples,
          bytes: bytes.length,
          standardDeviation: Number(standardDeviation(codes).toFixed(2)),
          sha256: createHash('sha256').update(bytes).digest('hex'),
        });
      }
      this.report('keeping', position + 1);
    }
    this.range = Array.from(highest, (high, i) => high - lowest[i]!);
    recordings.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { recordings, noise: Number(median(noises)!.toPrecision(6)) };
  }

  /** Puts the folder in its place, whole. */
  finish(manifest: DatasetManifest, folder: string): void {
    writeWhole(join(this.staging, MANIFEST_FILE), formatDatasetManifest(manifest));
    // What a killed import left half-written would become a part of the dataset.
    removePartials(this.staging, 1, 0);
    const former = `${this.staging}.former`;
    rmSync(former, { recursive: true, force: true });
    if (existsSync(folder)) renameSync(folder, former);
    renameSync(this.staging, folder);
    rmSync(former, { recursive: true, force: true });
  }

  private report(what: string, done: number): void {
    const total = this.stretches.length;
    reportProgress({ task: `${what}, stretches of time`, done, total, reused: 0, finished: done === total });
  }

  /** The codes of a piece that an earlier run wrote. */
  private keptCodes(name: string, codes: number, samples: number): Uint16Array | undefined {
    const path = join(this.staging, name);
    if (!existsSync(path)) return undefined;
    try {
      const wav = parseWav(readFileSync(path), name);
      const kept = codesOfPcm(wav.samples, codes);
      return kept?.length === samples ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  /** Reads a stretch of some electrodes, as many at a time as fit into memory, and gives each as a whole. */
  private async read(
    { block, from, samples }: Stretch,
    electrodes: readonly Electrode[],
    take: (index: number, stream: Stream, samples: SampleArray) => void,
  ): Promise<void> {
    const members = electrodesIn(this.blocks[block]!, electrodes);
    const atOnce = Math.max(1, Math.floor(KEPT_AT_ONCE / samples));
    for (const stream of new Set(members.map((member) => member.stream))) {
      const own = members.filter((member) => member.stream === stream);
      for (let first = 0; first < own.length; first += atOnce) {
        const some = own.slice(first, first + atOnce);
        const window = Math.max(1024, Math.floor(SAMPLES_AT_ONCE / stream.channels.length));
        let whole: SampleArray[] = [];
        for (let at = 0; at < samples; at += window) {
          const count = Math.min(window, samples - at);
          const parts = await stream.read(
            some.map(({ channel }) => channel),
            from + at,
            count,
          );
          if (at === 0 && count === samples) whole = parts;
          else {
            if (at === 0)
              whole = parts.map(
                (part) => new (part.constructor as new (length: number) => SampleArray)(samples),
              );
            parts.forEach((part, i) => whole[i]!.set(part, at));
          }
        }
        some.forEach(({ index }, i) => take(index, stream, whole[i]!));
      }
    }
  }
}

/** A name of a channel as a part of a file's name. */
function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9.]+/g, '_').slice(0, 40) || 'x';
}
