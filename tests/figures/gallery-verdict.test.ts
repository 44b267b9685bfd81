import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from '../../lib/figures/browser';
import type { SavedFigure } from '../../lib/figures/display';
import { closeExport } from '../../lib/figures/export';
import { readFigures, writeGallery } from '../../lib/figures/gallery/gallery';
import type { Results } from '../../lib/results/results';
import { VERDICT_FILE, type Verdict } from '../../lib/results/verdict';
import { curve, EXAMPLES } from './examples';
import { browserTest } from './with-browser';

let folder = '';
before(async () => (folder = await mkdtemp(join(tmpdir(), 'neurobasis-verdict-'))));
after(async () => {
  await closeExport();
  await rm(folder, { recursive: true, force: true });
});

const results: Results = {
  dataset: {
    name: 'sample',
    label: 'synthetic sample (8 recordings)',
    synthetic: true,
    recordings: 8,
    samples: 1000,
    wavBytes: 2048,
    sha256: '0'.repeat(64),
  },
  curves: [curve('identity', 0, '01-samples.ipynb')],
};
const verdict: Verdict = {
  dataset: { label: 'synthetic sample', recordings: 8, sha256: '0'.repeat(64) },
  ratios: [5, 200],
  middle: 20,
  low: 50,
  reference: 'identity',
  rows: [],
  sentences: ['**Which basis?** `identity` <b>wins</b>.', 'Second.', 'Third.'],
  carriesOver: { datasets: ['sample', 'mylab'], rows: [], summary: '**Does it carry over?** On 1 of 1.' },
  missing: ['dct (02-cosine.ipynb)'],
};
const figures: SavedFigure[] = [
  { ...EXAMPLES[0]!, notebook: '01-samples', position: 1 },
  { ...EXAMPLES[1]!, name: 'three-axes', notebook: '92-verdict', position: 1 },
  { ...EXAMPLES[2]!, name: 'survivors', notebook: '92-verdict', position: 2 },
];

test('the gallery opens on the verdict: its sentences, then its figure, then the explorer', async () => {
  await writeFile(join(folder, VERDICT_FILE), JSON.stringify(verdict));
  await writeGallery(folder, results, figures);
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const places = [
    'id="verdict"',
    'Second.',
    'id="92-verdict-three-axes"',
    '<strong>Does it carry over?</strong> On 1 of 1.',
    'id="explore"',
    'id="92-verdict-survivors"',
  ].map((text) => html.indexOf(text));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
  assert.ok(places[0]! > 0);
  assert.equal(html.split('<figure id="92-verdict-three-axes"').length, 2);
  assert.ok(html.includes('<strong>Which basis?</strong> <code>identity</code> &lt;b&gt;wins&lt;/b&gt;.'));
  assert.ok(html.includes('Missing: dct (02-cosine.ipynb).'));
  // The file of the verdict is no figure.
  assert.deepEqual(await readFigures(folder), []);
});

test('a gallery without a verdict opens on the explorer', async () => {
  await rm(join(folder, VERDICT_FILE), { force: true });
  await writeGallery(folder, results, figures);
  assert.ok(!(await readFile(join(folder, 'index.html'), 'utf8')).includes('id="verdict"'));
});

browserTest('buttons give each figure at the width of a column: as SVG, and to the printer', async () => {
  await writeGallery(folder, results, figures);
  const session = await launchBrowser();
  try {
    const page = await session.browser.newPage();
    // What a page would download, and what a frame would print.
    await page.evaluateOnNewDocument(`
      HTMLAnchorElement.prototype.click = function () { top.saved = { name: this.download, address: this.href }; };
      window.print = () => { top.printed = document.head.textContent + document.body.innerHTML; };
    `);
    await page.goto(pathToFileURL(join(folder, 'index.html')).href);
    const button = (text: string): string =>
      `[...document.querySelectorAll('#\\\\39 2-verdict-survivors .files button')].find((one) => one.textContent === '${text}')`;
    await page.waitForFunction(button('SVG'));
    await page.evaluate(`${button('SVG')}.click()`);
    await page.waitForFunction('window.saved !== undefined');
    const saved = (await page.evaluate('window.saved')) as { name: string; address: string };
    assert.equal(saved.name, '92-verdict-survivors.svg');
    const svg = decodeURIComponent(saved.address.replace(/^data:image\/svg\+xml,/, ''));
    // 120 mm at 96 pixels an inch.
    const width = Number(/<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1]);
    assert.ok(Math.abs(width - (120 / 25.4) * 96) < 1, `${width} pixels`);
    await page.evaluate(`${button('print or PDF')}.click()`);
    await page.waitForFunction('window.printed !== undefined');
    const printed = String(await page.evaluate('window.printed'));
    assert.match(printed, /@page\{size:120mm \d+mm;margin:0\}/);
    assert.match(printed, /<img src="data:image\/svg/);
  } finally {
    await session.end();
  }
});
