/** Speed of the streaming encoder as in an implant: many channels, one sample of each in turn. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { LosslessCodec } from '../lib/codecs/lossless/lossless-codec';
import { StreamDecoder, StreamEncoder } from '../lib/codecs/lossless/streaming';
import { openCorpus, readCodes } from '../lib/recordings/corpus';
import { quantile } from '../lib/numerics/statistics';
import { TYPESCRIPT_ARGUMENTS } from '../kernel/notebook-process';

const CHANNELS = 1024;
const SAMPLES_PER_SECOND = 20_000;
const TICKS = 1000;

/** Results of one core. */
interface CoreSpeed {
  readonly channels: number;
  /** Samples a second, over all its channels. */
  readonly samplesPerSecond: number;
  /** Milliseconds for one sample of each channel: median and 99th percentile. */
  readonly tick: number;
  readonly slowTick: number;
  /** Bytes of memory for each channel. */
  readonly bytesPerChannel: number;
}

/** Results of all cores, and the cost of streaming against the whole-recording codec. */
export interface RealTimeSpeed {
  readonly cores: readonly CoreSpeed[];
  /** Number of channels at {@link SAMPLES_PER_SECOND} that these cores can encode in real time. */
  readonly channelsInRealTime: number;
  readonly recordings: number;
  readonly streamBytes: number;
  readonly fastBytes: number;
  /** Largest lag of a decoder, in samples. */
  readonly mostBehind: number;
}

function runCore(channels: number): CoreSpeed {
  const { recordings } = openCorpus();
  const signals = Array.from({ length: channels }, (_, i) => readCodes(recordings[i % recordings.length]!));
  globalThis.gc?.();
  const before = process.memoryUsage();
  const encoders = signals.map(() => new StreamEncoder());
  globalThis.gc?.();
  const after = process.memoryUsage();
  const held = (usage: NodeJS.MemoryUsage): number => usage.heapUsed + usage.arrayBuffers;
  const ticks: number[] = [];
  const start = performance.now();
  for (let tick = 0; tick < TICKS; tick++) {
    const tickStart = performance.now();
    for (let channel = 0; channel < channels; channel++) {
      encoders[channel]!.push(signals[channel]!.subarray(tick, tick + 1));
    }
    ticks.push(performance.now() - tickStart);
  }
  const seconds = (performance.now() - start) / 1000;
  return {
    channels,
    samplesPerSecond: (channels * TICKS) / seconds,
    tick: quantile(ticks, 0.5)!,
    slowTick: quantile(ticks, 0.99)!,
    bytesPerChannel: (held(after) - held(before)) / channels,
  };
}

function startCore(channels: number): Promise<CoreSpeed> {
  return new Promise((resolve, reject) => {
    const child = fork(__filename, [String(channels)], {
      execArgv: [...TYPESCRIPT_ARGUMENTS, '--expose-gc'],
    });
    child.on('message', (speed: CoreSpeed) => resolve(speed));
    child.on('error', reject);
    child.on('exit', (code) => code !== 0 && reject(new Error(`a core ended with ${code}`)));
  });
}

/** Measures {@link CHANNELS} channels on all cores, then file sizes and delay on recordings. */
export async function measureRealTime(count: number): Promise<RealTimeSpeed> {
  const number = availableParallelism();
  const cores = await Promise.all(
    Array.from({ length: number }, () => startCore(Math.ceil(CHANNELS / number))),
  );
  const fast = new LosslessCodec('fast');
  let streamBytes = 0;
  let fastBytes = 0;
  let mostBehind = 0;
  const { recordings } = openCorpus({ recordings: count });
  for (const recording of recordings) {
    const codes = readCodes(recording);
    fastBytes += fast.encode(codes, 0).bytes.length;
    const encoder = new StreamEncoder();
    const decoder = new StreamDecoder();
    let known = 0;
    for (let i = 0; i < codes.length; i++) {
      const bytes = encoder.push(codes.subarray(i, i + 1));
      streamBytes += bytes.length;
      for (const code of decoder.push(bytes))
        if (code !== codes[known++]) throw new Error('came back changed');
      mostBehind = Math.max(mostBehind, i + 1 - known);
    }
    const last = encoder.finish();
    streamBytes += last.length;
    known += decoder.push(last).length;
    decoder.finish();
    if (known !== codes.length) throw new Error(`${known} of ${codes.length} samples came back`);
  }
  const all = cores.reduce((sum, { samplesPerSecond }) => sum + samplesPerSecond, 0);
  const channelsInRealTime = Math.floor(all / SAMPLES_PER_SECOND);
  return { cores, channelsInRealTime, recordings: recordings.length, streamBytes, fastBytes, mostBehind };
}

const asked = process.argv[2];
if (process.send && asked !== undefined)
  process.send(runCore(Number(asked)), undefined, undefined, () => process.exit());
