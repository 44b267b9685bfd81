import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { NEURALINK_ELECTRODE } from '../../lib/recordings/adc';
import type { Digitizer } from '../../lib/recordings/digitizer';
import type { Recording } from '../../lib/recordings/recording';
import {
  leftOutLines,
  missingCurves,
  reasonToLeaveOut,
  uncomparedLine,
  unlearnedLine,
} from '../../tools/reproduce/left-out';
import { learnMissingModels, neededModels } from '../../tools/reproduce/missing-models';
import { listNotebooks } from '../../tools/reproduce/notebook-file';

const twelveBits: Digitizer = {
  ...{ kind: 'linear', lowest: -2048, highest: 2047, step: 1 },
  ...{ codes: 4096, bits: 12, used: 4096 },
};
const corpusOf = (dataset: string, digitizer: Digitizer) => ({
  dataset,
  recordings: [{ digitizer } as Recording],
});
const NEURALINK = corpusOf('neuralink', NEURALINK_ELECTRODE.digitizer);
const SAMPLE = corpusOf('sample', NEURALINK_ELECTRODE.digitizer);
const OTHER = corpusOf('mylab', twelveBits);

const folder = join(projectRoot(), 'notebooks');
const notebooks = listNotebooks(folder);
const reasonsOn = (corpus: Parameters<typeof reasonToLeaveOut>[1]): Map<string, string | undefined> =>
  new Map(notebooks.map((name) => [name, reasonToLeaveOut(readNotebook(join(folder, name)), corpus)]));

test('on the recordings of the project every notebook runs', () => {
  for (const corpus of [NEURALINK, SAMPLE]) {
    assert.deepEqual(leftOutLines(reasonsOn(corpus)), []);
  }
});

test('on other recordings those about the Neuralink digitizer and those of several datasets are left out, and it is said why', () => {
  const lines = leftOutLines(reasonsOn(OTHER));
  assert.equal(lines.length, 2);
  assert.equal(
    lines[0],
    'Left out, since they are about the digitizer of the Neuralink recordings: 10-prediction-lossless.ipynb.',
  );
  assert.equal(
    lines[1],
    'Left out, since they compare several datasets, whichever is chosen: 30-other-laboratories.ipynb.',
  );
  // The others run: what cannot is named above, and nothing else.
  assert.equal(reasonsOn(OTHER).get('02-cosine.ipynb'), undefined);
  assert.equal(reasonsOn(OTHER).get('22-sparsifying.ipynb'), undefined);
});

test('a dataset of Neuralink recordings that was imported under a name has their digitizer', () => {
  const lines = leftOutLines(reasonsOn(corpusOf('mylab', NEURALINK_ELECTRODE.digitizer)));
  assert.deepEqual(
    lines.map((line) => line.split(':')[0]),
    ['Left out, since they compare several datasets, whichever is chosen'],
  );
});

test('notebooks without models are named with the dataset and what they lack', () => {
  const lacking = new Map([
    ['24-spikes.ipynb', ['spikes-256-16']],
    ['25-classified.ipynb', ['spikes-256-16', 'klt-64']],
  ]);
  assert.equal(
    unlearnedLine(lacking, { label: '8 recordings of mylab' }),
    'Left out, since models could not be learned from 8 recordings of mylab (see above): ' +
      '24-spikes.ipynb (spikes-256-16); 25-classified.ipynb (spikes-256-16, klt-64).',
  );
});

test('a notebook needs the models that it tries, names in its cells, or compares with', () => {
  const needed = (name: string): string[] => neededModels(name, readNotebook(join(folder, name)));
  assert.ok(needed('22-sparsifying.ipynb').includes('klt-64'), 'named in a cell');
  assert.ok(
    !needed('22-sparsifying.ipynb').includes('klt-256'),
    'a table can do without the chosen one of an earlier notebook',
  );
  assert.ok(needed('22-sparsifying.ipynb').includes('sparsifying-64-rate'));
  assert.ok(!needed('22-sparsifying.ipynb').some((id) => id.startsWith('network')));
  assert.deepEqual(needed('02-cosine.ipynb'), []);
  assert.deepEqual(needed('90-conventional.ipynb'), []);
});

test('what cannot be learned leaves out the notebooks that need it, and no others', () => {
  const asked: string[] = [];
  const learn = (_: string, basis: string): boolean => {
    asked.push(basis);
    return !basis.startsWith('sparsifying-64');
  };
  const notebooksToRun = ['02-cosine.ipynb', '20-karhunen-loeve.ipynb', '22-sparsifying.ipynb'];
  const unlearned = learnMissingModels({ dataset: 'no-such-lab' }, notebooksToRun, () => {}, learn);
  assert.deepEqual([...unlearned.keys()], ['22-sparsifying.ipynb']);
  assert.ok(unlearned.get('22-sparsifying.ipynb')!.every((id) => id.startsWith('sparsifying-64')));
  assert.equal(new Set(asked).size, asked.length);
  // Of the recordings of the project the models are there.
  assert.equal(
    learnMissingModels(
      { dataset: 'neuralink' },
      notebooksToRun,
      () => {},
      () => false,
    ).size,
    0,
  );
});

test('a notebook that compares is left out where what it compares was not measured', () => {
  assert.deepEqual(missingCurves('91-learned.ipynb', ['identity', 'dct-512']), ['klt']);
  assert.deepEqual(missingCurves('91-learned.ipynb', ['dct-512', 'klt-256']), []);
  const needed = [
    'identity',
    'dct-512~1024',
    'mdct-256-sine',
    'dwt-sym13-8-periodic',
    'packets-sym13-9-rate',
  ];
  assert.deepEqual(missingCurves('90-conventional.ipynb', [...needed, 'haar-6', 'walsh-64', 'lpc-12']), []);
  assert.deepEqual(missingCurves('90-conventional.ipynb', needed), ['haar', 'walsh', 'lpc']);
  // A family is not one whose name begins alike.
  assert.ok(missingCurves('90-conventional.ipynb', ['dctx-4']).includes('dct'));
  assert.deepEqual(missingCurves('02-cosine.ipynb', []), []);
  assert.equal(
    uncomparedLine('90-conventional.ipynb', ['identity', 'dct']),
    'Left out, since it compares what other notebooks measure, and identity and dct have no curve yet: 90-conventional.ipynb.',
  );
});
