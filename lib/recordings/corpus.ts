/**
 * A corpus: the set of recordings that a study is made on.
 */

/** One WAV file, one electrode. */
export interface Recording {
  /** File name without folder, `"<uuid>.wav"`. */
  readonly name: string;
  /** Absolute path of the WAV file. */
  readonly path: string;
  /** Bytes of the WAV file. */
  readonly wavBytes: number;
  /** Number of samples. */
  readonly samples: number;
  /** SHA-256 of the WAV file, hexadecimal. */
  readonly sha256: string;
}

/** A set of recordings, in the order of their names. */
export interface Corpus {
  /** Short name, also the folder under `figures/`: `"neuralink"`, `"sample"`, or `"neuralink-24"` for a subset. */
  readonly name: string;
  /** How titles name it: `"743 Neuralink recordings"`, `"synthetic sample (16 recordings)"`. */
  readonly label: string;
  /** True when the recordings were made by the generator and not by an electrode. */
  readonly synthetic: boolean;
  readonly recordings: readonly Recording[];
}
