/** Zooming into a signal shows its samples; an envelope cannot be zoomed. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import type { Layout, LayoutAxis } from 'plotly.js';
import type { Page } from 'puppeteer-core';
import { basisFunctions } from '../../lib/figures/charts/basis-functions';
import { launchBrowser } from '../../lib/figures/browser';
import { plotlyScript } from '../../lib/figures/export';
import { figureJson, type Figure } from '../../lib/figures/figure';
import { PALETTE } from '../../lib/figures/theme';
import { waveforms } from '../../lib/figures/charts/waveforms';
import { projectRoot } from '../../lib/files/project-root';
import { browserTest } from './with-browser';

const SAMPLE_RATE = 19531;
const headline = { title: 'A signal', corpus: 'synthetic' };

/** Noise about a slow wave, in ADC codes. */
function noisy(samples: number): number[] {
  let state = 7;
  return Array.from({ length: samples }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.round(512 + 40 * Math.sin(i / 3000) + 30 * (state / 2 ** 32 - 0.5));
  });
}

interface Trace {
  readonly name: string;
  readonly x0: number;
  readonly dx: number;
  readonly y: number[];
  readonly xaxis: string;
  readonly fill?: string;
  readonly hovertemplate: string;
}

/** A figure of signals must not show a value where the signal has another, however near one looks. */
function assertHonest(
  figure: Figure,
  signals: Readonly<Record<string, readonly number[]>>,
  step: number,
): void {
  const traces = figure.data as unknown as Trace[];
  for (const [name, signal] of Object.entries(signals)) {
    const own = traces.filter((trace) => trace.name === name || trace.name.startsWith(`${name}, `));
    assert.ok(own.length === 1 || own.length === 2, `${name}: ${own.length} traces`);
    const axis = (figure.layout as Partial<Layout> & Record<string, Partial<LayoutAxis>>)[
      own[0]!.xaxis.replace('x', 'xaxis')
    ]!;
    if (own.length === 1) {
      assert.deepEqual(own[0]!.y, signal);
      assert.ok(Math.abs(own[0]!.dx - step) < 1e-9);
    } else {
      assert.equal(axis.fixedrange, true);
      assert.equal(own[1]!.fill, 'tonexty');
      const group = Math.round(own[0]!.dx / step);
      assert.ok(figure.subtitle.includes(`envelope: lowest and highest of each ${group} samples`));
      assert.match(own[0]!.hovertemplate, new RegExp(`the lowest of ${group} samples`));
      signal.forEach((value, i) => {
        const at = Math.floor(i / group);
        assert.ok(value >= own[0]!.y[at]! && value <= own[1]!.y[at]!);
      });
    }
  }
}

test('A signal of any length is drawn by its samples, or as a band that says so and cannot be zoomed.', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12_000 }), fc.integer({ min: 0, max: 3 }), (samples, panels) => {
      const original = noisy(samples);
      const decoded = Array.from({ length: panels }, (_, i) => ({ label: `CR ${i}`, codes: original }));
      const figure = waveforms({ original, decoded: decoded.slice(0, 1), sampleRate: SAMPLE_RATE }, headline);
      assertHonest(figure, panels > 0 ? { original, decoded: original } : { original }, 1000 / SAMPLE_RATE);
    }),
    { numRuns: 40 },
  );
  const long = noisy(5000);
  const functions = [
    { label: 'long', values: long },
    { label: 'short', values: long.slice(0, 64) },
  ];
  const figure = basisFunctions(functions, headline, {});
  assertHonest(figure, { long, short: long.slice(0, 64) }, 1);
});

/** Draws a figure in a page as a notebook does, 900 pixels wide. */
async function drawn(page: Page, figure: Figure): Promise<void> {
  await page.setViewport({ width: 900, height: 520 });
  await page.setContent('<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="plot"></div>');
  await page.addScriptTag({ path: plotlyScript() });
  const { data, layout } = figure;
  await page.evaluate(
    `Plotly.newPlot('plot', ${figureJson({ data, layout, config: { responsive: true } })}).then(() => 0)`,
  );
}

/** The range of time that is seen, before and after the middle tenth of the picture is dragged over. */
async function zoomed(page: Page): Promise<{ before: number[]; after: number[] }> {
  const range = (): Promise<number[]> =>
    page.evaluate("[...document.getElementById('plot')._fullLayout.xaxis.range]") as Promise<number[]>;
  const before = await range();
  await page.mouse.move(440, 200);
  await page.mouse.down();
  await page.mouse.move(470, 205, { steps: 4 });
  await page.mouse.move(520, 210, { steps: 4 });
  await page.mouse.up();
  await new Promise((done) => setTimeout(done, 400));
  return { before, after: await range() };
}

browserTest(
  'In a browser, five seconds cannot be zoomed to a signal that is not there; 30 ms can be zoomed.',
  async () => {
    const artifacts = join(projectRoot(), 'tests', 'artifacts');
    await mkdir(artifacts, { recursive: true });
    const session = await launchBrowser();
    try {
      const page = await session.browser.newPage();
      await drawn(
        page,
        waveforms({ original: noisy(98_737), decoded: [], sampleRate: SAMPLE_RATE }, headline),
      );
      const whole = await zoomed(page);
      assert.deepEqual(whole.after, whole.before);
      await page.mouse.move(480, 250);
      await page.waitForFunction("document.querySelector('.hoverlayer .hovertext') !== null");
      assert.match(
        await page.$eval('.hoverlayer', (layer) => String(layer.textContent)),
        /the (lowest|highest) of 124 samples/,
      );
      await page.screenshot({ path: join(artifacts, 'zoom-envelope.png') });

      const stretch = noisy(586);
      const decoded = [{ label: 'CR 20', codes: stretch.map((code) => 8 * Math.round(code / 8)) }];
      await drawn(
        page,
        waveforms(
          {
            original: stretch,
            decoded,
            sampleRate: SAMPLE_RATE,
            style: { color: PALETTE.blue, dash: 'solid', symbol: 'circle' },
          },
          headline,
        ),
      );
      const near = await zoomed(page);
      assert.ok(near.after[1]! - near.after[0]! < 0.2 * (near.before[1]! - near.before[0]!));
      await page.screenshot({ path: join(artifacts, 'zoom-samples.png') });
    } finally {
      await session.end();
    }
  },
);
