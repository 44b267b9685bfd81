import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { NEURALINK_ELECTRODE } from '../../lib/recordings/adc';
import type { Digitizer } from '../../lib/recordings/digitizer';
import type { Recording } from '../../lib/recordings/recording';
import { leftOutLines, reasonToLeaveOut, unlearnedLine } from '../../tools/reproduce/left-out';
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
  assert.match(
    lines[0]!,
    /^Left out, since they are about the digitizer of the Neuralink recordings: 10-prediction-lossless\.ipynb, .*\.$/,
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

test('notebooks without models are named with the dataset', () => {
  assert.equal(
    unlearnedLine(['22-sparsifying.ipynb', '24-spikes.ipynb'], { label: '8 recordings of mylab' }),
    'Left out, since models of their bases could not be learned from 8 recordings of mylab (see above): ' +
      '22-sparsifying.ipynb, 24-spikes.ipynb.',
  );
});
