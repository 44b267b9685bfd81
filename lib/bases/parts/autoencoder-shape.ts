/**
 * Shapes of an autoencoder's arrays. Its learner and its basis share them: a change makes learned models unreadable.
 */

/** One matrix on each side, or convolutions with a nonlinear layer. */
export const AUTOENCODER_KINDS = ['linear', 'convolutional'] as const;
export type AutoencoderKind = (typeof AUTOENCODER_KINDS)[number];

/** Frames that a nonlinear layer sees in every channel: the frame before, its own, the frame after. */
export const FRAMES_SEEN = 3;

/** Units of a nonlinear layer; fewer where frames are long, so that a model stays small. */
export function hiddenUnits(hop: number): number {
  return Math.max(8, 2048 / hop);
}

/** Rows and columns of the matrices of an autoencoder, by name; a bias is a matrix of one row. */
export type Shapes = Readonly<Record<string, readonly [rows: number, columns: number]>>;

/**
 * Shapes for blocks of N samples with K latents: `analysis` (N × K) and `synthesis` (K × N).
 */
export function linearShapes(length: number, latents: number = length): Shapes {
  return { analysis: [length, latents], synthesis: [latents, length] };
}

/**
 * Shapes for frames of 2M samples, M apart: `analysis` (2M × M), `synthesis` (M × 2M), and for each side a nonlinear
 * layer of `In` (3M × H), `Bias` (1 × H) and `Out` (H × M).
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
