/**
 * What an autoencoder consists of, which its learner and its basis have to agree on.
 */

/** One matrix on each side, or convolutions with a nonlinear layer. */
export const AUTOENCODER_KINDS = ['linear', 'convolutional'] as const;
export type AutoencoderKind = (typeof AUTOENCODER_KINDS)[number];

/** Frames that a nonlinear layer sees of every channel: the one before, its own, the one after. */
export const FRAMES_SEEN = 3;

/** Units of a nonlinear layer; fewer where frames are long, so that a model stays small. */
export function hiddenUnits(hop: number): number {
  return Math.max(8, 2048 / hop);
}

/** Rows and columns of the matrices of an autoencoder, by name; a bias is a matrix of one row. */
export type Shapes = Readonly<Record<string, readonly [rows: number, columns: number]>>;

/**
 * Of blocks of N samples with K latents: `analysis` (N × K) and `synthesis` (K × N).
 */
export function linearShapes(length: number, latents: number = length): Shapes {
  return { analysis: [length, latents], synthesis: [latents, length] };
}

/**
 * Of frames of 2M samples, M apart: `analysis` (2M × M), `synthesis` (M × 2M), and for each side a nonlinear layer: `In`
 * (3M × H), `Bias` (1 × H) and `Out` (H × M).
 */
export function convolutionalShapes(hop: number): Shapes {
  const hidden = hiddenUnits(hop);
  return {
    analysis: [2 * hop, hop],
    analysisIn: [FRAMES_SEEN * hop, hidden],
    analysisBias: [1, hidden],
    analysisOut: [hidden, hop],
    synthesisIn: [FRAMES_SEEN * hop, hidden],
    synthesisBias: [1, hidden],
    synthesisOut: [hidden, hop],
    synthesis: [hop, 2 * hop],
  };
}
