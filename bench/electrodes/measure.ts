/**
 * Bases across electrodes on the arrays of several laboratories: bytes saved, bounds, growth with channels and distance.
 * Results are numbers alone; the recordings are third-party data. With the collection in the folder `recordings`:
 *
 *     npm run data -- --from recordings/openephysbinary/32ch --name openephys32
 *     npm run data -- --from recordings/whitematter/64ch-25000.bin --name whitematter24 --sidecar whitematter.json
 *     npm run data -- --from recordings/neuralynx --name neuralynx5 --pieces 8 --piece-seconds 1
 *     npm run data -- --from recordings/biocam --name biocam24
 *     npm run data -- --from recordings/spikeglx/np-ultra --name npultra24
 *     npm run data -- --from recordings/spikeglx/np-ultra --name npultradense --channels 0-31
 *     node --require ./tools/loader.cjs bench/electrodes/measure.ts sample neuralink openephys32 …
 *
 * where whitematter.json is `{ "recorder": "white-matter", "channels": 64, "sampleRate": 25000 }`. Writes
 * `bench/electrodes/arrays.json`, and with it the tables of `docs/space.md`; datasets that are not named stay. `--tables`
 * writes the tables alone.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { writeWhole } from '../../lib/files/write-whole';
import { openCorpus } from '../../lib/recordings/corpus';
import { ARRAY_FILE, arrayResultsText, readArrayResults } from '../../lib/study/space/array-results';
import { SPACE_PAGE, withArrayTables } from '../../lib/study/space/array-tables';
import { electrodeGroups, partOfGroup, type GroupCorpus } from '../../lib/study/space/electrode-groups';
import { measureArray } from '../../lib/study/space/measure-array';

/** Electrodes of a Neuropixels Ultra probe (NP1100) lie in 8 columns, 6 µm apart both ways, row after row. */
const COLUMNS = 8;
const PITCH = 6;

/**
 * Groups with the places of electrodes that the file leaves out: those of Neuropixels Ultra follow from their numbers
 * (Z. Ye et al., "Ultra-high density electrodes improve detection, yield, and cell type identification in neuronal
 * recordings", bioRxiv, 2023; correlations of the recording peak at every eighth electrode, too).
 */
function withPlaces(corpus: GroupCorpus): GroupCorpus {
  if (!corpus.dataset.startsWith('npultra')) return corpus;
  const groups = corpus.groups.map((group) => {
    const places = group.electrodes.map((name) => {
      const site = Number(name.replace(/\D/g, ''));
      return { x: PITCH * (site % COLUMNS), y: PITCH * Math.floor(site / COLUMNS) };
    });
    return partOfGroup(
      { ...group, places },
      group.codes.map((_, c) => c),
    );
  });
  return { ...corpus, groups };
}

/** Order of the arrays in the file, and so in tables and figures. */
const ORDER = [
  'openephys32',
  'whitematter24',
  'neuralynx5',
  'biocam24',
  'npultra24',
  'npultradense',
  'neuralink',
  'sample',
];

async function main(names: readonly string[]): Promise<void> {
  const root = projectRoot();
  for (const name of names.filter((one) => one !== '--tables')) {
    console.log(name);
    const result = await measureArray(withPlaces(electrodeGroups(openCorpus({ dataset: name }))));
    const others = readArrayResults().filter(({ dataset }) => dataset !== name);
    const place = ({ dataset }: { readonly dataset: string }): number => ORDER.indexOf(dataset);
    const all = [...others, result].sort((a, b) => place(a) - place(b));
    writeWhole(join(root, ARRAY_FILE), arrayResultsText(all));
  }
  const page = join(root, SPACE_PAGE);
  writeWhole(page, withArrayTables(readFileSync(page, 'utf8'), readArrayResults()));
}

void main(process.argv.slice(2));
