import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { readNotebook, serializeNotebook, type Notebook } from '../../kernel/notebook';
import { subsetNotice } from '../../kernel/subset-notice';
import { rebuildGallery } from '../../lib/figures/gallery/gallery';
import { corpusHash } from '../../lib/recordings/corpus';
import { hashCurves, mergeCurves, writeResults, type Curve } from '../../lib/results/results';
import { findDisagreements, type AgreementPlaces } from '../../tools/check/agreement';
import { fingerprint, namedChanges } from '../../tools/reproduce/fingerprint';
import { hashExecuted, NOTEBOOK_LIMIT } from '../../tools/reproduce/notebook-file';
import { hashFile, readProvenance, writeProvenance } from '../../tools/reproduce/provenance';
import { PEERS_FILE, writePeers } from '../../lib/results/peers';
import { LABORATORY_FILE } from '../../lib/results/outputs';
import type { Verdict } from '../../lib/results/verdict';
import { ARRAY_FILE } from '../../lib/study/space/array-results';
import { readmeOf, resultsPage, withFigure, withResults, withVerdict } from '../../tools/reproduce/readme';

const folder = mkdtempSync(join(tmpdir(), 'agreement-'));
after(() => rmSync(folder, { recursive: true }));

const places: AgreementPlaces = {
  notebooks: join(folder, 'notebooks'),
  figures: join(folder, 'figures'),
  manifest: join(folder, 'manifest.tsv'),
  readme: join(folder, 'README.md'),
  resultsPage: join(folder, 'results.md'),
};
const NAME = '01-samples.ipynb';
const notebookPath = join(places.notebooks, NAME);
const resultsPath = join(places.figures, 'results.json');
const entry = { name: 'a.wav', bytes: 48, samples: 2, standardDeviation: 1, sha256: 'a'.repeat(64) };
const dataset = {
  name: 'neuralink',
  label: '1 recording',
  synthetic: false,
  recordings: 1,
  samples: 2,
  wavBytes: 48,
  sha256: corpusHash({ recordings: [entry] }),
};
const curve: Curve = {
  basis: 'identity',
  parameters: {},
  family: 'none',
  learned: false,
  notebook: NAME,
  points: [],
  lossless: null,
  delayMs: 0,
  multiplyAddsPerSample: 0,
};

const EMPTY_README = `Before.
<!-- results:start (made by npm run reproduce) -->
<!-- results:end -->
After.
`;

const NOTEBOOK: Notebook = {
  cells: [
    { cell_type: 'markdown', id: 'text', metadata: {}, source: 'Words.' },
    {
      cell_type: 'code',
      id: 'code',
      metadata: {},
      source: `import { projectRoot } from './lib/files/project-root';\n1 + 1`,
      execution_count: 1,
      outputs: [
        { output_type: 'execute_result', data: { 'text/plain': '2' }, metadata: {}, execution_count: 1 },
      ],
    },
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
};

function writeNotebook(change: (cells: Notebook['cells']) => void): void {
  const notebook = structuredClone(NOTEBOOK);
  change(notebook.cells);
  writeFileSync(notebookPath, serializeNotebook(notebook));
}

/** Everything as a run leaves it. */
async function writeConsistent(): Promise<void> {
  rmSync(places.notebooks, { recursive: true, force: true });
  rmSync(places.figures, { recursive: true, force: true });
  mkdirSync(places.notebooks, { recursive: true });
  mkdirSync(places.figures, { recursive: true });
  writeFileSync(
    places.manifest,
    `name\tbytes\tsamples\tstandardDeviation\tsha256\na.wav\t48\t2\t1.00\t${entry.sha256}\n`,
  );
  writeNotebook(() => undefined);
  writeFileSync(join(places.figures, '01-samples-curve.svg'), '<svg/>');
  const results = mergeCurves(undefined, dataset, NAME, [curve]);
  writeResults(resultsPath, results);
  const gallery = await rebuildGallery(places.figures);
  writeFileSync(places.readme, withResults(EMPTY_README, results));
  writeFileSync(places.resultsPage, resultsPage(results));
  writeFileSync(join(places.figures, 'timings.json'), '{}');
  const inputs = await fingerprint(NAME, readNotebook(notebookPath), dataset.sha256, resultsPath);
  const svg = hashFile(join(places.figures, '01-samples-curve.svg'))!;
  writeProvenance(places.figures, {
    notebooks: {
      [NAME]: {
        inputs,
        outputs: { '01-samples-curve.svg': svg },
        executed: hashExecuted(readNotebook(notebookPath)),
        curves: hashCurves(results.curves),
      },
    },
    shared: Object.fromEntries(gallery.map((file) => [file, hashFile(join(places.figures, file))!])),
  });
}

beforeEach(writeConsistent);

async function expectProblems(...patterns: RegExp[]): Promise<void> {
  const found = await findDisagreements(places);
  const problems = [...found.problems, ...found.stale];
  const text = problems.join('\n');
  for (const pattern of patterns) assert.match(text, pattern);
  assert.equal(problems.length, patterns.length, text);
}

test('what a run left is in agreement, also after its prose was edited', async () => {
  await expectProblems();
  writeNotebook((cells) => (cells[0]!.source = 'Other words.'));
  await expectProblems();
});

test('a notebook whose code was edited since it ran is stale', async () => {
  writeNotebook(
    (cells) => (cells[1]!.source = `import { projectRoot } from './lib/files/project-root';\n1 + 2`),
  );
  await expectProblems(/01-samples\.ipynb is stale.*its code cells/);
});

test('a notebook is stale when a module that it imports has changed, and the module is named', async () => {
  const path = join(places.figures, 'provenance.json');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/("lib\/files\/project-root\.ts": )"\w+"/, '$1"0000000000000000"'));
  await expectProblems(/01-samples\.ipynb is stale.*: lib\/files\/project-root\.ts\. Run/);
});

test('outputs that were changed by hand are found', async () => {
  writeNotebook((cells) => {
    const [, cell] = cells;
    if (cell?.cell_type === 'code') cell.outputs = [];
  });
  writeFileSync(join(places.figures, '01-samples-curve.svg'), '<svg>other</svg>');
  writeFileSync(join(places.figures, 'index.html'), 'other');
  await expectProblems(
    /outputs in the notebook are not those/,
    /01-samples-curve\.svg has been changed/,
    /index\.html is missing or was changed/,
  );
});

test('a notebook that was saved with the outputs of a subset does not pass for the whole', async () => {
  process.env['NEUROBASIS_RECORDINGS'] = '3';
  process.env['NEUROBASIS_DATASET'] = 'sample';
  const notice = subsetNotice();
  delete process.env['NEUROBASIS_RECORDINGS'];
  assert.equal(subsetNotice(), undefined);
  delete process.env['NEUROBASIS_DATASET'];
  assert.match(String(notice?.data['text/plain']), /3 of 4 synthetic recordings/);
  writeNotebook((cells) => {
    const [, cell] = cells;
    const { data, metadata } = notice!;
    if (cell?.cell_type === 'code')
      cell.outputs.unshift({ output_type: 'display_data', data: { ...data }, metadata: { ...metadata } });
  });
  await expectProblems(/01-samples\.ipynb: it was saved with the outputs of 3 recordings alone\. Run/);
});

test('a gallery that other code made is found', async () => {
  const path = join(places.figures, 'index.html');
  writeFileSync(path, readFileSync(path, 'utf8').replace('<h1>', '<h1 class="earlier">'));
  const { notebooks, shared } = readProvenance(places.figures);
  writeProvenance(places.figures, { notebooks, shared: { ...shared, 'index.html': hashFile(path)! } });
  await expectProblems(/index\.html was made by other code: run "npm run reproduce -- --gallery"/);
});

test('results that were changed by hand, or lost, are found', async () => {
  writeFileSync(resultsPath, readFileSync(resultsPath, 'utf8').replace('"delayMs": 0', '"delayMs": 1'));
  await expectProblems(
    /docs\/results\.md shows other results/,
    /its curves in results\.json are not those of its last run/,
  );
  rmSync(resultsPath);
  await expectProblems(/results\.json is missing/);
});

test('results of other recordings than those of the manifest are found', async () => {
  writeFileSync(places.manifest, readFileSync(places.manifest, 'utf8').replace('aaaa', 'bbbb'));
  await expectProblems(/measured on other recordings/);
});

test('files that no notebook makes, and curves and figures of notebooks that are gone, are found', async () => {
  writeFileSync(join(places.figures, 'left-over.png'), '');
  await expectProblems(/left-over\.png is made by no notebook/);
  await writeConsistent();
  rmSync(notebookPath);
  await expectProblems(
    /curve of identity by 01-samples\.ipynb, and there is no such/,
    /01-samples\.ipynb is gone/,
  );
});

test('a notebook that was never run, is too large or shows an error is found', async () => {
  writeFileSync(join(places.notebooks, '02-new.ipynb'), serializeNotebook(NOTEBOOK));
  await expectProblems(/02-new\.ipynb was never run/);
  rmSync(join(places.notebooks, '02-new.ipynb'));
  writeNotebook((cells) => {
    const [, cell] = cells;
    if (cell?.cell_type !== 'code') return;
    cell.outputs = [
      { output_type: 'stream', name: 'stdout', text: 'x'.repeat(NOTEBOOK_LIMIT) },
      { output_type: 'error', ename: 'Error', evalue: 'no', traceback: [] },
    ];
  });
  await expectProblems(
    new RegExp(`the limit is ${NOTEBOOK_LIMIT}`),
    /shows an error/,
    /outputs in the notebook are not those/,
  );
});

test('figures that weigh too much are found', async () => {
  writeFileSync(join(places.figures, 'timings.json'), Buffer.alloc(21_000_000));
  await expectProblems(/figures\/neuralink has \d+ bytes; the limit is 21000000/);
});

test('notebooks that weigh too much together are found, though each is light enough', async () => {
  const many = Array.from({ length: 18 }, (_, i) => `${10 + i}-more.ipynb`);
  const heavy = structuredClone(NOTEBOOK);
  heavy.cells[0]!.source = 'x'.repeat(NOTEBOOK_LIMIT - 5000);
  for (const name of many) writeFileSync(join(places.notebooks, name), serializeNotebook(heavy));
  await expectProblems(
    ...many.map((name) => new RegExp(`${name} was never run`)),
    /The notebooks have \d+ bytes together; the limit is 12000000/,
  );
});

test('the figure of the README is drawn where the README has a place for it, and found stale otherwise', async () => {
  const lossy: Curve = {
    ...curve,
    family: 'trigonometric',
    points: [
      { compressionRatio: 5, psnr: 50 },
      { compressionRatio: 200, psnr: 40 },
    ] as unknown as Curve['points'],
  };
  const results = mergeCurves(undefined, dataset, NAME, [lossy]);
  const place = `Before.\n<!-- figure:start (made by npm run reproduce) -->\n<!-- figure:end -->\nAfter.\n`;
  const readme = withFigure(place, results);
  assert.match(readme, /!\[[^\]]+\]\(figures\/neuralink\/readme-bound-distance\.png\)/);
  assert.match(readme, /lapped cosines \[`identity`\]\(notebooks\/01-samples\.ipynb\)/);
  assert.equal(withFigure(readme, results), readme);
  assert.equal(withFigure(EMPTY_README, results), EMPTY_README);
  writeResults(resultsPath, results);
  writeFileSync(
    join(places.figures, 'identity.details.json'),
    JSON.stringify({
      basis: 'identity',
      intervals: [],
      excerpts: [],
      bound: [
        { compressionRatio: 4, psnr: 52 },
        { compressionRatio: 300, psnr: 41 },
      ],
    }),
  );
  writeFileSync(places.readme, withFigure(withResults(EMPTY_README + place, results), results));
  const { problems: problems } = await findDisagreements(places);
  assert.ok(
    problems.some((problem) => /readme-bound-distance shows other results/.test(problem)),
    problems.join('\n'),
  );
});

test('the README shows the verdict of its results, and keeps what it has where there is none', () => {
  const results = mergeCurves(undefined, dataset, NAME, [curve]);
  const row = {
    what: 'best learned',
    id: 'network-256',
    notebook: '29-network.ipynb',
    psnr: [62.83, null],
    bytes: { estimate: -0.94, lower: -0.97, upper: -0.91 },
    inBandSnr: { estimate: 7.25, lower: 7.25, upper: 7.25 },
    sameCluster: [{ estimate: 0.914, lower: 0.9, upper: 0.93 }, null],
    bandPower: null,
  } as const;
  const verdict: Verdict = {
    dataset: { label: '743 Neuralink recordings', recordings: 743, sha256: dataset.sha256 },
    ratios: [5, 200],
    middle: 20,
    low: 50,
    reference: 'mdct-256-sine+trellis',
    rows: [row],
    sentences: ['**Which basis?** One.', 'Two.', 'Three.'],
    missing: ['sac'],
  };
  const place = `${EMPTY_README}<!-- verdict:start (made by npm run reproduce) -->\nSoon.\n<!-- verdict:end -->\nEnd.\n`;
  const readme = withVerdict(place, results, verdict);
  assert.match(
    readme,
    /\*\*Which basis\?\*\* One\.\n\nTwo\.\n\nThree\.\n\n!\[[^\]]+\]\(figures\/neuralink\/readme-verdict\.png\)/,
  );
  assert.match(
    readme,
    /\| \[best learned\]\(notebooks\/29-network\.ipynb\) \| `network-256` \| 62\.8 \| – \| −0\.9% \(−1\.0 to −0\.9\) \| 7\.3 \| 0\.91 \(0\.90 to 0\.93\) \| – \| – \|/,
  );
  assert.match(readme, /Missing: sac\./);
  assert.ok(!readme.includes('Soon.') && readme.endsWith('<!-- verdict:end -->\nEnd.\n'));
  assert.equal(withVerdict(readme, results, verdict), readme);
  assert.equal(withVerdict(place, results, undefined), place);
  const carriesOver = {
    datasets: ['neuralink', 'biocam'],
    rows: [],
    summary: '**Does it carry over?** On 1 of 1.',
  };
  assert.match(
    withVerdict(place, results, { ...verdict, carriesOver }),
    /the verdict\]\([^)]*\)\.\n\n\*\*Does it carry over\?\*\* On 1 of 1\.\n\n<!-- verdict:end/,
  );
  // A verdict on other recordings is not that of these results.
  assert.equal(
    withVerdict(place, results, { ...verdict, dataset: { ...verdict.dataset, sha256: 'other' } }),
    place,
  );
  assert.equal(readmeOf(place, results, verdict), withVerdict(withResults(place, results), results, verdict));
});

/** A curve between two points, alike but for its name, kind and PSNR. */
function curveOf(basis: string, family: Curve['family'], psnr: number): Curve {
  const points = [
    { compressionRatio: 5, psnr: psnr + 10 },
    { compressionRatio: 200, psnr: psnr - 10 },
  ] as unknown as Curve['points'];
  return { ...curve, basis, family, points };
}

test('the table of the README has the best curve of each kind, between its comments, and nothing else changes', () => {
  const curves = [
    curveOf('haar-6', 'walsh', 40),
    curveOf('dct-512', 'trigonometric', 41),
    curveOf('mdct-256-sine', 'trigonometric', 42),
  ];
  const results = mergeCurves(undefined, dataset, NAME, curves);
  const readme = withResults(EMPTY_README, results);
  assert.match(readme, /^Before\.\n/);
  assert.match(readme, /\nAfter\.\n$/);
  const rows = readme.split('\n').filter((line) => line.includes(NAME));
  assert.deepEqual(
    rows.map((row) => row.split(' | ')[0]),
    ['| lapped cosines', '| Walsh and Haar'],
  );
  assert.match(rows[0]!, /\]\(notebooks\/01-samples\.ipynb\) \| `mdct-256-sine` \| – \| 52\.0 \|/);
  assert.equal(withResults(readme, results), readme);
  assert.throws(() => withResults('No place.', results), { name: 'ReadmeFormatError' });
  assert.notEqual(withResults(readme, mergeCurves(undefined, dataset, NAME, curves.slice(0, 2))), readme);
});

test('a README that shows other results is found', async () => {
  const readme = readFileSync(places.readme, 'utf8');
  writeFileSync(places.readme, readme.replace('1 recording', '2 recordings'));
  await expectProblems(/README\.md shows other results/);
});

test('the delay of a codec that chooses something over the whole recording is said to be that', () => {
  const page = resultsPage(
    mergeCurves(undefined, dataset, NAME, [
      { ...curve, basis: 'lpc-12', delayMs: 3, wholeRecording: true },
      { ...curve, basis: 'dct-512', delayMs: 4, wholeRecording: false },
    ]),
  );
  assert.match(page, /`lpc-12` .*\| whole recording \|/);
  assert.match(page, /`dct-512` .*\| 4\.0 \|/);
  assert.match(page, /of the transform, or the whole recording where/);
  assert.match(resultsPage(mergeCurves(undefined, dataset, NAME, [curve])), /of the transform alone\./);
});

test('a curve of two bases is named by both, and the page says what that means', () => {
  const page = resultsPage(mergeCurves(undefined, dataset, NAME, [{ ...curve, basis: 'dct-512~1024' }]));
  assert.match(page, /\[Cosine \(DCT-II\)\]\([^)]*\) \| `dct-512~1024` \|/);
  assert.match(page, /An id with ~ names two bases, for the recordings of fold 0 and of fold 1/);
  assert.doesNotMatch(resultsPage(mergeCurves(undefined, dataset, NAME, [curve])), /An id with ~/);
});

test('the page of all curves has each of them, and says what code measured them', async () => {
  const results = mergeCurves(undefined, dataset, NAME, [
    curve,
    curveOf('haar-6', 'walsh', 40),
    curveOf('dct-512', 'trigonometric', 41),
  ]);
  const page = resultsPage(results);
  const ids = [...page.matchAll(/\| `([^`]+)` \|/g)].map(([, id]) => id);
  assert.deepEqual(ids, ['dct-512', 'haar-6', 'identity'], 'from the best at CR 50 to the worst');
  assert.match(page, /\]\(\.\.\/notebooks\/01-samples\.ipynb\)/);
  assert.match(page, /The code of this commit measured them/);
  const awaited = resultsPage(results, { measuredBy: '1234abc', changes: ['Steps are rounded.'] });
  assert.match(awaited, /The code of commit `1234abc` measured them\..*:\n\n- Steps are rounded\./);
  writeFileSync(
    join(places.figures, 'awaited-run.json'),
    JSON.stringify({ measuredBy: '1234abc', changes: ['Steps are rounded.'] }),
  );
  await expectProblems(/docs\/results\.md shows other results/);
});

test('a notebook that compares conventional bases alone does not depend on what is learned', async () => {
  const name = '90-compare.ipynb';
  const importing = structuredClone(NOTEBOOK);
  importing.cells[1]!.source = `import { catalog } from './lib/catalog/catalog';\ncatalog.length`;
  const conventional = { ...importing, metadata: { neurobasis: { compares: 'conventional' } } };
  const inputsOf = (notebook: Notebook) => fingerprint(name, notebook, dataset.sha256, resultsPath);
  const before = [await inputsOf(importing), await inputsOf(conventional)] as const;
  assert.ok('lib/bases/blocks/klt.ts' in before[0].code && 'lib/bases/blocks/cosine.ts' in before[0].code);
  assert.ok(!('lib/bases/blocks/klt.ts' in before[1].code) && 'lib/bases/blocks/cosine.ts' in before[1].code);

  const withCurve = (learned: boolean): void => {
    const added = { ...curve, basis: learned ? 'klt-8' : 'dct-8', learned, notebook: '02-other.ipynb' };
    const results = mergeCurves(undefined, dataset, NAME, [curve]);
    writeResults(resultsPath, mergeCurves(results, dataset, added.notebook, [added]));
  };
  withCurve(true);
  assert.notEqual((await inputsOf(importing)).results, before[0].results);
  assert.equal((await inputsOf(conventional)).results, before[1].results);
  withCurve(false);
  assert.notEqual((await inputsOf(conventional)).results, before[1].results);
});

test('a notebook that shows compressors of others depends on what was measured of them, other notebooks do not', async () => {
  const showing = structuredClone(NOTEBOOK);
  showing.cells[1]!.source = `import { readPeers } from './lib/results/peers';\nreadPeers('x')`;
  const inputsOf = (notebook: Notebook) =>
    fingerprint('92-verdict.ipynb', notebook, dataset.sha256, resultsPath);
  const peers = { dataset: { label: 'x', recordings: 1, sha256: 'x' }, peers: [], missing: [] };
  const [before, other] = [await inputsOf(showing), await inputsOf(NOTEBOOK)];
  writePeers(join(places.figures, PEERS_FILE), peers);
  assert.deepEqual(namedChanges(before, await inputsOf(showing)), ['peers.json']);
  assert.deepEqual(namedChanges(other, await inputsOf(NOTEBOOK)), []);
  // Beside the results it is no figure, and made by no notebook.
  const { problems } = await findDisagreements(places);
  assert.deepEqual(problems, []);
});

test('a notebook that compares other laboratories depends on what was measured there, the one that measures does not', async () => {
  const comparing = structuredClone(NOTEBOOK);
  comparing.cells[1]!.source = `import { readLaboratoryResults } from './lib/study/laboratories/laboratory-results';\nreadLaboratoryResults()`;
  const inputsOf = (name: string) => fingerprint(name, comparing, dataset.sha256, resultsPath);
  const [before, measuring] = [
    await inputsOf('92-verdict.ipynb'),
    await inputsOf('30-other-laboratories.ipynb'),
  ];
  const folder = join(places.figures, '..', 'neuralink');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, LABORATORY_FILE), '{"laboratories": []}');
  assert.deepEqual(namedChanges(before, await inputsOf('92-verdict.ipynb')), [LABORATORY_FILE]);
  assert.deepEqual(namedChanges(measuring, await inputsOf('30-other-laboratories.ipynb')), []);
});

test('a notebook that shows arrays of electrodes depends on what was measured on them, others do not', async () => {
  const showing = structuredClone(NOTEBOOK);
  showing.cells[1]!.source = `import { readArrayResults } from './lib/study/space/array-results';\nreadArrayResults()`;
  const inputsOf = (notebook: Notebook) =>
    fingerprint('94-space.ipynb', notebook, dataset.sha256, resultsPath);
  const [inputs, other] = [await inputsOf(showing), await inputsOf(NOTEBOOK)];
  assert.match(inputs.arrays ?? '', /^[0-9a-f]{64}$/);
  assert.equal(other.arrays, undefined);
  assert.deepEqual(namedChanges({ ...inputs, arrays: 'measured before' }, inputs), [ARRAY_FILE]);
});
