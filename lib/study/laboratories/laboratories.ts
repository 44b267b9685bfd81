/**
 * The recordings that notebook 30 compares: some of Neuralink's, and test data of the Neo project
 * (`gin.g-node.org/NeuralEnsemble/ephy_testing_data`) by other laboratories, a second or some of each, from several kinds
 * of hardware. They are third-party data and no part of this repository: whoever has them imports them as datasets.
 */
import { CorpusOptionError, IncompleteDatasetError, openCorpus, type Corpus } from '../../recordings/corpus';

/** A dataset that an import makes. */
export interface Laboratory {
  /** Name of the dataset. */
  readonly dataset: string;
  /** What digitized it. */
  readonly hardware: string;
  /** What was recorded, where it matters to a codec. */
  readonly signal: string;
  /** File or folder within the collection. */
  readonly source: string;
  /** Options of the import: few electrodes and seconds, so that all codecs are measured in minutes. */
  readonly options: string;
  /** JSON sidecar of a file without a header. */
  readonly sidecar?: string;
}

/** All of them, those of Neuralink first; their order is that of tables and of the kept results. */
export const LABORATORIES: readonly Laboratory[] = [
  {
    dataset: 'neuralink',
    hardware: 'Neuralink N1',
    signal: 'motor cortex, one wire each',
    source: 'data.zip',
    options: '',
  },
  {
    dataset: 'neuralynx',
    hardware: 'Neuralynx Cheetah',
    signal: 'five wires, three of which correlate by 0.98',
    source: 'neuralynx',
    options: '--pieces 2 --piece-seconds 1',
  },
  {
    dataset: 'openephys',
    hardware: 'Open Ephys, 40 kHz',
    signal: 'two wires',
    source: 'openephys/two-starts',
    options: '--pieces 2 --piece-seconds 1',
  },
  {
    dataset: 'openephysbinary',
    hardware: 'Open Ephys headstage, 32 channels',
    signal: 'unequal code widths modulo 16',
    source: 'openephysbinary/32ch',
    options: '--channels 0,8,16,24',
  },
  {
    dataset: 'openephysmixed',
    hardware: 'Open Ephys headstage, 4 channels',
    signal: 'four wires',
    source: 'openephysbinary/mixed',
    options: '',
  },
  {
    dataset: 'whitematter',
    hardware: 'White Matter eCube',
    signal: 'large slow waves, unequal code widths modulo 4',
    source: 'whitematter/64ch-25000.bin',
    options: '--channels 0,16,32,48 --sidecar whitematter.json',
    sidecar: '{ "recorder": "white-matter", "channels": 64, "sampleRate": 25000 }',
  },
  {
    dataset: 'biocam',
    hardware: '3Brain BioCAM',
    signal: 'a culture on a plate of electrodes',
    source: 'biocam',
    options: '--channels 0,9,18,27',
  },
  {
    dataset: 'npultra',
    hardware: 'Neuropixels Ultra',
    signal: 'action potentials, 0.17 s',
    source: 'spikeglx/np-ultra',
    options: '--channels 0,48,96,144,192,240,288,336',
  },
  {
    dataset: 'blackrock',
    hardware: 'Blackrock, 1 kHz',
    signal: 'field potentials alone, no spikes',
    source: 'blackrock/l101210-001.ns2',
    options: '',
  },
];

/** Recordings of Neuralink that are compared: about as much as the others are. */
const NEURALINK_RECORDINGS = 8;

/** The recordings of a laboratory; undefined where they are not imported. */
export function openLaboratory({ dataset }: Pick<Laboratory, 'dataset'>): Corpus | undefined {
  // A subset that the environment asks for is one of the notebook's corpus, not of these.
  const recordings = dataset === 'neuralink' ? NEURALINK_RECORDINGS : Number.MAX_SAFE_INTEGER;
  try {
    return openCorpus({ dataset, recordings });
  } catch (error) {
    if (error instanceof CorpusOptionError || error instanceof IncompleteDatasetError) return undefined;
    throw error;
  }
}

/** The command that imports a dataset, the collection being in the folder `recordings`. */
export function importCommand({ dataset, source, options }: Laboratory): string {
  if (dataset === 'neuralink') return 'npm run data -- --download';
  return `npm run data -- --from recordings/${source} --name ${dataset}${options === '' ? '' : ` ${options}`}`;
}
