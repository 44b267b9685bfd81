import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from '../../lib/figures/browser';
import type { SavedFigure } from '../../lib/figures/display';
import { figureJson } from '../../lib/figures/figure';
import { closeExport, renderSvg } from '../../lib/figures/export';
import { FigureFileError, readFigures, writeGallery } from '../../lib/figures/gallery';
import type { Results } from '../../lib/study/results';
import { projectRoot } from '../../lib/project-root';
import { curve, EXAMPLES } from './examples';
import { browserTest } from './with-browser';

let folder = '';
before(async () => (folder = await mkdtemp(join(tmpdir(), 'neurobasis-gallery-'))));
after(async () => {
  await closeExport();
  await rm(folder, { recursive: true, force: true });
});

const results: Results = {
  dataset: {
    name: 'sample',
    label: 'synthetic sample (16 recordings)',
    synthetic: true,
    recordings: 16,
    samples: 1_562_480,
    wavBytes: 3_125_664,
    sha256: '0'.repeat(64),
  },
  curves: [curve('identity', 0, '01-samples.ipynb'), { ...curve('dct-256', 6), lossless: null }],
};

const figures: SavedFigure[] = EXAMPLES.map((figure, index) => ({
  ...figure,
  title: index === 1 ? 'A title with </script><b>markup</b> & "quotes"' : figure.title,
  position: index + 1,
  notebook: ['00-recordings', '01-samples', '02-cosine'][Math.floor(index / 6)] ?? '02-cosine',
}));

test('A gallery names every figure beside a link to its notebook and its files, with markup made harmless.', async () => {
  await writeGallery(folder, results, figures);
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  for (const { name, notebook } of figures) {
    const id = `${notebook}-${name}`;
    const start = html.indexOf(`<figure id="${id}">`);
    const part = html.slice(start, html.indexOf('</figure>', start));
    assert.ok(start > 0, id);
    assert.match(part, new RegExp(`href="[^"]*notebooks/${notebook}.ipynb"`));
    for (const type of ['svg', 'png', 'json']) assert.ok(part.includes(`href="${id}.${type}"`));
    assert.ok(part.includes(`<noscript><img src="${id}.svg"`));
  }
  assert.ok(html.includes('A title with &lt;/script&gt;&lt;b&gt;markup&lt;/b&gt; &amp; &quot;quotes&quot;'));
  assert.ok(!html.includes('</script><b>'));
  assert.ok(html.includes('Synthetic sample.'));
  assert.ok(
    html.includes('<th scope="row" style="text-align:left">dct-256</th><td style="text-align:right">–</td>'),
  );
  assert.deepEqual((await readdir(folder)).sort(), ['index.html', 'plotly.min.js']);
});

test('A gallery has the same bytes when it is written again, and none of them names this machine.', async () => {
  await writeGallery(folder, results, figures);
  const first = await readFile(join(folder, 'index.html'), 'utf8');
  await writeGallery(folder, results, figures);
  assert.equal(await readFile(join(folder, 'index.html'), 'utf8'), first);
  await mkdir(join(projectRoot(), 'tests', 'artifacts'), { recursive: true });
  const inside = await mkdtemp(join(projectRoot(), 'tests', 'artifacts', 'gallery-'));
  try {
    await writeGallery(inside, undefined, figures);
    const html = await readFile(join(inside, 'index.html'), 'utf8');
    assert.ok(html.includes('href="../../../notebooks/02-cosine.ipynb"'));
    assert.ok(!html.includes(projectRoot()));
    assert.ok(!html.includes('id="results"'));
  } finally {
    await rm(inside, { recursive: true });
  }
});

test('Figures are read back from a folder in the order of notebooks; other files are refused by name.', async () => {
  const place = await mkdtemp(join(tmpdir(), 'neurobasis-figures-'));
  try {
    for (const figure of figures) {
      await writeFile(join(place, `${figure.notebook}-${figure.name}.json`), figureJson(figure));
    }
    await writeFile(join(place, 'results.json'), '{}');
    await writeFile(join(place, 'timings.json'), '{}');
    const read = await readFigures(place);
    assert.deepEqual(
      read.map(({ name }) => name),
      figures.map(({ name }) => name),
    );
    await writeFile(join(place, 'other.json'), '{}');
    await assert.rejects(readFigures(place), FigureFileError);
  } finally {
    await rm(place, { recursive: true });
  }
});

browserTest(
  'A gallery opened from disk draws all figures when they come into view, and nothing goes wrong.',
  async () => {
    await writeGallery(folder, results, figures);
    for (const figure of figures.slice(0, 1)) {
      await writeFile(join(folder, `${figure.notebook}-${figure.name}.svg`), await renderSvg(figure));
    }
    const session = await launchBrowser();
    try {
      const page = await session.browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('requestfailed', (request) => problems.push(`not found: ${request.url()}`));
      await page.setViewport({ width: 1280, height: 900 });
      const address = pathToFileURL(join(folder, 'index.html')).href;
      await page.goto(address);
      await page.waitForFunction("document.querySelector('.plot').dataset.drawn === 'interactive'");
      // The first Tab reaches the link that skips to the figures.
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.className'), 'skip');

      const atFirst = Number(await page.evaluate("document.querySelectorAll('.plot[data-drawn]').length"));
      assert.ok(
        atFirst >= 1 && atFirst < figures.length,
        `${atFirst} figures were drawn before they were in view`,
      );

      await page.evaluate(
        "(async () => { for (const f of document.querySelectorAll('figure')) { f.scrollIntoView(); await new Promise((done) => setTimeout(done, 30)); } })()",
      );
      await page.waitForFunction(
        `document.querySelectorAll('.plot[data-drawn="interactive"] .main-svg').length >= ${figures.length} &&
       [...document.querySelectorAll('.plot')].every((plot) => plot.dataset.drawn === 'interactive')`,
        { timeout: 20_000 },
      );
      assert.deepEqual(problems, []);
      await page.evaluate('scrollTo(0, 0)');
      const artifacts = join(projectRoot(), 'tests', 'artifacts');
      await mkdir(artifacts, { recursive: true });
      await page.screenshot({ path: join(artifacts, 'gallery.png') });
      await page.screenshot({ path: join(artifacts, 'gallery-whole.png'), fullPage: true });

      // On a phone nothing is wider than the screen but the table, which scrolls by itself.
      await page.setViewport({ width: 390, height: 800 });
      await page.goto(address);
      await page.waitForFunction("document.querySelector('.plot').dataset.drawn === 'interactive'");
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
      await page.screenshot({ path: join(artifacts, 'gallery-phone.png') });

      // Without the script that draws, the picture is shown.
      await rm(join(folder, 'plotly.min.js'));
      await page.goto(address);
      await page.waitForFunction("document.querySelector('.plot').dataset.drawn === 'picture'");
      await page.waitForFunction("document.querySelector('.plot img').naturalWidth > 0");
    } finally {
      await session.end();
    }
  },
);
