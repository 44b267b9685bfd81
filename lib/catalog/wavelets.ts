/**
 * Wavelets, wavelet packets, learned wavelets.
 */
import {
  BIORTHOGONAL_LEVELS,
  BIORTHOGONAL_WAVELETS,
  BiorthogonalBasis,
} from '../bases/wavelets/biorthogonal';
import { LATTICE_TAPS, LEARNED_WAVELET_LEVELS, LatticeBasis } from '../bases/wavelets/lattice';
import { LIFTING_PAIRS, LIFTING_STEP_COUNTS, LearnedLiftingBasis } from '../bases/wavelets/learned-lifting';
import { BestPacketBasis, PACKET_CHOICES, PACKET_LEVELS } from '../bases/wavelets/packets';
import {
  ORTHOGONAL_WAVELETS,
  WAVELET_BORDERS,
  WAVELET_LEVELS,
  WaveletBasis,
} from '../bases/wavelets/wavelet';
import { family, type CatalogEntry } from './family';

export const wavelets: readonly CatalogEntry[] = [
  family({
    name: 'dwt',
    title: 'Orthogonal wavelets',
    family: 'wavelet',
    learned: false,
    formatFamily: 9,
    module: 'lib/bases/wavelets/wavelet.ts',
    notebook: '07-wavelets.ipynb',
    style: { color: '#009e73', dash: 'solid', symbol: 'star' },
    parameters: [
      { name: 'wavelet', values: ORTHOGONAL_WAVELETS, bits: 7 },
      { name: 'levels', values: WAVELET_LEVELS, bits: 4 },
      { name: 'border', values: WAVELET_BORDERS, bits: 1 },
    ],
    tried: [
      ...[
        ...['db1', 'db2', 'db4', 'db8', 'db13', 'db17', 'db20', 'sym4', 'sym8', 'sym13', 'sym17', 'sym20'],
        ...['coif1', 'coif3', 'coif5', 'dmey'],
      ].map((wavelet) => [wavelet, 8, 'periodic'] as const),
      ...[2, 4, 5, 6, 7, 10].map((levels) => ['sym13', levels, 'periodic'] as const),
      ...['db4', 'sym13'].map((wavelet) => [wavelet, 8, 'symmetric'] as const),
    ],
    chosen: ['dmey', 8, 'periodic'],
    create: (wavelet, levels, border) => new WaveletBasis(wavelet, levels, border),
  }),
  family({
    name: 'biorthogonal',
    title: 'Biorthogonal wavelets',
    family: 'wavelet',
    learned: false,
    formatFamily: 10,
    module: 'lib/bases/wavelets/biorthogonal.ts',
    notebook: '08-biorthogonal.ipynb',
    style: { color: '#44aa99', dash: 'dash', symbol: 'star' },
    parameters: [
      { name: 'wavelet', values: BIORTHOGONAL_WAVELETS, bits: 7 },
      { name: 'levels', values: BIORTHOGONAL_LEVELS, bits: 4 },
    ],
    tried: [
      ...[
        ...['cdf5.3', 'cdf9.7', 'bior1.3', 'bior2.4', 'bior3.3', 'bior3.9', 'bior5.5', 'bior6.8'],
        ...['rbio1.3', 'rbio2.4', 'rbio5.5', 'rbio6.8'],
      ].map((wavelet) => [wavelet, 8] as const),
      ...[2, 4, 5, 6, 7, 10].map((levels) => ['bior6.8', levels] as const),
    ],
    chosen: ['bior6.8', 8],
    chosenForFolds: [
      ['bior6.8', 8],
      ['bior6.8', 7],
    ],
    create: (wavelet, levels) => new BiorthogonalBasis(wavelet, levels),
  }),
  family({
    name: 'packets',
    title: 'Wavelet packets',
    family: 'packets',
    learned: false,
    formatFamily: 11,
    module: 'lib/bases/wavelets/packets.ts',
    notebook: '09-packets.ipynb',
    style: { color: '#999933', dash: 'solid', symbol: 'diamond' },
    parameters: [
      { name: 'wavelet', values: ORTHOGONAL_WAVELETS, bits: 7 },
      { name: 'levels', values: PACKET_LEVELS, bits: 4 },
      { name: 'choice', values: PACKET_CHOICES, bits: 2 },
    ],
    tried: [
      ...PACKET_CHOICES.map((choice) => ['sym13', 8, choice] as const),
      ...['db2', 'sym4', 'sym8', 'sym20', 'dmey'].map((wavelet) => [wavelet, 8, 'rate'] as const),
      ...[4, 6, 7, 9].map((levels) => ['sym13', levels, 'rate'] as const),
    ],
    chosen: ['sym13', 9, 'rate'],
    create: (wavelet, levels, choice) => new BestPacketBasis(wavelet, levels, choice),
  }),
  family({
    name: 'lattice',
    title: 'Learned orthogonal wavelets (lattice)',
    family: 'learned transform',
    learned: true,
    formatFamily: 39,
    module: 'lib/bases/wavelets/lattice.ts',
    notebook: '26-learned-wavelets.ipynb',
    style: { color: '#44aa99', dash: 'solid', symbol: 'star' },
    parameters: [
      { name: 'taps', values: LATTICE_TAPS, bits: 4 },
      { name: 'levels', values: LEARNED_WAVELET_LEVELS, bits: 4 },
    ],
    tried: [
      [8, 8],
      [16, 8],
      [26, 8],
    ],
    chosen: [26, 8],
    create: (taps, levels) => new LatticeBasis(taps, levels),
  }),
  family({
    name: 'learnedlifting',
    title: 'Learned lifting steps',
    family: 'learned transform',
    learned: true,
    formatFamily: 40,
    module: 'lib/bases/wavelets/learned-lifting.ts',
    notebook: '26-learned-wavelets.ipynb',
    style: { color: '#44aa99', dash: 'dot', symbol: 'triangle-up' },
    parameters: [
      { name: 'steps', values: LIFTING_STEP_COUNTS, bits: 1 },
      { name: 'pairs', values: LIFTING_PAIRS, bits: 2 },
      { name: 'levels', values: LEARNED_WAVELET_LEVELS, bits: 4 },
    ],
    tried: [
      [2, 4, 8],
      [4, 2, 8],
    ],
    chosen: [4, 2, 8],
    create: (steps, pairs, levels) => new LearnedLiftingBasis(steps, pairs, levels),
  }),
];
