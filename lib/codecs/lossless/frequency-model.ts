/**
 * Models that say how frequent each code is at the next sample, and the loops that code samples by them.
 */
import type { FrequencyDecoder, FrequencyEncoder } from './frequency-coder';

/** Frequencies of all codes, sample after sample. */
export abstract class FrequencyModel {
  /** @param codes - number of codes */
  constructor(protected readonly codes: number) {}

  /** Prepares the frequencies of the next sample. */
  abstract start(): void;

  /**
   * Sum of the frequencies of all codes below this one, after {@link start}. It rises by at least 1 from code to code, from
   * 0 to 2²⁴.
   */
  abstract cumulative(code: number): number;

  /** Learns from the code that came, after {@link start}. */
  abstract update(code: number): void;

  /** The code whose interval of cumulative frequencies contains the target. */
  find(target: number): number {
    let code = 0;
    let beyond = this.codes;
    while (beyond - code > 1) {
      const middle = (code + beyond) >> 1;
      if (this.cumulative(middle) <= target) code = middle;
      else beyond = middle;
    }
    return code;
  }

  /** Codes the next samples. */
  encode(samples: Uint16Array, encoder: FrequencyEncoder): void {
    for (let i = 0; i < samples.length; i++) {
      const code = samples[i]!;
      this.start();
      const start = this.cumulative(code);
      encoder.encode(start, this.cumulative(code + 1) - start);
      this.update(code);
    }
  }

  /** Decodes the next samples, as many as `samples` has room for. */
  decode(samples: Uint16Array, decoder: FrequencyDecoder): void {
    for (let i = 0; i < samples.length; i++) {
      this.start();
      const code = this.find(decoder.target());
      const start = this.cumulative(code);
      decoder.take(start, this.cumulative(code + 1) - start);
      samples[i] = code;
      this.update(code);
    }
  }
}
