/**
 * The only list of learners. A new one is a file beside this one, and an entry here.
 */
import { classifiedTransform } from './classified-transform';
import { coefficientContexts } from './coefficient-contexts';
import { autoencoder } from './autoencoder';
import { dictionary } from './dictionary';
import { fastIcaLearner } from './fast-ica';
import { karhunenLoeve } from './karhunen-loeve';
import { latticeWavelet } from './lattice-wavelet';
import type { Learner } from './learner';
import { liftingSteps } from './lifting-steps';
import { neighborNetwork } from './neighbor-network';
import { sparsifyingTransform } from './sparsifying-transform';
import { spikeWaveforms } from './spike-waveforms';

export const learners: readonly Learner[] = [
  karhunenLoeve,
  sparsifyingTransform,
  fastIcaLearner,
  dictionary,
  spikeWaveforms,
  classifiedTransform,
  latticeWavelet,
  liftingSteps,
  coefficientContexts,
  neighborNetwork,
  autoencoder,
];
