/**
 * All commands, each with what it does: the list of `npm run help` and the first line of each `--help`.
 */
export const COMMANDS = {
  reproduce: 'runs the notebooks whose inputs have changed, and keeps their figures, results and outputs',
  data: "lists the datasets, fetches the challenge's recordings, imports those of any laboratory",
  lab: 'opens JupyterLab with the kernel of this project, for this project only',
  sweep: 'measures bases on a corpus, as a notebook does',
  jobs: 'lists what an engine for workflows has to run: models to learn, codecs to measure',
  learn: 'learns the models of learned bases, each on one half of the recordings and on the other',
  figure: 'draws a saved figure at the size that it has in a paper',
  encode: 'makes one .nbz file of one recording, in any format that is read',
  decode: 'makes the recording of one .nbz file again',
  new: 'writes the files of a new basis, which run at once and are to be filled in',
  extract: 'moves a function that proved itself in a notebook into the library',
  uses: 'lists which notebooks and modules use what of a module',
  test: 'runs the tests, small files together in one process',
  check: 'checks everything that has to hold of what is committed',
  format: 'lays out all files as the checks want them, and mends what the linter can mend',
  bench: 'measures the kernels beside their Python peers',
  compare: 'measures compressors of other projects at their best, on the same recordings',
  'compare:zarr': 'measures the codec of Zarr arrays beside the others that there are',
  'build:challenge': 'makes the programs of the challenge, encode and decode',
  'build:packages': 'makes the packages of the codec, for npm and for Python',
  evaluate: 'sends each recording through both programs of the challenge, which must give it back',
  fuzz: 'gives damaged and odd files to every program that reads a file',
  help: 'prints this list',
} as const satisfies Readonly<Record<string, string>>;

export type CommandName = keyof typeof COMMANDS;
