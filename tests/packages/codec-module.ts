/**
 * `codec.wasm` as a host sees it: numbers in, numbers out, and its memory.
 */
import { engine } from '../../lib/kernels/runtime/engine';
import type { SampleArray } from '../../lib/recordings/recording-file';

/** What a call said is wrong. */
export class ModuleFault extends Error {
  override readonly name = 'ModuleFault';

  /** @param number - as `packages/assembly/faults.ts` lists them */
  constructor(readonly number: number) {
    super(`codec.wasm gave ${number}.`);
  }
}

type Functions = Readonly<Record<string, (...numbers: number[]) => number>> & {
  readonly memory: { readonly buffer: ArrayBuffer };
};

const ARRAYS = [
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Int32Array,
  Uint32Array,
  Float64Array,
  Float64Array,
  Float32Array,
  Float64Array,
] as const;

/** A channel of an opened file. */
export interface ModuleChannel {
  readonly name: string;
  readonly sampleRate: number;
  readonly unit: string;
  readonly gain: number;
  readonly offset: number;
}

/** An instance of the module. */
export class CodecModule {
  private readonly functions: Functions;

  /** @param bytes - of the module */
  constructor(bytes: Uint8Array) {
    const module = new engine.Module(bytes);
    const Instance = engine.Instance as unknown as new (of: object) => { readonly exports: Functions };
    this.functions = new Instance(module).exports;
  }

  /** Bytes of its memory. */
  get memoryBytes(): number {
    return this.functions.memory.buffer.byteLength;
  }

  /** @throws ModuleFault. @returns the number of streams */
  open(file: Uint8Array): number {
    this.put(file);
    return this.checked(this.call('openFile', file.length));
  }

  /** Samples of each channel of a stream. */
  length(stream: number): number {
    return this.call('streamSamples', stream);
  }

  channels(stream: number): ModuleChannel[] {
    return Array.from({ length: this.call('streamChannels', stream) }, (_, channel) => ({
      name: this.text('channelName', stream, channel),
      sampleRate: this.call('streamRate', stream),
      unit: this.text('channelUnit', stream, channel),
      gain: this.call('channelGain', stream, channel),
      offset: this.call('channelOffset', stream, channel),
    }));
  }

  /** A stretch of each channel. @throws ModuleFault */
  read(stream: number, from = 0, count = this.length(stream)): SampleArray[] {
    this.checked(this.call('readSamples', stream, from, count));
    const Values = ARRAYS[this.call('streamType', stream)]!;
    const bytes = this.result();
    const all = new Values(bytes.buffer as ArrayBuffer, 0, bytes.length / Values.BYTES_PER_ELEMENT);
    return Array.from({ length: this.call('streamChannels', stream) }, (_, channel) =>
      all.slice(channel * count, (channel + 1) * count),
    );
  }

  /** @throws ModuleFault */
  encode(
    samples: SampleArray,
    channels: number,
    preset: 0 | 1,
    { sampleRate = 0, maxError = 0 } = {},
  ): Uint8Array {
    const type = ARRAYS.findIndex((Values, i) => samples instanceof Values && i !== 4);
    this.put(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    const count = samples.length / channels;
    this.checked(this.call('encode', type, channels, count, preset, sampleRate, maxError));
    return this.result();
  }

  nearestDouble(digits: number, exponent: number): number {
    return this.call('nearestDouble', digits, exponent);
  }

  private put(bytes: Uint8Array): void {
    const place = this.call('reserve', bytes.length);
    new Uint8Array(this.functions.memory.buffer, place, bytes.length).set(bytes);
  }

  private result(): Uint8Array {
    const place = this.call('result') >>> 0;
    return new Uint8Array(this.functions.memory.buffer, place, this.call('resultBytes') >>> 0).slice();
  }

  private text(name: string, stream: number, channel: number): string {
    const place = this.call(name, stream, channel) >>> 0;
    const bytes = new Uint8Array(this.functions.memory.buffer, place, this.call('resultBytes') >>> 0);
    return new TextDecoder().decode(bytes.slice());
  }

  private checked(found: number): number {
    if (found < 0) throw new ModuleFault(found);
    return found;
  }

  private call(name: string, ...numbers: number[]): number {
    return this.functions[name]!(...numbers);
  }
}
