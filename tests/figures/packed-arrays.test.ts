import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { launchBrowser } from '../../lib/figures/browser';
import { plotlyScript } from '../../lib/figures/export';
import { FIGURE_DIGITS, roundSignificant } from '../../lib/figures/figure';
import { packTraces } from '../../lib/figures/packed-arrays';
import { browserTest } from './with-browser';

interface Packed {
  readonly dtype: string;
  readonly bdata: string;
  readonly shape?: string;
}

const ARRAYS = { i1: Int8Array, i2: Int16Array, i4: Int32Array, f4: Float32Array, f8: Float64Array } as const;

/** The numbers that plotly reads. */
function unpacked({ dtype, bdata }: Packed): number[] {
  const bytes = Uint8Array.from(Buffer.from(bdata, 'base64'));
  return Array.from(new ARRAYS[dtype as keyof typeof ARRAYS](bytes.buffer));
}

const numbers = fc.oneof(
  fc.integer({ min: -128, max: 127 }),
  fc.integer({ min: -70_000, max: 70_000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
  fc.constant(1e-60),
);

test('Packed numbers are those of the saved figure, to its last digit.', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(numbers, fc.constant(null)), { minLength: 24, maxLength: 80 }), (y) => {
      const [trace] = packTraces([{ type: 'scatter', y, name: 'a' }]) as { y: Packed; name: string }[];
      assert.equal(trace!.name, 'a');
      const expected = y.map((value) => (value === null ? NaN : roundSignificant(value, FIGURE_DIGITS) + 0));
      assert.deepEqual(
        unpacked(trace!.y).map((value) => roundSignificant(value, FIGURE_DIGITS) + 0),
        expected,
      );
    }),
  );
});

test('Short arrays, words and everything that is no data stay as they are.', () => {
  const traces = [
    { x: [1, 2], y: Array.from({ length: 30 }, String), marker: { size: new Array(40).fill(7) } },
  ];
  assert.deepEqual(packTraces(traces), traces);
});

browserTest('Plotly draws the same from packed numbers, gaps and tables included.', async () => {
  const y = Array.from({ length: 60 }, (_, i) => (i % 20 === 19 ? null : Math.sin(i) * 3));
  const z = Array.from({ length: 6 }, (_, row) => Array.from({ length: 9 }, (_, column) => row * column));
  const traces = [
    { type: 'scatter', mode: 'lines', x: y.map((_, i) => i), y },
    { type: 'heatmap', z, xaxis: 'x2', yaxis: 'y2' },
    {
      type: 'scatter',
      y: y.map((value) => value ?? 0),
      error_y: { type: 'data', array: y.map((_, i) => i / 7) },
    },
  ];
  const layout = {
    width: 600,
    height: 400,
    xaxis: { domain: [0, 0.4] },
    xaxis2: { domain: [0.6, 1] },
    yaxis2: { anchor: 'x2' },
  };
  const session = await launchBrowser();
  try {
    const page = await session.browser.newPage();
    await page.setContent('<!doctype html><body><div id="plot"></div>');
    await page.addScriptTag({ path: plotlyScript() });
    const lines = (data: unknown): Promise<string[]> =>
      page.evaluate(
        `Plotly.newPlot('plot', ${JSON.stringify(data)}, ${JSON.stringify(layout)}).then(() =>
          [...document.querySelectorAll('#plot .js-line, #plot .errorbar path, #plot .point')].map((line) =>
            line.getAttribute('d') + line.getAttribute('transform')).concat(document.querySelector('#plot image').getAttribute('href').slice(0, 400)))`,
      ) as Promise<string[]>;
    const plain = await lines(
      JSON.parse(
        JSON.stringify(traces, (_, v: unknown) =>
          typeof v === 'number' ? roundSignificant(v, FIGURE_DIGITS) : v,
        ),
      ),
    );
    const packed = packTraces(traces);
    assert.ok(JSON.stringify(packed).includes('"shape":"6, 9"'));
    assert.ok(plain.length > 60);
    assert.deepEqual(await lines(packed), plain);
  } finally {
    await session.end();
  }
});
