/** The only list of learners. To add one, write its file beside this one and add an entry here. */
import { classifiedTransform } from './transforms/classified-transform';
import { coefficientContexts } from './contexts/coefficient-contexts';
import { autoencoder } from './autoencoder/autoencoder';
import { dictionary } from './dictionaries/dictionary';
import { fastIcaLearner } from './transforms/fast-ica';
import { karhunenLoeve } from './transforms/karhunen-loeve';
import { latticeWavelet } from './wavelets/lattice-wavelet';
import type { Learner } from './learner';
import { liftingSteps } from './wavelets/lifting-steps';
import { neighborNetwork } from './contexts/neighbor-network';
import { sparsifyingTransform } from './transforms/sparsifying-transform';
import { spikeWaveforms } from './dictionaries/spike-waveforms';

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
