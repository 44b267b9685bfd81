import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { BasisParameterError } from '../../lib/bases/basis';
import { BlockMatrixBasis } from '../../lib/bases/parts/block-matrix';
import { PLAIN_REFERENCE, REFERENCE } from '../../lib/catalog/reference';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { projectRoot } from '../../lib/files/project-root';
import { readCodes } from '../../lib/recordings/corpus';
import { closingAnalysis, SHOWN_RATIOS, type ClosingAnalysis } from '../../lib/study/closing-analysis';
import { foldOf } from '../../lib/recordings/folds';
import { readDigests, recordingKey } from '../../lib/study/measurement-digests';
import { boundAt, psnrAt } from '../../lib/results/curve-at-ratio';
import { OwnBasisError } from '../../lib/study/own-basis';
import { FIGURES_VARIABLE } from '../../lib/results/outputs';
import { describeDataset, type SavedCurve } from '../../lib/results/results';
import { SAMPLE_STEPS } from '../../lib/measuring/steps';
import { studyRecordings } from '../../lib/study/sections/study-extent';
import { STUDY_STEPS } from '../../lib/study/study-bases';
import { createSmallCorpus } from './small-corpus';

interface Trace {
  readonly name: string;
  readonly x: number[];
  readonly y: number[];
}
interface Output {
  readonly data: Record<string, unknown>;
}

const { corpus, remove } = createSmallCorpus([9000, 12_000, 15_001]);
const folder = mkdtempSync(join(tmpdir(), 'closing-analysis-'));
const load = createRequire(join(projectRoot(), 'package.json'));
const kernelModule = load.resolve('tslab/dist/jupyter');
const environment = { ...process.env };
let outputs: Output[] = [];
let analysis: ClosingAnalysis;

before(async () => {
  const kernel = new Module(kernelModule);
  kernel.exports = { lastWriteDisplayData: (output: Output) => outputs.push(output) };
  load.cache[kernelModule] = kernel;
  // Figures without their pictures are enough here, and need no browser.
  process.env['CHROME'] = '/nowhere/chromium';
  process.env[FIGURES_VARIABLE] = folder;
  delete process.env['NEUROBASIS_NOTEBOOK'];
  analysis = await closingAnalysis('dct-64', corpus);
});
after(() => {
  delete load.cache[kernelModule];
  process.env = environment;
  rmSync(folder, { recursive: true });
  remove();
});

interface Drawn {
  readonly data: Trace[];
  readonly layout: { readonly annotations?: readonly { readonly text: string }[] };
}

/** The figures among the outputs, with their titles. */
function figures(): (Drawn & { text: string })[] {
  return outputs.flatMap(({ data }) => {
    const drawn = data['application/vnd.plotly.v1+json'] as Drawn | undefined;
    return drawn ? [{ text: String(data['text/plain']), ...drawn }] : [];
  });
}

/** The tables among the outputs, as cells of text. */
function tables(): string[][][] {
  return outputs
    .filter(({ data }) => 'text/html' in data)
    .map(({ data }) =>
      String(data['text/plain'])
        .split('\n')
        .filter((line) => !/^\| -/.test(line))
        .map((line) =>
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim().replace(/(?<=\d),(?=\d{3})/g, '')),
        ),
    );
}

test('closing analyses of the sample measure nothing that its studies have measured', () => {
  assert.deepEqual(SAMPLE_STEPS, [0, ...STUDY_STEPS]);
});

test('all operating points are measured, and each is a row of the table', () => {
  const { curve } = analysis;
  assert.equal(curve.basis, 'dct-64');
  assert.deepEqual(
    curve.points.map(({ step }) => step),
    SAMPLE_STEPS.slice(1),
  );
  const [, ...rows] = tables()[0]!;
  assert.deepEqual(
    rows.map(([step, ratio]) => [step, ratio]),
    [
      ['lossless', curve.lossless!.compressionRatio.toFixed(3)],
      ...curve.points.map(({ step, compressionRatio }) => [String(step), compressionRatio.toFixed(3)]),
    ],
  );
  // 24 codes, all as likely, are log2(24) bits and not less; a transform that makes them Gaussian costs half a bit.
  const excess = curve.lossless!.bitsPerSample - Math.log2(24);
  assert.ok(excess > 0 && excess < 0.7, String(excess));
});

test('the PSNR at a ratio lies between those of the points about it, and its distance from the bound is measured', () => {
  const { curve, bound, psnrAt, distanceFromBound } = analysis;
  for (const ratio of [6, 12, 60]) {
    const above = curve.points.findIndex(({ compressionRatio }) => compressionRatio > ratio);
    const psnr = psnrAt(ratio)!;
    assert.ok(psnr <= curve.points[above - 1]!.psnr! && psnr >= curve.points[above]!.psnr!);
    assert.equal(distanceFromBound(ratio), boundAt(bound, ratio)! - psnr);
    assert.ok(distanceFromBound(ratio)! > -0.5, 'no coder of noise beats the bound');
  }
  assert.equal(psnrAt(0.5), undefined);
  assert.equal(distanceFromBound(0.5), undefined);
});

/** Numbers of a trace, which plotly takes packed too. */
function numbersOf(
  values: readonly number[] | { readonly dtype: string; readonly bdata: string },
): readonly number[] {
  if (!('bdata' in values)) return values;
  assert.equal(values.dtype, 'f4');
  const bytes = Buffer.from(values.bdata, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}

test('the figures show the curve, the waveforms at each ratio, all recordings, and the energy of the coefficients', () => {
  const [rates, waves, spread, compaction, ...others] = figures();
  assert.deepEqual(others, []);
  const curve = rates!.data.find(({ name }) => name === 'dct-64')!;
  assert.equal(curve.y.length, analysis.curve.points.length);
  curve.y.forEach((psnr, i) => assert.ok(Math.abs(psnr - analysis.curve.points[i]!.psnr!) < 0.001));
  assert.match(rates!.text, new RegExp(`${analysis.psnrAt(20)!.toFixed(1)} dB at CR 20`));
  // Every picture has the codec that all are compared with, and its title says how far from it this one is.
  const reference = analysis.reference!;
  assert.equal(reference.basis, PLAIN_REFERENCE);
  assert.ok(rates!.data.some(({ name }) => name === PLAIN_REFERENCE));
  const distance = analysis.psnrAt(20)! - psnrAt(reference, 20)!;
  const side = distance < 0 ? 'below' : 'above';
  assert.match(rates!.text, new RegExp(`${Math.abs(distance).toFixed(2)} dB ${side} ${PLAIN_REFERENCE}`));
  // Of the sample the waveforms are those of its operating points.
  const codec = codecFromId('dct-64');
  const ratiosOf = corpus.recordings.map((recording) =>
    SAMPLE_STEPS.slice(1)
      .map((step) => recording.wavBytes / codec.encode(readCodes(recording), step).bytes.length)
      .map((ratio) => Number(ratio.toFixed(ratio < 10 ? 1 : 0))),
  );
  const shown = ratiosShown(waves!);
  assert.ok(
    ratiosOf.some((ratios) => isDeepStrictEqual(ratios, shown)),
    shown.join(' '),
  );
  assert.equal(spread!.data.length, SHOWN_RATIOS.length);
  for (const { x } of spread!.data) assert.equal(x.length, corpus.recordings.length);
  assert.deepEqual(
    compaction!.data.map(({ name }) => name),
    ['dct-64', 'identity'],
  );
  // Drawn is the energy that is left out.
  for (const trace of compaction!.data) {
    const y = numbersOf(trace.y);
    assert.ok(y.length > 24);
    y.forEach((energy, i) => assert.ok(i === 0 || energy <= y[i - 1]!));
  }
});

function ratiosShown({ layout }: Drawn): number[] {
  const headings = (layout.annotations ?? []).map(({ text }) => text).join('; ');
  return [...headings.matchAll(/CR ([\d.]+), SNR/g)].map(([, ratio]) => Number(ratio));
}

test('of recordings that are evidence, waveforms are shown at the same ratios in every notebook', async () => {
  const before = outputs;
  outputs = [];
  delete process.env[FIGURES_VARIABLE];
  await closingAnalysis('dct-64', { ...corpus, synthetic: false });
  const [, waves] = figures();
  process.env[FIGURES_VARIABLE] = folder;
  outputs = before;
  const shown = ratiosShown(waves!);
  assert.equal(shown.length, SHOWN_RATIOS.length);
  // Rounded to two digits; of noise, whose ratio jumps, it may be more.
  shown.forEach((ratio, i) => assert.ok(ratio >= SHOWN_RATIOS[i]!, shown.join(' ')));
  assert.ok(shown[0]! < 1.02 * SHOWN_RATIOS[0] && shown[1]! < 1.06 * SHOWN_RATIOS[1], shown.join(' '));
  assert.match(waves!.text, /dB at CR 5 to -?\d+ dB at CR 200/);
});

test('sparsity is that of each recording once, and white noise has no coding gain', () => {
  const [heading, identity, dct] = tables()[1]!;
  assert.match(figures()[3]!.text, /median of 2 recordings/);
  const gain = heading!.indexOf('Coding gain, dB');
  assert.equal(identity![0], 'identity');
  assert.equal(Number(identity![gain]), 0);
  assert.equal(dct![0], 'dct-64');
  assert.ok(Math.abs(Number(dct![gain])) < 0.2);
  const held = heading!.indexOf('99% of the energy in, % of coefficients');
  const shares = studyRecordings(corpus, 24).recordings.map((recording) => {
    const codes = readCodes(recording);
    const mean = codes.reduce((sum, code) => sum + code, 0) / codes.length;
    const energies = Array.from(codes, (code) => Math.round(code - mean) ** 2).sort((a, b) => b - a);
    const all = energies.reduce((sum, energy) => sum + energy, 0);
    let sum = 0;
    return (100 * (1 + energies.findIndex((energy) => (sum += energy) >= 0.99 * all))) / codes.length;
  });
  assert.equal(shares.length, 2);
  assert.equal(identity![held], ((shares[0]! + shares[1]!) / 2).toFixed(2));
});

test('a run that asks for results gets the curve with what it was measured on', () => {
  assert.deepEqual(readdirSync(join(folder, 'curves')), ['dct-64.json']);
  const saved = JSON.parse(readFileSync(join(folder, 'curves', 'dct-64.json'), 'utf8')) as SavedCurve;
  assert.deepEqual(saved.dataset, describeDataset(corpus));
  assert.deepEqual(saved.curve, analysis.curve);
  assert.deepEqual(
    saved.speed.points.map(({ step }) => step),
    SAMPLE_STEPS,
  );
});

test('the identity is compared with no other basis, and exploring saves nothing', async () => {
  delete process.env[FIGURES_VARIABLE];
  outputs = [];
  const { curve } = await closingAnalysis('identity', corpus);
  assert.equal(curve.basis, 'identity');
  assert.deepEqual(
    figures()[3]!.data.map(({ name }) => name),
    ['identity'],
  );
  assert.deepEqual(readdirSync(join(folder, 'curves')), ['dct-64.json']);
});

test('a basis of one’s own is measured beside others of the catalog, and saves nothing', async () => {
  process.env[FIGURES_VARIABLE] = folder;
  outputs = [];
  const sines = new Float64Array(16 * 16);
  for (let k = 0; k < 16; k++)
    for (let n = 0; n < 16; n++)
      sines[16 * k + n] = Math.sqrt(2 / 17) * Math.sin((Math.PI * (k + 1) * (n + 1)) / 17);
  const basis = new BlockMatrixBasis('My sines/16', 16, { functions: sines });
  const own = await closingAnalysis(basis, corpus, { beside: ['dct-64', 'dct-64+trellis', 'identity'] });
  assert.equal(own.curve.basis, 'My sines/16');
  assert.equal(own.curve.points.length, SAMPLE_STEPS.length - 1);
  assert.ok(own.curve.lossless, 'it comes back without loss, too');
  assert.deepEqual(
    own.beside.map((curve) => curve.basis),
    ['dct-64', 'dct-64+trellis', 'identity'],
  );
  assert.deepEqual(own.beside[0], analysis.curve);
  const [rates, , , compaction] = figures();
  assert.match(
    rates!.text,
    /My sines\/16: .* dB at CR 20, \d\.\d\d dB (above|below) (dct-64|identity|mdct-256)/,
  );
  const beside = [own.curve, ...own.beside];
  const lines = beside.map((curve) => rates!.data.filter(({ name }) => name === curve.basis));
  // PSNR, SNR in the band, the place of a name, and threshold crossings.
  for (const [i, ofCurve] of lines.entries()) {
    assert.equal(ofCurve.length, lines[0]!.length, beside[i]!.basis);
    ofCurve[0]!.y.forEach((psnr, k) => assert.ok(Math.abs(psnr - beside[i]!.points[k]!.psnr!) < 0.001));
  }
  // A basis is shown once, whatever quantizers it is shown with.
  const [, ...rows] = tables()[1]!;
  assert.deepEqual(
    rows.map(([id]) => id),
    ['dct-64', 'identity', 'My sines/16'],
  );
  assert.deepEqual(compaction!.data.map(({ name }) => name).sort(), ['My sines/16', 'dct-64', 'identity']);
  assert.deepEqual(readdirSync(join(folder, 'curves')), ['dct-64.json']);
});

test('a codec is compared with the reference of its quantizer, and the reference with the bound', async () => {
  delete process.env[FIGURES_VARIABLE];
  const better = await closingAnalysis('dct-64+trellis', corpus);
  assert.equal(better.reference!.basis, REFERENCE);
  outputs = [];
  const { reference } = await closingAnalysis(PLAIN_REFERENCE, corpus);
  assert.equal(reference, undefined);
  assert.match(figures()[0]!.text, /dB at CR 20, \d\.\d dB (above|below) the Gaussian bound/);
  process.env[FIGURES_VARIABLE] = folder;
});

test('a curve of two bases has the sparsity of both and the digests of its own files', async () => {
  outputs = [];
  const both = await closingAnalysis('dct-64~128', corpus, { beside: ['dct-16~32'] });
  assert.equal(both.curve.basis, 'dct-64~128');
  assert.deepEqual(
    both.beside.map(({ basis }) => basis),
    ['dct-16~32'],
  );
  const sparsity = tables().at(-1)!;
  assert.deepEqual(
    sparsity.slice(1).map(([label]) => label),
    ['dct-16', 'dct-32', 'dct-64', 'dct-128'],
  );
  const digests = ['dct-64', 'dct-64~128'].map((id) => readDigests(folder, id)!.recordings);
  corpus.recordings.forEach((recording) => {
    const [alone, paired] = digests.map((ofCurve) => ofCurve[recordingKey(recording)]);
    assert.equal(alone === paired, foldOf(recording.samples) === 0);
  });
  rmSync(join(folder, 'curves', 'dct-64~128.json'));
});

test('a basis with the id of another would be mistaken for it, and is refused', async () => {
  const basis = new BlockMatrixBasis('dct-64', 2, { functions: Float64Array.of(1, 0, 0, 1) });
  await assert.rejects(closingAnalysis(basis, corpus), OwnBasisError);
  await assert.rejects(
    closingAnalysis('identity', corpus, { beside: ['no-such-basis'] }),
    BasisParameterError,
  );
});

test('a basis that the catalog has not is refused by name', async () => {
  await assert.rejects(closingAnalysis('no-such-basis', corpus), BasisParameterError);
});
