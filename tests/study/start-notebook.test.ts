import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readNotebook, type Notebook } from '../../kernel/notebook';
import { runNotebook } from '../../kernel/notebook-process';
import { projectRoot } from '../../lib/files/project-root';

const path = join(projectRoot(), 'notebooks', 'start.ipynb');

/** The plain texts of all outputs. */
function shown({ cells }: Notebook): string[] {
  return cells
    .flatMap((cell) => (cell.cell_type === 'code' ? cell.outputs : []))
    .map((output) => ('data' in output ? [output.data['text/plain']].flat().join('') : output.output_type));
}

test('the start notebook runs on the sample, without a browser, to the curve of the basis that it defines', async () => {
  const { notebook, failure } = await runNotebook(path, {
    environment: { NEUROBASIS_DATASET: 'sample', NEUROBASIS_RECORDINGS: '', CHROME: '/nowhere/chromium' },
  });
  assert.equal(failure, undefined, failure?.stack);
  const verdict =
    /^Compressed 20 times, sines-64 reaches \*\*\d\d\.\d\d dB\*\*: \d\.\d\d dB worse than dct-64, .*on synthetic sample \(4/;
  assert.match(shown(notebook).at(-1) ?? '', verdict);
  assert.ok(shown(notebook).includes('every sample comes back'));
});

test('the committed start notebook has the outputs of its cells, on four recordings', () => {
  const texts = shown(readNotebook(path));
  assert.equal(texts.length, 14);
  assert.match(texts[0] ?? '', /^4 of 743 Neuralink recordings/);
  assert.match(texts.at(-1) ?? '', /sines-64 reaches .* on 4 of 743 Neuralink recordings/);
});
