import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { BrowserContext, Page } from 'puppeteer-core';
import type { SavedFigure } from '../../lib/figures/display';
import { figureJson } from '../../lib/figures/figure';
import { closeExport, renderSvg } from '../../lib/figures/export';
import {
  FigureFileError,
  readFigures,
  RECORDING_PAGE,
  writeGallery,
} from '../../lib/figures/gallery/gallery';
import { valueAt } from '../../lib/results/curve-at-ratio';
import { packCodes, packIntegers } from '../../lib/results/packed-integers';
import type { CurveDetails } from '../../lib/results/curve-details';
import type { Results } from '../../lib/results/results';
import { projectRoot } from '../../lib/files/project-root';
import { curve, EXAMPLES } from './examples';
import { browserContext, browserTest } from './with-browser';

let folder = '';
before(async () => (folder = await mkdtemp(join(tmpdir(), 'neurobasis-gallery-'))));
after(async () => {
  await closeExport();
  await rm(folder, { recursive: true, force: true });
});

const results: Results = {
  dataset: {
    name: 'sample',
    label: 'synthetic sample (8 recordings)',
    synthetic: true,
    recordings: 16,
    samples: 1_562_480,
    wavBytes: 3_125_664,
    sha256: '0'.repeat(64),
  },
  curves: [curve('identity', 0, '01-samples.ipynb'), { ...curve('dct-256', 6), lossless: null }],
};

/** A slow wave with a spike, and its decoded version at each step. */
const wave = Array.from({ length: 977 }, (_, i) =>
  Math.round(512 + 20 * Math.sin(i / 40) - (i > 480 && i < 490 ? 90 : 0)),
);
const details: CurveDetails[] = results.curves.map(({ basis, points }, of) => ({
  basis,
  intervals: points.map(({ step, compressionRatio, psnr }) => ({
    step,
    intervals: {
      compressionRatio: [compressionRatio * 0.97, compressionRatio * 1.03],
      psnr: [psnr! - 0.4, psnr! + 0.3],
    },
  })),
  excerpts: (['typical', 'spiking'] as const).map((kind, place) => ({
    recording: `${kind}-recording.wav`,
    kind,
    from: 1000 * place,
    codes: packCodes(wave),
    points: points.map(({ step, compressionRatio }) => ({
      step,
      compressionRatio: compressionRatio * (1 + place / 10),
      snr: 30 - step / 10,
      inBandSnr: 20 - step / 10 - of,
      error: packIntegers(wave.map((code) => Math.round(code / step) * step - code)),
    })),
  })),
  bound: [
    { compressionRatio: 4, psnr: 69 },
    { compressionRatio: 300, psnr: 41 },
  ],
}));

/** The files of a gallery without waveforms. */
const scripts = ['00-recordings', '01-samples', '02-cosine', 'plotly.min', 'results']
  .map((name) => `${name}.js`)
  .concat('index.html')
  .sort();

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
    for (const type of ['svg', 'json']) assert.ok(part.includes(`href="${id}.${type}"`));
    assert.ok(!part.includes('.png'));
    assert.ok(part.includes(`<noscript><img src="${id}.svg"`));
  }
  assert.ok(html.includes('A title with &lt;/script&gt;&lt;b&gt;markup&lt;/b&gt; &amp; &quot;quotes&quot;'));
  assert.ok(!html.includes('</script><b>'));
  assert.ok(html.includes('Synthetic sample.'));
  assert.ok(html.includes(`<a href="${RECORDING_PAGE}">`));
  assert.ok(
    html.includes('<th scope="row" style="text-align:left">dct-256</th><td style="text-align:right">–</td>'),
  );
  assert.deepEqual((await readdir(folder)).sort(), scripts);
  await writeGallery(folder, results, figures, details);
  assert.deepEqual((await readdir(folder)).sort(), [...scripts, 'excerpts.js'].sort());
  await writeGallery(folder, results, figures);
  assert.deepEqual((await readdir(folder)).sort(), scripts);
});

test('No text of a figure or of the results becomes markup.', async () => {
  const evil = '"><img src=x onerror=alert(1)>';
  const figure = {
    ...figures[0]!,
    notebook: `01-${evil}`,
    name: evil,
    title: evil,
    subtitle: evil,
    layout: { ...figures[0]!.layout, height: evil as unknown as number },
  };
  const dataset = {
    ...results.dataset,
    label: evil,
    samples: evil as unknown as number,
    wavBytes: evil as unknown as number,
  };
  const curves = results.curves.map((one) => ({ ...one, basis: evil, notebook: evil }));
  await writeGallery(folder, { ...results, dataset, curves }, [figure]);
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  // The rest is in scripts, as JSON without the character that would end them.
  const markup = html.replace(/<script[^>]*>[\s\S]*?<\/script>/g, '');
  assert.ok(!markup.includes('<img src=x'), markup.slice(markup.indexOf('<img src=x') - 80).slice(0, 160));
  assert.ok(!/<script type="application\/json"[^>]*>[^<]*<img/.test(html));
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
    const context = await browserContext();
    try {
      const page = await context.newPage();
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
        "(async () => { for (const f of document.querySelectorAll('figure')) { do { f.scrollIntoView(); await new Promise((done) => setTimeout(done, 30)); } while (!f.querySelector('.plot').dataset.drawn); } })()",
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
      await page.evaluate("document.querySelector('.plot').scrollIntoView()");
      await page.waitForFunction("document.querySelector('.plot').dataset.drawn === 'interactive'");
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
      await page.screenshot({ path: join(artifacts, 'gallery-phone.png') });

      // Without the script that draws, the picture is shown.
      await rm(join(folder, 'plotly.min.js'));
      await page.goto(address);
      await page.evaluate("document.querySelector('.plot').scrollIntoView()");
      await page.waitForFunction("document.querySelector('.plot').dataset.drawn === 'picture'");
      await page.waitForFunction("document.querySelector('.plot img').naturalWidth > 0");
    } finally {
      await context.close();
    }
  },
);

/** The explorer in a fresh page, drawn. */
async function explorerPage(context: BrowserContext, problems: string[], hash = ''): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('requestfailed', (request) => problems.push(`not found: ${request.url()}`));
  await page.setViewport({ width: 1280, height: 1000 });
  await page.goto(pathToFileURL(join(folder, 'index.html')).href + hash);
  await page.waitForFunction("document.getElementById('curve-chart').dataset.drawn === 'interactive'");
  return page;
}

/**
 * Opens the gallery in a context of its own, in which a problem of any page fails the test.
 *
 * @param work - gets the page, and what opens another one
 * @param hash - end of the first address
 */
async function inExplorer(
  work: (page: Page, open: (hash: string) => Promise<Page>) => Promise<void>,
  hash = '',
): Promise<void> {
  await writeGallery(folder, results, figures, details);
  const context = await browserContext();
  const problems: string[] = [];
  try {
    const open = (end: string): Promise<Page> => explorerPage(context, problems, end);
    await work(await open(hash), open);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
}

/** The lines of the chart, by name. */
function chartTraces(page: Page): Promise<Record<string, { x: number[]; y: number[]; bars: boolean }>> {
  return page.evaluate(
    `Object.fromEntries(document.getElementById('curve-chart').data.map((trace) =>
      [trace.name, { x: [...trace.x], y: [...trace.y], bars: Boolean(trace.error_y && trace.error_y.array) }]))`,
  ) as Promise<Record<string, { x: number[]; y: number[]; bars: boolean }>>;
}

/** The first cells of the rows of the table. */
function tableBases(page: Page): Promise<string[]> {
  return page.evaluate(
    "[...document.querySelectorAll('#curve-table tbody th')].map((cell) => cell.childNodes[2].textContent)",
  ) as Promise<string[]>;
}

/**
 * Moves the mouse to a point of the chart until its label shows, and says where that is. A page that has just closed its
 * waveforms scrolls back to the chart, so the first place may be another one by the time that the mouse is there.
 */
async function pointedAt(page: Page, index: number): Promise<{ x: number; y: number }> {
  for (const end = Date.now() + 30_000; ;) {
    const point = (await page.evaluate(
      `(() => { const { x, y, width, height } = document.querySelectorAll('#curve-chart .scatterlayer .trace .point')[${index}].getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 }; })()`,
    )) as { x: number; y: number };
    await page.mouse.move(0, 0);
    await page.mouse.move(point.x, point.y);
    await setTimeout(300);
    if ((await page.$('#curve-chart .hoverlayer .hovertext')) !== null) return point;
    assert.ok(Date.now() < end, 'the point that the mouse is on has a label');
  }
}

/** Waits until a condition in the page holds. */
const until = (page: Page, condition: string): Promise<unknown> => page.waitForFunction(condition);

browserTest('In the explorer, bases and measures are chosen, filtered, compared and sorted.', async () => {
  await inExplorer(async (page, open) => {
    let traces = await chartTraces(page);
    assert.deepEqual(Object.keys(traces), [
      'stationary Gaussian bound',
      'identity',
      'dct-256',
      'lossless',
      'cursor',
    ]);
    assert.deepEqual(
      traces['identity']!.y,
      results.curves[0]!.points.map(({ psnr }) => psnr).map((psnr) => Number(psnr!.toPrecision(6))),
    );
    assert.ok(traces['identity']!.bars);
    await page.click('#intervals');
    await until(page, "!document.getElementById('curve-chart').data[1].error_y?.array");

    await page.select('#quality', 'spikeF1');
    await page.select('#cost', 'bitsPerSample');
    await until(page, "document.getElementById('curve-chart').layout.xaxis.title.text.includes('bits')");
    traces = await chartTraces(page);
    assert.deepEqual(Object.keys(traces), ['identity', 'dct-256', 'cursor']);
    assert.equal(traces['dct-256']!.x[3], Number(results.curves[1]!.points[3]!.bitsPerSample.toPrecision(6)));

    // Relative to itself a basis is zero everywhere.
    await page.select('#reference', 'identity');
    await until(page, "document.getElementById('curve-chart').layout.yaxis.title.text.includes('minus')");
    traces = await chartTraces(page);
    assert.ok(traces['identity']!.y.every((value) => Math.abs(value) < 1e-12));
    const [samples, cosines] = results.curves;
    const ofSamples = samples!.points.map(({ bitsPerSample, spikeF1 }) => ({
      cost: bitsPerSample,
      quality: spikeF1!,
    }));
    const expected = cosines!.points.flatMap(({ bitsPerSample, spikeF1 }) => {
      const base = valueAt(ofSamples, bitsPerSample);
      return base === undefined ? [] : [spikeF1! - base];
    });
    assert.equal(traces['dct-256']!.y.length, expected.length);
    expected.forEach((gain, i) => assert.ok(Math.abs(traces['dct-256']!.y[i]! - gain) < 1e-5, `${gain}`));
    const hash = String(await page.evaluate('location.hash'));
    assert.match(hash, /quality=spikeF1&cost=bitsPerSample&minus=identity/);

    // The same view comes back from its address.
    const again = await open(hash);
    assert.equal(await again.evaluate("document.getElementById('quality').value"), 'spikeF1');
    assert.deepEqual(await chartTraces(again), traces);
    await again.close();
    await page.select('#reference', '');
    await page.select('#quality', 'psnr');
    await page.select('#cost', 'compressionRatio');

    await page.type('#search', 'dct');
    await until(page, "document.querySelectorAll('#curve-table tbody tr').length === 1");
    assert.deepEqual(await tableBases(page), ['dct-256']);
    assert.equal(await page.evaluate("document.querySelectorAll('#curve-list li:not([hidden])').length"), 1);
    await page.$eval('#search', (box) => ((box as unknown as { value: string }).value = ''));
    await page.type('#search', ' ');
    await until(page, "document.querySelectorAll('#curve-table tbody tr').length === 2");
    await page.click('#families button');
    await until(page, "document.querySelectorAll('#curve-table tbody tr').length === 0");
    assert.equal(await page.$eval('#families button', (chip) => chip.getAttribute('aria-pressed')), 'false');
    assert.match(await page.$eval('#explorer-status', (status) => String(status.textContent)), /^0 of 2/);
    await page.click('#families button');
    await page.click('#curve-list li:first-child input');
    await until(page, "document.querySelectorAll('#curve-table tbody tr').length === 1");
    await page.click('#choose-all');
    await until(page, "document.querySelectorAll('#curve-table tbody tr').length === 2");

    const sort = async (column: number): Promise<string[]> => {
      await page.click(`[data-column="${column}"] button`);
      return tableBases(page);
    };
    assert.deepEqual(await sort(4), ['dct-256', 'identity']);
    assert.equal(
      await page.$eval('[data-column="4"]', (cell) => cell.getAttribute('aria-sort')),
      'descending',
    );
    assert.deepEqual(await sort(4), ['identity', 'dct-256']);
    // Rows without a value are last in either order.
    assert.deepEqual(await sort(2), ['identity', 'dct-256']);
    assert.deepEqual(await sort(2), ['identity', 'dct-256']);
  });
});

browserTest(
  'The chart is saved as it is seen, at the size asked for, and a size without room is refused.',
  async () => {
    await inExplorer(async (page) => {
      await page.evaluate(
        'HTMLAnchorElement.prototype.click = function () { window.saved = { name: this.download, address: this.href }; }; 0',
      );
      const range = (await page.evaluate(
        "[...document.getElementById('curve-chart').layout.yaxis.range]",
      )) as number[];
      assert.ok(range[0]! > range[1]!, 'the bound is not at the top');
      await page.click('#save-svg');
      await until(page, 'window.saved');
      const saved = (await page.evaluate('saved')) as { name: string; address: string };
      assert.equal(saved.name, 'sample-explorer-psnr-compressionRatio-bound.svg');
      const svg = decodeURIComponent(saved.address.slice(saved.address.indexOf(',') + 1));
      assert.match(svg, /^<svg[^>]* width="453/);
      for (const { basis } of results.curves) assert.ok(svg.includes(basis), `${basis} is not named`);
      await page.$eval('#paper-width', (input) => ((input as unknown as { value: string }).value = '5'));
      await page.click('#save-png');
      await until(page, "document.getElementById('paper-status').textContent.includes('give at least')");
    }, '#explore:minus=bound');
  },
);

browserTest(
  'With the keyboard alone, a point of the chart is reached and its waveforms are opened.',
  async () => {
    await inExplorer(async (page) => {
      const active = (): Promise<string> => page.evaluate('document.activeElement.id') as Promise<string>;
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.className'), 'skip');
      await page.keyboard.press('Enter');
      const seen: string[] = [];
      for (let i = 0; i < 40 && (await active()) !== 'curve-chart'; i++) {
        await page.keyboard.press('Tab');
        seen.push(await active());
      }
      assert.deepEqual(
        seen.filter((id) => id !== ''),
        ['quality', 'cost', 'reference', 'intervals', 'search', 'choose-all', 'choose-none', 'curve-chart'],
      );
      const cursor = (): Promise<string> => page.$eval('#chart-cursor', (text) => String(text.textContent));
      await page.keyboard.press('ArrowRight');
      assert.match(await cursor(), /^identity, step 1\./);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      assert.match(await cursor(), /^identity, step 4\./);
      await page.keyboard.press('ArrowDown');
      assert.match(await cursor(), /^dct-256, step \d+\..*95%/);
      const step = /step (\d+)/.exec(await cursor())![1]!;
      await page.keyboard.press('Enter');
      await until(page, "document.getElementById('waveform-plot').data?.length === 3");
      assert.equal(await active(), 'waveform-title');
      assert.match(
        await page.$eval('#waveform-facts', (facts) => String(facts.textContent)),
        new RegExp(`^dct-256 at step ${step}: CR [\\d.]+, SNR [\\d.]+ dB`),
      );
      const drawn = (await page.evaluate(
        "document.getElementById('waveform-plot').data.map((trace) => [...trace.y])",
      )) as number[][];
      assert.deepEqual(drawn[0], wave);
      assert.deepEqual(
        drawn[1],
        wave.map((code) => Math.round(code / Number(step)) * Number(step)),
      );
      // A coarser step, with the arrow key on its slider.
      await page.focus('#waveform-step');
      await page.keyboard.press('ArrowRight');
      await until(page, `!document.getElementById('waveform-facts').textContent.includes('step ${step}:')`);
      await page.select('#waveform-beside', 'identity');
      await until(page, "document.getElementById('waveform-plot').data.length === 5");
      await page.select('#waveform-recording', '1');
      await until(page, "document.getElementById('waveform-plot').data[0].x0 > 0");
      await page.keyboard.press('Escape');
      assert.equal(await page.$eval('#waveform-view', (view) => view.hasAttribute('hidden')), true);
      assert.equal(await active(), 'curve-chart');

      // A click does the same.
      const point = await pointedAt(page, 4);
      assert.match(
        await page.$eval('#curve-chart .hoverlayer', (layer) => String(layer.textContent)),
        /step 16.*spikes F1/,
      );
      await page.mouse.click(point.x, point.y);
      await until(page, "!document.getElementById('waveform-view').hidden");
      assert.match(await page.$eval('#waveform-facts', (facts) => String(facts.textContent)), /step 16:/);
    });
  },
);

browserTest(
  'The gallery is dark where the system or the reader wants it, and on paper always light.',
  async () => {
    await inExplorer(async (page) => {
      const ground = (): Promise<string> =>
        page.evaluate('getComputedStyle(document.body).backgroundColor') as Promise<string>;
      const ofChart = (): Promise<string> =>
        page.evaluate(
          "document.querySelector('#curve-chart .main-svg').style.background + ' ' + document.getElementById('curve-chart').data[1].line.color",
        ) as Promise<string>;
      const darkGround = 'rgb(19, 21, 24)';
      assert.equal(await ground(), 'rgb(246, 246, 244)');
      const light = await ofChart();
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
      await until(page, `getComputedStyle(document.body).backgroundColor === '${darkGround}'`);
      await until(page, "document.getElementById('curve-chart').data[1].line.color === '#f0803c'");
      await page.click('[data-theme-choice="light"]');
      assert.equal(await ground(), 'rgb(246, 246, 244)');
      await until(page, "document.getElementById('curve-chart').data[1].line.color === '#d55e00'");
      assert.equal(await ofChart(), light);
      await page.click('[data-theme-choice="dark"]');
      assert.equal(await ground(), darkGround);
      // The choice is remembered.
      await page.reload();
      assert.equal(await ground(), darkGround);
      await until(page, "document.getElementById('curve-chart').dataset.drawn === 'interactive'");
      const artifacts = join(projectRoot(), 'tests', 'artifacts');
      await mkdir(artifacts, { recursive: true });
      await page.screenshot({ path: join(artifacts, 'gallery-dark.png') });

      await page.evaluate(`addEventListener('beforeprint', () => {
      window.onPaper = { color: document.getElementById('curve-chart').data[1].line.color,
        width: document.getElementById('curve-chart').layout.width,
        undrawn: document.querySelectorAll('.plot:not([data-drawn])').length };
    })`);
      const pdf = await page.pdf({ format: 'a4' });
      assert.ok(pdf.length > 50_000);
      await until(page, 'window.onPaper');
      assert.deepEqual(await page.evaluate('onPaper'), { color: '#d55e00', width: 680, undrawn: 0 });
      await until(page, "document.getElementById('curve-chart').data[1].line.color === '#f0803c'");
      await page.emulateMediaType('print');
      assert.equal(await ground(), 'rgb(255, 255, 255)');
      for (const hidden of ['nav', '.theme', '#search', '#chart-help', '.see']) {
        assert.equal(
          await page.$eval(hidden, (element) => (element as unknown as { offsetWidth: number }).offsetWidth),
          0,
          hidden,
        );
      }
    });
  },
);

browserTest(
  'Without waveforms or without the script that draws, the explorer says so and still sorts.',
  async () => {
    await writeGallery(folder, results, figures, details);
    await rm(join(folder, 'excerpts.js'));
    const context = await browserContext();
    try {
      const page = await explorerPage(context, []);
      await page.click('.see');
      await until(page, "document.getElementById('waveform-facts').textContent.includes('excerpts.js')");
      await rm(join(folder, 'plotly.min.js'));
      await page.goto(pathToFileURL(join(folder, 'index.html')).href);
      await until(page, "document.getElementById('curve-chart').dataset.drawn === 'missing'");
      await page.click('[data-column="4"] button');
      assert.deepEqual(await tableBases(page), ['dct-256', 'identity']);
    } finally {
      await context.close();
    }
  },
);
