/**
 * The only list of bases. A new basis is one file beside this one, one entry here, one notebook.
 */
import { CONTEXT_BLOCK_LENGTHS } from '../bases/parts/context-coding';
import { LearnedContextsBasis } from '../bases/contexts/contexts';
import { NetworkBasis } from '../bases/contexts/network';
import type { LineStyle } from '../figures/theme';
import type { WaveletBorder } from '../kernels/wavelet';
import { CLUSTERINGS, type Clustering } from '../learning/transforms/classified-transform';
import { AUTOENCODER_KINDS, type AutoencoderKind } from '../bases/parts/autoencoder-shape';
import { DICTIONARY_METHODS, type DictionaryMethod } from '../learning/dictionaries/dictionary';
import { ICA_APPROACHES, type IcaApproach } from '../learning/transforms/fast-ica';
import { SPARSITY_OBJECTIVES, type SparsityObjective } from '../learning/transforms/sparsifying-transform';
import { allowedParameter, BasisParameterError, type AnyBasis } from '../bases/basis';
import { AUTOENCODER_LENGTHS, AutoencoderBasis } from '../bases/blocks/autoencoder';
import {
  BIORTHOGONAL_LEVELS,
  BIORTHOGONAL_WAVELETS,
  BiorthogonalBasis,
} from '../bases/wavelets/biorthogonal';
import { CLASS_COUNTS, CLASSIFIED_BLOCK_LENGTHS, ClassifiedBasis } from '../bases/blocks/classified';
import { COSINE_BLOCK_LENGTHS, CosineBasis } from '../bases/blocks/cosine';
import { DICTIONARY_BLOCK_LENGTHS, DictionaryBasis, REDUNDANCIES } from '../bases/frames/dictionary';
import { DIFFERENCE_ORDERS, DifferenceBasis } from '../bases/prediction/difference';
import {
  FOURIER_BLOCK_LENGTHS,
  FOURIER_WINDOWS,
  FourierBasis,
  type FourierWindow,
} from '../bases/blocks/fourier';
import { GaborBasis, LONG_FRAMES, SHORT_FRAMES } from '../bases/frames/gabor';
import { HAAR_LEVELS, HaarBasis } from '../bases/blocks/haar';
import { HERMITE_BLOCK_LENGTHS, HERMITE_COUNTS, HERMITE_WIDTHS, HermiteBasis } from '../bases/frames/hermite';
import { ICA_BLOCK_LENGTHS, IndependentComponentsBasis } from '../bases/blocks/ica';
import { IdentityBasis } from '../bases/blocks/identity';
import { KarhunenLoeveBasis, KLT_BLOCK_LENGTHS } from '../bases/blocks/klt';
import {
  LAPPED_BLOCK_LENGTHS,
  LAPPED_WINDOWS,
  LappedBasis,
  type LappedWindowName,
} from '../bases/blocks/lapped';
import { LATTICE_TAPS, LatticeBasis, LEARNED_WAVELET_LEVELS } from '../bases/wavelets/lattice';
import { LearnedLiftingBasis, LIFTING_PAIRS, LIFTING_STEP_COUNTS } from '../bases/wavelets/learned-lifting';
import { LEGENDRE_BLOCK_LENGTHS, LegendreBasis } from '../bases/blocks/legendre';
import { LPC_ORDERS, LpcBasis } from '../bases/prediction/lpc';
import { NLMS_ORDERS, NLMS_RATES, NlmsBasis } from '../bases/prediction/nlms';
import { OWN_KLT_BLOCK_LENGTHS, OwnKarhunenLoeveBasis } from '../bases/blocks/own-klt';
import { BestPacketBasis, PACKET_CHOICES, PACKET_LEVELS, type PacketChoice } from '../bases/wavelets/packets';
import { ATOM_PRICES } from '../bases/parts/pursuit';
import { FRAME_LENGTHS, SegmentedCosineBasis, SHORTEST_SEGMENTS } from '../bases/blocks/segments';
import { GROUP_LENGTHS, SHAPE_BLOCK_LENGTHS, ShapeGainBasis } from '../bases/blocks/shape-gain';
import { SLEPIAN_BLOCK_LENGTHS, SlepianBasis, TIME_BANDWIDTHS } from '../bases/blocks/slepian';
import { SHIFTS, STATIONARY_LEVELS, StationaryBasis } from '../bases/frames/stationary';
import { SPARSIFYING_BLOCK_LENGTHS, SparsifyingBasis } from '../bases/blocks/sparsifying';
import { BACKGROUND_LENGTHS, SpikeDictionaryBasis, WAVEFORM_COUNTS } from '../bases/frames/spikes';
import { SWITCHED_FRAME_LENGTHS, SwitchedCosineBasis } from '../bases/blocks/switched';
import { WALSH_BLOCK_LENGTHS, WalshBasis } from '../bases/blocks/walsh';
import {
  ORTHOGONAL_WAVELETS,
  WAVELET_BORDERS,
  WAVELET_LEVELS,
  WaveletBasis,
} from '../bases/wavelets/wavelet';

/** A number or a name; names have no hyphens, which separate the parameters of an id. */
export type ParameterValue = number | string;

/** One parameter of a family of bases. */
export interface BasisParameter {
  readonly name: string;
  /** All that is allowed. The header of a file holds the place in this list, so it may only grow at its end. */
  readonly values: readonly ParameterValue[];
  /** Bits that the place takes in the header. */
  readonly bits: number;
  /** Place of the first value; 0 where not given. */
  readonly firstPlace?: number;
}

/** A family of bases that differ in their parameters. */
export interface CatalogEntry {
  /** First part of the ids of its bases: `"dct"` in `"dct-256"`. */
  readonly name: string;
  /** How prose and legends call it. */
  readonly title: string;
  readonly family:
    | 'none'
    | 'prediction'
    | 'trigonometric'
    | 'walsh'
    | 'wavelet'
    | 'packets'
    | 'frame'
    | 'polynomial'
    | 'quantizer'
    | 'learned transform'
    | 'learned dictionary';
  /** Whether it was learned from recordings, be it from others or from the one that is coded. */
  readonly learned: boolean;
  /** Number of the family in the `.nbz` header; never given to another family. */
  readonly formatFamily: number;
  /** Source file, so that measurements are made again when it changes. */
  readonly module: string;
  readonly notebook: string;
  /** One look everywhere. */
  readonly style: LineStyle;
  /** In the order of the id. */
  readonly parameters: readonly BasisParameter[];
  /** Parameters that the notebook tries, a list of values each. */
  readonly tried: readonly (readonly ParameterValue[])[];
  /** The parameters that stand for the family in comparisons. */
  readonly chosen: readonly ParameterValue[];
  /**
   * @param values - one for each parameter
   * @throws BasisParameterError when there is no such basis
   */
  readonly create: (values: readonly ParameterValue[]) => AnyBasis;
}

export const catalog: readonly CatalogEntry[] = [
  {
    name: 'identity',
    title: 'Samples (no basis)',
    family: 'none',
    learned: false,
    formatFamily: 0,
    module: 'lib/bases/blocks/identity.ts',
    notebook: '01-samples.ipynb',
    style: { color: '#d55e00', dash: 'solid', symbol: 'x' },
    parameters: [],
    tried: [],
    chosen: [],
    create: () => new IdentityBasis(),
  },
  {
    name: 'dct',
    title: 'Cosine (DCT-II)',
    family: 'trigonometric',
    learned: false,
    formatFamily: 1,
    module: 'lib/bases/blocks/cosine.ts',
    notebook: '02-cosine.ipynb',
    style: { color: '#0072b2', dash: 'solid', symbol: 'circle' },
    parameters: [{ name: 'blockLength', values: COSINE_BLOCK_LENGTHS, bits: 4, firstPlace: 1 }],
    tried: [[16], [32], [64], [128], [256], [512], [1024], [2048]],
    chosen: [512],
    create: ([blockLength]) => new CosineBasis(blockLength as number),
  },
  {
    name: 'switched',
    title: 'Cosine with block switching',
    family: 'trigonometric',
    learned: false,
    formatFamily: 2,
    module: 'lib/bases/blocks/switched.ts',
    notebook: '02-cosine.ipynb',
    style: { color: '#0072b2', dash: 'dash', symbol: 'square' },
    parameters: [{ name: 'frameLength', values: SWITCHED_FRAME_LENGTHS, bits: 4 }],
    tried: [[256], [512], [1024], [2048]],
    chosen: [512],
    create: ([frameLength]) => new SwitchedCosineBasis(frameLength as number),
  },
  {
    name: 'difference',
    title: 'Differences',
    family: 'prediction',
    learned: false,
    formatFamily: 18,
    module: 'lib/bases/prediction/difference.ts',
    notebook: '03-prediction.ipynb',
    style: { color: '#e69f00', dash: 'dot', symbol: 'diamond' },
    parameters: [{ name: 'order', values: DIFFERENCE_ORDERS, bits: 2 }],
    tried: [[1], [2], [3]],
    chosen: [1],
    create: ([order]) => new DifferenceBasis(order as number),
  },
  {
    name: 'lpc',
    title: 'Linear prediction',
    family: 'prediction',
    learned: false,
    formatFamily: 3,
    module: 'lib/bases/prediction/lpc.ts',
    notebook: '03-prediction.ipynb',
    style: { color: '#e69f00', dash: 'solid', symbol: 'diamond' },
    parameters: [{ name: 'order', values: LPC_ORDERS, bits: 5 }],
    tried: [[1], [2], [4], [8], [12], [16], [24], [32]],
    chosen: [12],
    create: ([order]) => new LpcBasis(order as number),
  },
  {
    name: 'nlms',
    title: 'Adaptive prediction (NLMS)',
    family: 'prediction',
    learned: false,
    formatFamily: 4,
    module: 'lib/bases/prediction/nlms.ts',
    notebook: '03-prediction.ipynb',
    style: { color: '#e69f00', dash: 'dash', symbol: 'diamond' },
    parameters: [
      { name: 'order', values: NLMS_ORDERS, bits: 3 },
      { name: 'rate', values: NLMS_RATES, bits: 3 },
    ],
    tried: [
      [8, 0.004],
      [16, 0.001],
      [16, 0.002],
      [16, 0.004],
      [16, 0.008],
      [32, 0.002],
      [32, 0.004],
    ],
    chosen: [16, 0.004],
    create: ([order, rate]) => new NlmsBasis(order as number, rate as number),
  },
  {
    name: 'dft',
    title: 'Fourier (real DFT)',
    family: 'trigonometric',
    learned: false,
    formatFamily: 5,
    module: 'lib/bases/blocks/fourier.ts',
    notebook: '04-fourier.ipynb',
    style: { color: '#56b4e9', dash: 'solid', symbol: 'triangle-up' },
    parameters: [
      { name: 'blockLength', values: FOURIER_BLOCK_LENGTHS, bits: 4 },
      { name: 'window', values: FOURIER_WINDOWS, bits: 1 },
    ],
    tried: [
      ...[32, 64, 128, 256, 512, 1024, 2048, 4096].map((length): ParameterValue[] => [length, 'rectangular']),
      ...[128, 512, 2048].map((length): ParameterValue[] => [length, 'sine']),
    ],
    chosen: [2048, 'rectangular'],
    create: ([blockLength, window]) => new FourierBasis(blockLength as number, window as FourierWindow),
  },
  {
    name: 'mdct',
    title: 'Lapped cosine (MDCT)',
    family: 'trigonometric',
    learned: false,
    formatFamily: 6,
    module: 'lib/bases/blocks/lapped.ts',
    notebook: '05-lapped.ipynb',
    style: { color: '#332288', dash: 'solid', symbol: 'square' },
    parameters: [
      { name: 'blockLength', values: LAPPED_BLOCK_LENGTHS, bits: 4 },
      { name: 'window', values: LAPPED_WINDOWS, bits: 2 },
    ],
    tried: [
      ...[32, 64, 128, 256, 512, 1024, 2048].map((length): ParameterValue[] => [length, 'sine']),
      ...['kbd', 'vorbis'].flatMap((window) =>
        [128, 512].map((length): ParameterValue[] => [length, window]),
      ),
    ],
    chosen: [256, 'sine'],
    create: ([blockLength, window]) => new LappedBasis(blockLength as number, window as LappedWindowName),
  },
  {
    name: 'walsh',
    title: 'Walsh–Hadamard',
    family: 'walsh',
    learned: false,
    formatFamily: 7,
    module: 'lib/bases/blocks/walsh.ts',
    notebook: '06-walsh.ipynb',
    style: { color: '#cc79a7', dash: 'solid', symbol: 'cross' },
    parameters: [{ name: 'blockLength', values: WALSH_BLOCK_LENGTHS, bits: 4 }],
    tried: [[8], [16], [32], [64], [128], [256], [512], [1024]],
    chosen: [64],
    create: ([blockLength]) => new WalshBasis(blockLength as number),
  },
  {
    name: 'haar',
    title: 'Haar',
    family: 'walsh',
    learned: false,
    formatFamily: 8,
    module: 'lib/bases/blocks/haar.ts',
    notebook: '06-walsh.ipynb',
    style: { color: '#cc79a7', dash: 'dash', symbol: 'x' },
    parameters: [{ name: 'levels', values: HAAR_LEVELS, bits: 4 }],
    tried: [[1], [2], [3], [4], [6], [8], [10]],
    chosen: [6],
    create: ([levels]) => new HaarBasis(levels as number),
  },
  {
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
      ...['db1', 'db2', 'db4', 'db8', 'db13', 'db17', 'db20', 'sym4', 'sym8', 'sym13', 'sym17', 'sym20'],
      ...['coif1', 'coif3', 'coif5', 'dmey'],
    ]
      .map((wavelet): ParameterValue[] => [wavelet, 8, 'periodic'])
      .concat(
        [2, 4, 5, 6, 7, 10].map((levels) => ['sym13', levels, 'periodic']),
        ['db4', 'sym13'].map((wavelet) => [wavelet, 8, 'symmetric']),
      ),
    chosen: ['sym13', 8, 'periodic'],
    create: ([wavelet, levels, border]) =>
      new WaveletBasis(wavelet as string, levels as number, border as WaveletBorder),
  },
  {
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
      ...['cdf5.3', 'cdf9.7', 'bior1.3', 'bior2.4', 'bior3.3', 'bior3.9', 'bior5.5', 'bior6.8'],
      ...['rbio1.3', 'rbio2.4', 'rbio5.5', 'rbio6.8'],
    ]
      .map((wavelet): ParameterValue[] => [wavelet, 8])
      .concat([2, 4, 5, 6, 7, 10].map((levels) => ['bior6.8', levels])),
    chosen: ['bior6.8', 8],
    create: ([wavelet, levels]) => new BiorthogonalBasis(wavelet as string, levels as number),
  },
  {
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
      ...PACKET_CHOICES.map((choice): ParameterValue[] => ['sym13', 8, choice]),
      ...['db2', 'sym4', 'sym8', 'sym20', 'dmey'].map((wavelet) => [wavelet, 8, 'rate']),
      ...[4, 6, 7, 9].map((levels) => ['sym13', levels, 'rate']),
    ],
    chosen: ['sym13', 9, 'rate'],
    create: ([wavelet, levels, choice]) =>
      new BestPacketBasis(wavelet as string, levels as number, choice as PacketChoice),
  },
  {
    name: 'segments',
    title: 'Cosine packets (adaptive segments)',
    family: 'trigonometric',
    learned: false,
    formatFamily: 12,
    module: 'lib/bases/blocks/segments.ts',
    notebook: '11-cosine-packets.ipynb',
    style: { color: '#0072b2', dash: 'dot', symbol: 'diamond' },
    parameters: [
      { name: 'frameLength', values: FRAME_LENGTHS, bits: 4 },
      { name: 'shortest', values: SHORTEST_SEGMENTS, bits: 4 },
    ],
    tried: [
      [256, 256],
      [256, 64],
      [512, 512],
      [512, 256],
      [512, 64],
      [1024, 1024],
      [1024, 128],
      [2048, 2048],
      [2048, 128],
    ],
    chosen: [512, 64],
    create: ([frameLength, shortest]) => new SegmentedCosineBasis(frameLength as number, shortest as number),
  },
  {
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
    create: ([long, short, price]) => new GaborBasis(long as number, short as number, price as number),
  },
  {
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
    create: ([wavelet, levels, shifts, price]) =>
      new StationaryBasis(wavelet as string, levels as number, shifts as number, price as number),
  },
  {
    name: 'legendre',
    title: 'Polynomials (Legendre)',
    family: 'polynomial',
    learned: false,
    formatFamily: 15,
    module: 'lib/bases/blocks/legendre.ts',
    notebook: '13-polynomials.ipynb',
    style: { color: '#cc6677', dash: 'solid', symbol: 'circle' },
    parameters: [{ name: 'blockLength', values: LEGENDRE_BLOCK_LENGTHS, bits: 3 }],
    tried: [[8], [16], [32], [64], [128], [256]],
    chosen: [64],
    create: ([blockLength]) => new LegendreBasis(blockLength as number),
  },
  {
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
    chosen: [512, 3, 1.5],
    create: ([blockLength, count, width]) =>
      new HermiteBasis(blockLength as number, count as number, width as number),
  },
  {
    name: 'slepian',
    title: 'Slepian’s sequences',
    family: 'polynomial',
    learned: false,
    formatFamily: 17,
    module: 'lib/bases/blocks/slepian.ts',
    notebook: '13-polynomials.ipynb',
    style: { color: '#cc6677', dash: 'dot', symbol: 'diamond' },
    parameters: [
      { name: 'blockLength', values: SLEPIAN_BLOCK_LENGTHS, bits: 3 },
      { name: 'timeBandwidth', values: TIME_BANDWIDTHS, bits: 4 },
    ],
    tried: [
      [64, 1],
      [128, 1],
      [256, 1],
      [256, 2],
      [256, 4],
      [256, 8],
      [256, 16],
      [256, 64],
    ],
    chosen: [128, 1],
    create: ([blockLength, timeBandwidth]) =>
      new SlepianBasis(blockLength as number, timeBandwidth as number),
  },
  {
    name: 'shapegain',
    title: 'Shape and gain of lapped cosines',
    family: 'quantizer',
    learned: false,
    formatFamily: 19,
    module: 'lib/bases/blocks/shape-gain.ts',
    notebook: '14-quantization.ipynb',
    style: { color: '#332288', dash: 'dot', symbol: 'star' },
    parameters: [
      { name: 'blockLength', values: SHAPE_BLOCK_LENGTHS, bits: 4 },
      { name: 'groupLength', values: GROUP_LENGTHS, bits: 2 },
    ],
    tried: [
      [256, 4],
      [256, 8],
      [512, 4],
      [512, 8],
      [512, 16],
      [1024, 4],
      [1024, 8],
      [1024, 16],
    ],
    chosen: [1024, 8],
    create: ([blockLength, groupLength]) => new ShapeGainBasis(blockLength as number, groupLength as number),
  },
  {
    name: 'klt',
    title: 'Karhunen–Loève (PCA)',
    family: 'learned transform',
    learned: true,
    formatFamily: 32,
    module: 'lib/bases/blocks/klt.ts',
    notebook: '20-karhunen-loeve.ipynb',
    style: { color: '#d55e00', dash: 'dash', symbol: 'circle' },
    parameters: [{ name: 'blockLength', values: KLT_BLOCK_LENGTHS, bits: 3 }],
    tried: [[16], [32], [64], [128], [256], [512]],
    chosen: [256],
    create: ([blockLength]) => new KarhunenLoeveBasis(blockLength as number),
  },
  {
    name: 'ownklt',
    title: 'Karhunen–Loève of each recording',
    family: 'learned transform',
    learned: true,
    formatFamily: 36,
    module: 'lib/bases/blocks/own-klt.ts',
    notebook: '20-karhunen-loeve.ipynb',
    style: { color: '#d55e00', dash: 'dot', symbol: 'square' },
    parameters: [{ name: 'blockLength', values: OWN_KLT_BLOCK_LENGTHS, bits: 2 }],
    tried: [[8], [16], [32]],
    chosen: [8],
    create: ([blockLength]) => new OwnKarhunenLoeveBasis(blockLength as number),
  },
  {
    name: 'sparsifying',
    title: 'Orthogonal sparsifying transform',
    family: 'learned transform',
    learned: true,
    formatFamily: 33,
    module: 'lib/bases/blocks/sparsifying.ts',
    notebook: '22-sparsifying.ipynb',
    style: { color: '#009e73', dash: 'dash', symbol: 'square' },
    parameters: [
      { name: 'blockLength', values: SPARSIFYING_BLOCK_LENGTHS, bits: 3 },
      { name: 'objective', values: SPARSITY_OBJECTIVES, bits: 1 },
    ],
    tried: [
      [16, 'count'],
      [16, 'rate'],
      [32, 'rate'],
      [64, 'count'],
      [64, 'rate'],
      [128, 'rate'],
    ],
    chosen: [64, 'rate'],
    create: ([blockLength, objective]) =>
      new SparsifyingBasis(blockLength as number, objective as SparsityObjective),
  },
  {
    name: 'ica',
    title: 'Independent components (FastICA)',
    family: 'learned transform',
    learned: true,
    formatFamily: 34,
    module: 'lib/bases/blocks/ica.ts',
    notebook: '22-sparsifying.ipynb',
    style: { color: '#009e73', dash: 'dot', symbol: 'triangle-up' },
    parameters: [
      { name: 'blockLength', values: ICA_BLOCK_LENGTHS, bits: 3 },
      { name: 'approach', values: ICA_APPROACHES, bits: 1 },
    ],
    tried: [
      [16, 'symmetric'],
      [16, 'deflation'],
      [32, 'symmetric'],
      [64, 'symmetric'],
    ],
    chosen: [16, 'symmetric'],
    create: ([blockLength, approach]) =>
      new IndependentComponentsBasis(blockLength as number, approach as IcaApproach),
  },
  {
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
    create: ([taps, levels]) => new LatticeBasis(taps as number, levels as number),
  },
  {
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
    create: ([steps, pairs, levels]) =>
      new LearnedLiftingBasis(steps as number, pairs as number, levels as number),
  },
  {
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
    create: ([blockLength, redundancy, method]) =>
      new DictionaryBasis(blockLength as number, redundancy as number, method as DictionaryMethod),
  },
  {
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
    create: ([backgroundLength, count]) =>
      new SpikeDictionaryBasis(backgroundLength as number, count as number),
  },
  {
    name: 'classified',
    title: 'Classified Karhunen–Loève',
    family: 'learned transform',
    learned: true,
    formatFamily: 38,
    module: 'lib/bases/blocks/classified.ts',
    notebook: '25-classified.ipynb',
    style: { color: '#d55e00', dash: 'dashdot', symbol: 'diamond' },
    parameters: [
      { name: 'blockLength', values: CLASSIFIED_BLOCK_LENGTHS, bits: 3 },
      { name: 'classes', values: CLASS_COUNTS, bits: 3 },
      { name: 'clustering', values: CLUSTERINGS, bits: 1 },
    ],
    tried: [
      [64, 4, 'kmeans'],
      [64, 4, 'mixture'],
      [64, 16, 'kmeans'],
      [128, 4, 'kmeans'],
    ],
    chosen: [64, 16, 'kmeans'],
    create: ([blockLength, classes, clustering]) =>
      new ClassifiedBasis(blockLength as number, classes as number, clustering as Clustering),
  },
  {
    name: 'contexts',
    title: 'Learned contexts over lapped cosines',
    family: 'quantizer',
    learned: true,
    formatFamily: 43,
    module: 'lib/bases/contexts/contexts.ts',
    notebook: '28-contexts.ipynb',
    style: { color: '#0072b2', dash: 'dashdot', symbol: 'star' },
    parameters: [{ name: 'blockLength', values: CONTEXT_BLOCK_LENGTHS, bits: 1 }],
    tried: [[256]],
    chosen: [256],
    create: ([blockLength]) => new LearnedContextsBasis(blockLength as number),
  },
  {
    name: 'network',
    title: 'Network over lapped cosines',
    family: 'quantizer',
    learned: true,
    formatFamily: 44,
    module: 'lib/bases/contexts/network.ts',
    notebook: '29-network.ipynb',
    style: { color: '#cc79a7', dash: 'longdash', symbol: 'star' },
    parameters: [{ name: 'blockLength', values: CONTEXT_BLOCK_LENGTHS, bits: 1 }],
    tried: [[256]],
    chosen: [256],
    create: ([blockLength]) => new NetworkBasis(blockLength as number),
  },
  {
    name: 'autoencoder',
    title: 'Autoencoder',
    family: 'learned transform',
    learned: true,
    formatFamily: 41,
    module: 'lib/bases/blocks/autoencoder.ts',
    notebook: '27-autoencoders.ipynb',
    style: { color: '#999933', dash: 'dot', symbol: 'cross' },
    parameters: [
      { name: 'kind', values: AUTOENCODER_KINDS, bits: 1 },
      { name: 'length', values: AUTOENCODER_LENGTHS, bits: 2 },
    ],
    tried: [
      ['linear', 32],
      ['linear', 64],
      ['convolutional', 64],
    ],
    chosen: ['convolutional', 64],
    create: ([kind, length]) => new AutoencoderBasis(kind as AutoencoderKind, length as number),
  },
];

/** A family and the parameters that name one basis of it. */
export interface NamedBasis {
  readonly entry: CatalogEntry;
  readonly values: readonly ParameterValue[];
}

/** Id of the basis of a family with these parameters. */
export function basisId(entry: CatalogEntry, values: readonly ParameterValue[] = entry.chosen): string {
  return [entry.name, ...values].join('-');
}

/** Family and parameters of an id; undefined when the catalog has no such basis. */
export function parseBasisId(id: string): NamedBasis | undefined {
  const [name, ...words] = id.split('-');
  const entry = catalog.find((candidate) => candidate.name === name);
  if (!entry || words.length !== entry.parameters.length) return undefined;
  const values: ParameterValue[] = [];
  for (const [i, { values: allowed }] of entry.parameters.entries()) {
    const value = allowed.find((candidate) => String(candidate) === words[i]);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return { entry, values };
}

/** The entry of a basis's id; undefined when the catalog has no such basis. */
export function catalogEntryOf(id: string): CatalogEntry | undefined {
  return parseBasisId(id)?.entry;
}

/**
 * The family and the parameters that an id names.
 *
 * @throws BasisParameterError that lists what there is
 */
export function findBasis(id: string): NamedBasis {
  const found = parseBasisId(id);
  if (found) return found;
  const [name, ...words] = id.split('-');
  const entry = catalog.find((candidate) => candidate.name === name);
  if (entry && words.length === entry.parameters.length) {
    for (const [i, { name: parameter, values }] of entry.parameters.entries()) {
      allowedParameter(`${parameter} in "${id}"`, words[i]!, values.map(String));
    }
  }
  if (entry) {
    const form = [entry.name, ...entry.parameters.map((parameter) => parameter.name)].join('-');
    throw new BasisParameterError(`There is no basis "${id}": write ${form}, such as ${basisId(entry)}.`);
  }
  throw new BasisParameterError(
    `There is no basis "${id}". The catalog has ${catalog.map((known) => basisId(known)).join(', ')}` +
      ' (what follows the names are parameters).',
  );
}

/** Builds a basis from its id. @throws BasisParameterError when there is none such */
export function basisFromId(id: string): AnyBasis {
  const { entry, values } = findBasis(id);
  return entry.create(values);
}

/** Names and values of the parameters of a basis. */
export function namedParameters({ entry, values }: NamedBasis): Record<string, ParameterValue> {
  return Object.fromEntries(entry.parameters.map(({ name }, i) => [name, values[i]!]));
}

/** The number in the header of a file that stands for parameters: their places, `bits` each, the first lowest. */
export function formatParameter({ entry, values }: NamedBasis): number {
  let number = 0;
  let scale = 1;
  for (const [i, { values: allowed, bits, firstPlace = 0 }] of entry.parameters.entries()) {
    number += scale * (firstPlace + allowed.indexOf(values[i]!));
    scale *= 2 ** bits;
  }
  return number;
}

/** The basis that a file's header names; undefined when there is none such. */
export function basisFromFormat(family: number, parameter: number): AnyBasis | undefined {
  const entry = catalog.find(({ formatFamily }) => formatFamily === family);
  if (!entry) return undefined;
  const values: ParameterValue[] = [];
  let rest = parameter;
  for (const { values: allowed, bits, firstPlace = 0 } of entry.parameters) {
    const value = allowed[(rest % 2 ** bits) - firstPlace];
    if (value === undefined) return undefined;
    values.push(value);
    rest = Math.floor(rest / 2 ** bits);
  }
  // One number for each basis, so that what a header says is never ignored.
  if (rest !== 0) return undefined;
  try {
    return entry.create(values);
  } catch (error) {
    // Each parameter is allowed, but not all of them together.
    if (error instanceof BasisParameterError) return undefined;
    throw error;
  }
}
