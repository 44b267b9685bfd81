/**
 * 3Brain BioCAM `.brw` (HDF5), versions 3 and 4, with raw samples. Source: 3Brain, "BRW file format documentation".
 */
import { checkClaims, GET_AGAIN, RecordingFormatError, type Channel, type Stream } from '../recording-file';
import type { DataTree } from './parts/data-tree';
import { treeStream } from './parts/tree-stream';

const VARIABLES = '/3BRecInfo/3BRecVars';

/** Whether a tree is a BioCAM file. */
export async function isBiocam(tree: DataTree): Promise<boolean> {
  return (
    (await tree.kind(VARIABLES)) === 'group' ||
    (await tree.kind('/ExperimentSettings')) === 'array' ||
    (await tree.kind('/ExperimentInfo')) === 'array'
  );
}

/**
 * The stream of a file; a plate of several wells has one for each.
 *
 * @throws RecordingFormatError when it holds no raw samples, or contradicts itself
 */
export async function biocamStreams(tree: DataTree): Promise<{ streams: Stream[]; notes: string[] }> {
  return (await tree.kind(VARIABLES)) === 'group' ? version3(tree) : version4(tree);
}

function missing(tree: DataTree, what: string): never {
  throw new RecordingFormatError(tree.path, `${what} is missing or no number`, GET_AGAIN);
}

async function version3(tree: DataTree): Promise<{ streams: Stream[]; notes: string[] }> {
  const variable = async (name: string): Promise<number> => {
    const [value] = await tree.values(`${VARIABLES}/${name}`);
    return typeof value === 'number' && Number.isFinite(value)
      ? value
      : missing(tree, `${VARIABLES}/${name}`);
  };
  const bits = await variable('BitDepth');
  const [high, low] = [await variable('MaxVolt'), await variable('MinVolt')];
  const inversion = await variable('SignalInversion');
  const sampleRate = await variable('SamplingRate');
  const frames = await variable('NRecFrames');
  const positions = await tree.values('/3BRecInfo/3BMeaStreams/Raw/Chs');
  const count = positions.length / 2;
  checkClaims(tree.path, { sampleRate, channels: count });
  const array = await rawArray(tree, '/3BData/Raw');
  const interleaved = array.shape.length === 1;
  const rows = interleaved ? array.shape[0]! / count : array.shape[0]!;
  if ((!interleaved && array.shape[1] !== count) || !Number.isInteger(rows)) {
    throw new RecordingFormatError(
      tree.path,
      `its array of samples is ${array.shape.join(' × ')}, where ${count} channels are listed`,
      GET_AGAIN,
    );
  }
  const notes = rows === frames ? [] : [`The header says ${frames} samples, ${rows} are there and are read.`];
  const channels = Array.from({ length: count }, (_, i): Channel => {
    const name = `${positions[2 * i]}-${positions[2 * i + 1]}`;
    return {
      id: name,
      name,
      kind: 'electrode',
      unit: 'uV',
      gain: (inversion * (high - low)) / 2 ** bits,
      offset: inversion * low,
      declared: { lowest: 0, highest: 2 ** bits - 1 },
    };
  });
  const stream = treeStream(
    { name: 'Signals', sampleRate, channels },
    array,
    interleaved ? 'interleaved' : 'time-channels',
  );
  return { streams: [stream], notes };
}

interface Settings {
  readonly ValueConverter?: Record<string, number>;
  readonly TimeConverter?: Record<string, number>;
  readonly SignalConverter?: {
    readonly DigitalToAnalogConverter?: Record<string, number>;
    readonly SampleToTimeConverter?: Record<string, number>;
  };
}

async function version4(tree: DataTree): Promise<{ streams: Stream[]; notes: string[] }> {
  const old = (await tree.kind('/ExperimentSettings')) === 'array';
  const [text] = await tree.values(old ? '/ExperimentSettings' : '/ExperimentInfo');
  let settings: Settings;
  try {
    settings = JSON.parse(String(text)) as Settings;
  } catch (error) {
    throw new RecordingFormatError(tree.path, 'the settings of the experiment are no JSON', GET_AGAIN, {
      cause: error,
    });
  }
  const converter = old ? settings.ValueConverter : settings.SignalConverter?.DigitalToAnalogConverter;
  const clock = old ? settings.TimeConverter : settings.SignalConverter?.SampleToTimeConverter;
  const number = (fields: Record<string, number> | undefined, name: string): number => {
    const value = fields?.[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : missing(tree, name);
  };
  const suffix = old ? '' : 'MicroVolt';
  const low = number(converter, `MinAnalogValue${suffix}`);
  const high = number(converter, `MaxAnalogValue${suffix}`);
  const lowCode = number(converter, 'MinDigitalValue');
  const highCode = number(converter, 'MaxDigitalValue');
  const scale = old ? number(converter, 'ScaleFactor') : 1;
  const sampleRate = number(clock, old ? 'FrameRate' : 'FrameRateHertz');
  const gain = (scale * (high - low)) / (highCode - lowCode);
  if (!Number.isFinite(gain)) missing(tree, 'MaxDigitalValue');
  const streams: Stream[] = [];
  for (const well of await tree.children('/')) {
    if (!well.startsWith('/Well_')) continue;
    if ((await tree.kind(`${well}/Raw`)) !== 'array') continue;
    const stored = `${well}/StoredChIdxs`;
    if ((await tree.kind(stored)) !== 'array') missing(tree, stored);
    const indices = await tree.values(stored);
    checkClaims(tree.path, { sampleRate, channels: indices.length });
    const array = await rawArray(tree, `${well}/Raw`);
    if (array.shape.length !== 1 || array.shape[0]! % indices.length !== 0) {
      throw new RecordingFormatError(
        tree.path,
        `${well}/Raw has ${array.shape.join(' × ')} values, no whole number of samples of ${indices.length} channels`,
        GET_AGAIN,
      );
    }
    const channels = indices.map((index): Channel => ({
      id: String(index),
      name: String(index),
      kind: 'electrode',
      unit: 'uV',
      gain,
      offset: scale * low - lowCode * gain,
      declared: { lowest: lowCode, highest: highCode },
    }));
    streams.push(treeStream({ name: well.slice(1), sampleRate, channels }, array, 'interleaved'));
  }
  if (streams.length === 0) {
    throw new RecordingFormatError(
      tree.path,
      'it holds no raw samples, only events or compressed ones',
      'Export raw samples from BrainWave.',
    );
  }
  return { streams, notes: [] };
}

async function rawArray(tree: DataTree, path: string) {
  const array = await tree.array(path);
  if (array.type === undefined || array.shape.length < 1 || array.shape.length > 2) {
    throw new RecordingFormatError(tree.path, `${path} holds no numbers, or too many dimensions`, GET_AGAIN);
  }
  return { ...array, type: array.type };
}
