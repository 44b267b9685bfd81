import type { Samples } from './types';

/** Options of the codec in the metadata of an array. */
export interface NeurobasisConfiguration {
  /** `"best"` unless given, or `"fast"`. */
  readonly preset?: 'best' | 'fast';
  /** Largest error of any sample, in the values of the samples; 0 unless given. */
  readonly max_error?: number;
}

/** A chunk as zarrita hands it over. */
export interface ZarrChunk {
  readonly data: Samples;
  readonly shape: number[];
  readonly stride: number[];
}

/** What zarrita says of an array. */
export interface ZarrArrayFacts {
  readonly dataType: string;
  readonly shape: readonly number[];
}
