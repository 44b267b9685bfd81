/**
 * Tells the reader of a notebook that it takes only some of the recordings.
 */
import { openCorpus, type Corpus } from '../lib/recordings/corpus';
import type { DisplayData } from './session';

/** The notice for the first output of a kernel; undefined when notebooks take all recordings. */
export function subsetNotice(): DisplayData | undefined {
  if (!process.env['NEUROBASIS_RECORDINGS']) return undefined;
  let corpus: Corpus;
  try {
    corpus = openCorpus();
  } catch {
    // The cell that opens it says what is wrong.
    return undefined;
  }
  // Of a subset the name says how many it has.
  if (corpus.name === corpus.dataset) return undefined;
  const text =
    `This notebook takes ${corpus.label}, as it was asked to (\`--recordings ${corpus.recordings.length}\`): its numbers and ` +
    'figures are not those of all recordings, and `npm run check` tells them apart. Nothing is saved by itself; ' +
    '`git restore notebooks` brings back what was committed.';
  return {
    data: { 'text/markdown': `> ${text}`, 'text/plain': text },
    // By which it is recognized in a saved notebook.
    metadata: { neurobasis: { recordings: corpus.recordings.length } },
  };
}
