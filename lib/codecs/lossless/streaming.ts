/**
 * Coding as an implant would: samples in, bytes out at once. The model is that of the preset `fast`; the format is in
 * `docs/format.md`.
 */
import { crc32 } from 'node:zlib';
import { ADC_CODES } from '../../recordings/adc';
import { BitstreamError, BitstreamRangeError } from '../../coding/bitstream-errors';
import { CodeModel } from './code-model';
import { FREQUENCY_TOTAL } from './frequency-coder';
import { LOSSLESS_PRESETS } from './presets';
import { SettledRange, STATE_BYTES, TOP } from './settled-range';

/** "NBS" and the version. */
const MAGIC = [0x4e, 0x42, 0x53, 1];

/**
 * All bytes that a decoder needs for a sample are out when this many more have been pushed: 0.98 ms at 19,531 Hz.
 */
export const MOST_SAMPLES_BEHIND = 19;

/** Every so many samples 16 bits check all samples until there. */
export const CHECKED_SAMPLES = 4096;

/**
 * Frequency of the end symbol, which is possible before each sample; coding that it does not come costs 2·10⁻⁵ bits.
 */
const END_SIZE = 256;
const BYTE_SIZE = FREQUENCY_TOTAL / 256;

/** State that encoder and decoder update identically. */
class StreamState {
  readonly model = new CodeModel(LOSSLESS_PRESETS.fast);
  readonly range: SettledRange;
  count = 0;
  crc = 0;
  private readonly settledAt = new Float64Array(MOST_SAMPLES_BEHIND + 1);
  private readonly sample = new Uint8Array(2);

  constructor(take: (byte: number) => void) {
    this.range = new SettledRange(take);
  }

  /** Before the code of a sample. */
  begin(): void {
    this.settledAt[this.count % this.settledAt.length] = this.range.settled;
    this.model.start();
  }

  /** After a sample. */
  end(code: number): void {
    this.model.update(code);
    this.sample[0] = code & 255;
    this.sample[1] = code >> 8;
    this.crc = crc32(this.sample, this.crc);
    this.count++;
    if (this.count <= MOST_SAMPLES_BEHIND) return;
    // After the increment this index holds the oldest entry, which the next sample overwrites.
    const needed = this.settledAt[this.count % this.settledAt.length]! + STATE_BYTES;
    while (this.range.settled < needed) this.range.force();
  }

  get checkIsDue(): boolean {
    return this.count % CHECKED_SAMPLES === 0;
  }

  get check(): readonly number[] {
    return [this.crc & 255, (this.crc >> 8) & 255];
  }
}

/** Turns samples into bytes as they come. */
export class StreamEncoder {
  private out: number[] = [...MAGIC];
  private ended = false;
  private readonly state = new StreamState((byte) => this.out.push(byte));

  /**
   * Codes samples.
   *
   * @param codes - 0…1023, as many as there are, one too
   * @returns the bytes that are final by now; with them a decoder has all samples but the last
   *   {@link MOST_SAMPLES_BEHIND}
   * @throws BitstreamRangeError for another code, before any is coded, and after {@link finish}
   */
  push(codes: Uint16Array): Uint8Array {
    if (this.ended) throw new BitstreamRangeError('This stream has ended: start another.');
    codes.forEach((code, i) => {
      if (code < ADC_CODES) return;
      throw new BitstreamRangeError(`Sample ${i} has ADC code ${code}: codes are 0…${ADC_CODES - 1}.`);
    });
    const { state } = this;
    for (const code of codes) {
      state.range.narrow(END_SIZE, FREQUENCY_TOTAL - END_SIZE);
      state.begin();
      const start = state.model.cumulative(code);
      state.range.narrow(start, state.model.cumulative(code + 1) - start);
      state.end(code);
      if (state.checkIsDue) this.writeCheck();
    }
    return this.taken();
  }

  /** @returns the last bytes */
  finish(): Uint8Array {
    if (this.ended) return new Uint8Array(0);
    this.ended = true;
    const { range } = this.state;
    range.narrow(0, END_SIZE);
    this.writeCheck();
    const last = range.settled + STATE_BYTES;
    while (range.settled < last) range.force();
    return this.taken();
  }

  private writeCheck(): void {
    for (const byte of this.state.check) this.state.range.narrow(byte * BYTE_SIZE, BYTE_SIZE);
  }

  private taken(): Uint8Array {
    const bytes = Uint8Array.from(this.out);
    this.out = [];
    return bytes;
  }
}

/** What the next bytes mean to the decoder. */
type Expected = 'magic' | 'more' | 'sample' | 'check' | 'tail' | 'end';

/** Turns bytes into samples as they come. */
export class StreamDecoder {
  /** Number of samples confirmed by a check; later ones may still be damaged. */
  confirmed = 0;
  private expected: Expected = 'magic';
  private bytesSeen = 0;
  /** Bytes that must come before the next symbol. */
  private owed = STATE_BYTES;
  private offset = 0;
  private checkPlace = 0;
  private last = false;
  private failed = false;
  private readonly state = new StreamState((byte) => this.settle(byte));
  private tail = 0;

  /** Whether the end of the stream has come. */
  get complete(): boolean {
    return this.expected === 'end';
  }

  /**
   * Takes bytes.
   *
   * @returns the samples that are known by now
   * @throws BitstreamError when no encoder wrote these bytes; then, and ever after
   */
  push(bytes: Uint8Array): Uint16Array {
    if (this.failed) throw damaged();
    const codes: number[] = [];
    try {
      for (const byte of bytes) this.takeByte(byte, codes);
    } catch (error) {
      this.failed = true;
      throw error;
    }
    return Uint16Array.from(codes);
  }

  /** @throws BitstreamError when the stream breaks off before its end */
  finish(): void {
    if (!this.complete) {
      throw new BitstreamError(
        `The stream breaks off after ${this.state.count} samples, ${this.confirmed} of them confirmed.`,
      );
    }
  }

  private takeByte(byte: number, codes: number[]): void {
    if (this.expected === 'end') throw damaged();
    if (this.expected === 'magic') {
      if (byte !== MAGIC[this.bytesSeen]) {
        throw new BitstreamError('This is no stream of version 1: it does not start with "NBS" and 1.');
      }
      if (++this.bytesSeen === MAGIC.length) this.expected = 'more';
      return;
    }
    // The part of the code above the settled bytes is gone; what is left is below 2⁴⁸.
    this.offset = (this.offset % TOP) * 256 + byte;
    this.owed--;
    while (this.owed === 0 && !this.complete) this.takeSymbol(codes);
  }

  private takeSymbol(codes: number[]): void {
    const { state } = this;
    const { range, model } = state;
    const target = Math.floor((this.offset - range.low) / range.unit);
    if (this.expected === 'tail') return this.checkTail();
    if (!(target >= 0 && target < FREQUENCY_TOTAL)) throw damaged();
    if (this.expected === 'more') {
      this.last = target < END_SIZE;
      if (this.last) {
        range.narrow(0, END_SIZE);
        this.expected = 'check';
      } else {
        range.narrow(END_SIZE, FREQUENCY_TOTAL - END_SIZE);
        state.begin();
        this.expected = 'sample';
      }
    } else if (this.expected === 'sample') {
      const code = model.find(target);
      const start = model.cumulative(code);
      range.narrow(start, model.cumulative(code + 1) - start);
      state.end(code);
      codes.push(code);
      this.expected = state.checkIsDue ? 'check' : 'more';
    } else {
      const byte = Math.floor(target / BYTE_SIZE);
      if (byte !== state.check[this.checkPlace]) throw damaged();
      range.narrow(byte * BYTE_SIZE, BYTE_SIZE);
      if (++this.checkPlace < state.check.length) return;
      this.checkPlace = 0;
      this.confirmed = state.count;
      this.expected = this.last ? 'tail' : 'more';
    }
  }

  private settle(byte: number): void {
    if (this.expected === 'tail') this.tail = this.tail * 256 + byte;
    else this.owed++;
  }

  /** The bytes behind the last symbol are those that the encoder chooses. */
  private checkTail(): void {
    const { range } = this.state;
    const last = range.settled + STATE_BYTES;
    while (range.settled < last) range.force();
    if (this.tail !== this.offset) throw damaged();
    this.expected = 'end';
  }
}

function damaged(): BitstreamError {
  return new BitstreamError('The stream is damaged: its samples do not pass their check. Start it again.');
}
