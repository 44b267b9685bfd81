/**
 * Overcomplete families: pursuits, dictionaries, functions at spikes.
 */
import {
  DICTIONARY_BLOCK_LENGTHS,
  DICTIONARY_METHODS,
  DictionaryBasis,
  REDUNDANCIES,
} from '../bases/frames/dictionary';
import { GaborBasis, LONG_FRAMES, SHORT_FRAMES } from '../bases/frames/gabor';
import { HERMITE_BLOCK_LENGTHS, HERMITE_COUNTS, HERMITE_WIDTHS, HermiteBasis } from '../bases/frames/hermite';
import { BACKGROUND_LENGTHS, SpikeDictionaryBasis, WAVEFORM_COUNTS } from '../bases/frames/spikes';
import { SHIFTS, STATIONARY_LEVELS, StationaryBasis } from '../bases/frames/stationary';
import { ATOM_PRICES } from '../bases/parts/pursuit';
import { ORTHOGONAL_WAVELETS } from '../bases/wavelets/wavelet';
import { family, type CatalogEntry } from './family';

export const frames: readonly CatalogEntry[] = [
  family({
    name: 'gabor',
    title: 'Long and short cosines (matching pursuit)',
    family: 'frame',
    learned: false,
    formatFamily: 13,
    module: 'lib/bases/frames/gabor.ts',
    notebook: '12-frames.ipynb',
    style: { color: '#882255', dash: 'solid', symbol: 'circle' },
    parameters: [
      { name: 'long', values: LONG_FRAMES, bits: 3 },
      { name: 'short', values: SHORT_FRAMES, bits: 3 },
      { name: 'price', values: ATOM_PRICES, bits: 3 },
    ],
    tried: [
      [512, 4, 0],
      [512, 4, 16],
      [512, 8, 16],
      [512, 16, 16],
      [512, 64, 16],
      [256, 4, 16],
      [1024, 4, 16],
    ],
    chosen: [256, 4, 16],
    create: (long, short, price) => new GaborBasis(long, short, price),
  }),
  family({
    name: 'stationary',
    title: 'Stationary wavelets (matching pursuit)',
    family: 'frame',
    learned: false,
    formatFamily: 14,
    module: 'lib/bases/frames/stationary.ts',
    notebook: '12-frames.ipynb',
    style: { color: '#882255', dash: 'dash', symbol: 'square' },
    parameters: [
      { name: 'wavelet', values: ORTHOGONAL_WAVELETS, bits: 7 },
      { name: 'levels', values: STATIONARY_LEVELS, bits: 4 },
      { name: 'shifts', values: SHIFTS, bits: 4 },
      { name: 'price', values: ATOM_PRICES, bits: 3 },
    ],
    tried: [
      ['sym13', 8, 2, 0],
      ['sym13', 8, 2, 16],
      ['sym13', 8, 2, 24],
      ['sym13', 8, 4, 16],
      ['sym13', 8, 8, 16],
      ['sym4', 8, 2, 16],
      ['sym4', 8, 8, 16],
    ],
    chosen: ['sym13', 8, 2, 24],
    create: (wavelet, levels, shifts, price) => new StationaryBasis(wavelet, levels, shifts, price),
  }),
  family({
    name: 'hermite',
    title: 'Hermite functions at spikes',
    family: 'polynomial',
    learned: false,
    formatFamily: 16,
    module: 'lib/bases/frames/hermite.ts',
    notebook: '13-polynomials.ipynb',
    style: { color: '#cc6677', dash: 'dash', symbol: 'square' },
    parameters: [
      { name: 'blockLength', values: HERMITE_BLOCK_LENGTHS, bits: 3 },
      { name: 'count', values: HERMITE_COUNTS, bits: 3 },
      { name: 'width', values: HERMITE_WIDTHS, bits: 4 },
    ],
    tried: [
      [512, 3, 1],
      [512, 1, 1.5],
      [512, 2, 1.5],
      [512, 3, 1.5],
      [512, 5, 1.5],
      [512, 3, 2],
      [512, 3, 3],
      [512, 3, 5],
    ],
    chosen: [512, 1, 1.5],
    chosenForFolds: [
      [512, 1, 1.5],
      [512, 5, 1.5],
    ],
    create: (blockLength, count, width) => new HermiteBasis(blockLength, count, width),
  }),
  family({
    name: 'dictionary',
    title: 'Learned dictionary',
    family: 'learned dictionary',
    learned: true,
    formatFamily: 37,
    module: 'lib/bases/frames/dictionary.ts',
    notebook: '23-dictionaries.ipynb',
    style: { color: '#882255', dash: 'dot', symbol: 'diamond' },
    parameters: [
      { name: 'blockLength', values: DICTIONARY_BLOCK_LENGTHS, bits: 3 },
      { name: 'redundancy', values: REDUNDANCIES, bits: 2 },
      { name: 'method', values: DICTIONARY_METHODS, bits: 1 },
    ],
    tried: [
      [32, 1, 'ksvd'],
      [32, 2, 'ksvd'],
      [32, 4, 'ksvd'],
      [32, 2, 'online'],
      [64, 2, 'ksvd'],
    ],
    chosen: [32, 2, 'ksvd'],
    create: (blockLength, redundancy, method) => new DictionaryBasis(blockLength, redundancy, method),
  }),
  family({
    name: 'spikes',
    title: 'Learned spikes over lapped cosines',
    family: 'learned dictionary',
    learned: true,
    formatFamily: 35,
    module: 'lib/bases/frames/spikes.ts',
    notebook: '24-spikes.ipynb',
    style: { color: '#56b4e9', dash: 'dash', symbol: 'star' },
    parameters: [
      { name: 'backgroundLength', values: BACKGROUND_LENGTHS, bits: 3 },
      { name: 'count', values: WAVEFORM_COUNTS, bits: 3 },
    ],
    tried: [
      [256, 1],
      [256, 4],
      [256, 16],
      [512, 4],
    ],
    chosen: [256, 16],
    create: (backgroundLength, count) => new SpikeDictionaryBasis(backgroundLength, count),
  }),
];
