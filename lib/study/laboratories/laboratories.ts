/**
 * The recordings of other laboratories that notebook 30 compares: test data of the Neo project
 * (`gin.g-node.org/NeuralEnsemble/ephy_testing_data`), a second or some of each, from several kinds of hardware. They are
 * third-party data and no part of this repository: whoever has them imports them as datasets.
 */

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

export const LABORATORIES: readonly Laboratory[] = [
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

/** The command that imports a dataset, the collection being in the folder `recordings`. */
export function importCommand({ dataset, source, options }: Laboratory): string {
  return `npm run data -- --from recordings/${source} --name ${dataset}${options === '' ? '' : ` ${options}`}`;
}
