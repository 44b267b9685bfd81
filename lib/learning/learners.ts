/**
 * The only list of learners. A new one is a file beside this one, and an entry here.
 */
import { autoencoder } from './autoencoder';
import { dictionary } from './dictionary';
import { fastIcaLearner } from './fast-ica';
import { karhunenLoeve } from './karhunen-loeve';
import type { Learner } from './learner';
import { sparsifyingTransform } from './sparsifying-transform';
import { spikeWaveforms } from './spike-waveforms';

export const learners: readonly Learner[] = [
  karhunenLoeve,
  sparsifyingTransform,
  fastIcaLearner,
  dictionary,
  spikeWaveforms,
  autoencoder,
];
