import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { promisify } from 'node:util';
import { figureJson, type Figure } from '../../lib/figures/figure';
import { LINE_LABEL } from '../../lib/figures/line-labels';
import { lineFigure, LineLengthError } from '../../lib/figures/line-figure';
import { MILLIMETER, paperFigure, PaperSizeError } from '../../lib/figures/paper-figure';
import { withHeadline } from '../../lib/figures/theme';
import { projectRoot } from '../../lib/files/project-root';
import { EXAMPLES } from './examples';
import { browserTest } from './with-browser';

const folder = mkdtempSync(join(tmpdir(), 'paper-figure-'));
after(() => rmSync(folder, { recursive: true }));

const exampleOf = (name: string): Figure => EXAMPLES.find((figure) => figure.name === name)!;

test('Every kind of chart fits on a page, with letters of 8 points and names of lines apart.', () => {
  for (const figure of EXAMPLES) {
    const paper = paperFigure(figure, { width: 180, height: 240 });
    assert.equal(paper.layout.width, 180 * MILLIMETER);
    assert.equal(paper.layout.height, 240 * MILLIMETER);
    const font = paper.layout.template!.layout!.font!.size!;
    assert.ok(Math.abs(font - (8 * 96) / 72) < 1e-9, `${figure.name}: ${font}`);
    const labels = (paper.layout.annotations ?? []).filter(
      (one) => (one as { name?: string }).name === LINE_LABEL,
    );
    assert.equal(
      labels.length,
      (figure.layout.annotations ?? []).filter((one) => (one as { name?: string }).name === LINE_LABEL)
        .length,
    );
    // The original figure is unchanged.
    assert.notEqual(paper.layout.width, figure.layout.width);
  }
});

test('On a smaller page names of lines are as far apart as their letters are high.', () => {
  const { layout } = paperFigure(exampleOf('rate-distortion-many'), { width: 90, height: 90, title: false });
  const [bottom, top] = layout.yaxis!.range as [number, number];
  const height = layout.height! - layout.margin!.t! - layout.margin!.b!;
  const places = (layout.annotations ?? [])
    .map(({ ay }) => ((Number(ay) - bottom) / (top - bottom)) * height)
    .sort((a, b) => a - b);
  assert.ok(places.length === 8);
  const size = layout.annotations![0]!.font!.size!;
  places.slice(1).forEach((place, i) => assert.ok(place - places[i]! >= 1.2 * size));
});

test('A paper without room is refused with the size that it has to have, and that size is enough.', () => {
  for (const figure of EXAMPLES) {
    let message = '';
    assert.throws(
      () => paperFigure(figure, { width: 5, height: 5 }),
      (error: Error) => {
        message = error.message;
        return error instanceof PaperSizeError;
      },
    );
    assert.ok(message.includes(`"${figure.name}"`));
  }
  const [, width, height] = /at least (\d+) by (\d+) mm/.exec(
    (() => {
      try {
        paperFigure(exampleOf('waveforms'), { width: 90, height: 70, title: false });
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    })(),
  )!;
  paperFigure(exampleOf('waveforms'), {
    width: Math.max(90, Number(width)),
    height: Number(height),
    title: false,
  });
});

test('One’s own figure gets its title and subtitle drawn, one that has a title keeps it.', () => {
  const own: Figure = {
    name: 'own',
    title: 'My finding',
    subtitle: 'two recordings',
    data: [{ y: [1, 2] }],
    layout: { height: 300 },
  };
  const { layout } = withHeadline(own);
  const text = typeof layout.title === 'string' ? layout.title : layout.title!.text!;
  assert.ok(text.includes('My finding') && text.includes('two recordings'));
  assert.equal(layout.height, 300);
  assert.ok(layout.margin!.t! > 50);
  assert.equal(withHeadline(EXAMPLES[0]!), EXAMPLES[0]);
});

test('A quick look takes numbers as they are: one line or several, places or a distance, any unit.', () => {
  const one = lineFigure(1, Float64Array.from([3, 1, 2]), { y: { quantity: 'Signal', unit: 'µV' } });
  assert.deepEqual((one.data[0] as { y: number[] }).y, [3, 1, 2]);
  assert.equal((one.layout.yaxis!.title as { text: string }).text, 'Signal, µV');
  const uneven = lineFigure([0, 1, 10], { a: [1, 2, 3], b: [3, 2, 1] }, { x: 'Place' });
  assert.deepEqual((uneven.data[1] as { x: number[] }).x, [0, 1, 10]);
  assert.throws(() => lineFigure([0, 1], { a: [1, 2, 3] }), LineLengthError);
  const long = lineFigure(1, new Float64Array(50_000));
  assert.equal(long.data.length, 2);
  assert.ok(long.subtitle.includes('envelope'));
});

const run = promisify(execFile);
const figureCommand = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, ['--require', './tools/loader.cjs', 'tools/figure.ts', ...args], {
    cwd: projectRoot(),
  });

browserTest('The command draws PDF, SVG and PNG of the size asked for.', async () => {
  const source = join(folder, 'example.json');
  writeFileSync(source, figureJson({ ...exampleOf('parameter'), notebook: '02-cosine', position: 1 }));
  const drawn = async (name: string, ...args: string[]): Promise<Buffer> => {
    const target = join(folder, name);
    const { stdout } = await figureCommand(source, '--to', target, ...args);
    assert.equal(stdout.trim(), target);
    return readFileSync(target);
  };
  const pdf = await drawn('a.pdf', '--width', '90mm', '--height', '7cm');
  assert.ok(pdf.subarray(0, 5).toString() === '%PDF-');
  const [, width, height] = /\/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf.toString('latin1'))!;
  assert.ok(
    Math.abs(Number(width) - (90 * 72) / 25.4) < 1 && Math.abs(Number(height) - (70 * 72) / 25.4) < 1,
  );
  const svg = String(await drawn('b.svg', '--no-title'));
  assert.ok(svg.includes(' width="90mm" height="70mm"'));
  // Once in words, for those who do not see it.
  assert.equal(svg.match(/Blocks of 256/g)!.length, 1);
  const png = await drawn('c.png', '--width', '3.5in');
  assert.ok(Math.abs(png.readUInt32BE(16) - 3.5 * 600) < 12);
});

test('The command says what is wrong with what it was given.', async () => {
  const source = join(folder, 'wrong.json');
  writeFileSync(source, '{}');
  const refusal = async (...args: string[]): Promise<string> => {
    const error = await figureCommand(...args).then(
      () => assert.fail('it was taken'),
      (reason: { stderr: string; code: number }) => reason,
    );
    assert.equal(error.code, 1);
    return error.stderr;
  };
  assert.match(await refusal(source), /wrong\.json is not a figure/);
  assert.match(await refusal('nowhere.json'), /There is no file .*nowhere\.json/);
  assert.match(await refusal(source, '--format', 'gif'), /no format "gif": choose pdf, svg, png/);
  assert.match((await figureCommand('--help')).stdout, /--width 90mm/);
});
