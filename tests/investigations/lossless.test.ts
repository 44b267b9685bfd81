import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { CosineBasis } from '../../lib/bases/blocks/cosine';
import { LOSSLESS } from '../../lib/coding/codec';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { LEARNED } from '../../lib/codecs/lossless/learned-constants';
import { WIDTH_UNIT } from '../../lib/codecs/lossless/linear-scale';
import { encodeCodes } from '../../lib/codecs/lossless/code-coder';
import { presetFrom } from '../../lib/codecs/lossless/presets';
import { rateDistortion } from '../../lib/figures/charts/rate-distortion';
import { NEURALINK_CORPUS, type Corpus } from '../../lib/recordings/corpus';
import { generateSampleRecording } from '../../lib/recordings/sample';
import { hashCodecCode } from '../../lib/measuring/codec-code';
import { codecLook } from '../../lib/figures/codec-look';
import { innovationsOf, pairGains, stationaryFloor } from '../../lib/investigations/10-lossless/innovations';
import { LinearizedBasis } from '../../lib/investigations/10-lossless/linearized-basis';
import {
  ablationOf,
  constantsFor,
  LOSSLESS_IDEAS,
  losslessAblation,
} from '../../lib/investigations/10-lossless/ablation';
import { LEARNED_ON_FOLD_0, LEARNED_ON_FOLD_1 } from '../../lib/investigations/10-lossless/fold-constants';
import { crossFittedSizes } from '../../lib/investigations/10-lossless/sizes';
import { curveOf, operatingSteps } from '../../lib/measuring/measured-curve';
import { compareRates } from '../../lib/study/rate-comparison';
import { OPERATING_STEPS } from '../../lib/measuring/steps';
import { sweep } from '../../lib/measuring/sweep';
import { createCorpusOf, noiseCodes } from '../study/small-corpus';

const cleanings: (() => void)[] = [];
after(() => cleanings.forEach((clean) => clean()));

function corpusOf(...signals: Uint16Array[]): Corpus {
  const { corpus, remove } = createCorpusOf(signals);
  cleanings.push(remove);
  return corpus;
}

test('a lossless codec has a curve of one lossless point, a look, and no rate at any PSNR', async () => {
  const corpus = corpusOf(noiseCodes(3000, 1), noiseCodes(2001, 2));
  for (const id of ['lossless-fast', 'lossless-best']) {
    assert.deepEqual(operatingSteps(id, corpus), [LOSSLESS]);
    const curve = curveOf(id, await sweep(codecFromId(id), corpus, operatingSteps(id, corpus)));
    assert.equal(curve.basis, id);
    assert.equal(curve.points.length, 0);
    assert.ok(curve.lossless!.compressionRatio > 2);
    assert.ok(curve.learned);
    assert.match(codecLook(id).title, /digitizer/);
    const names = rateDistortion([{ curve }], { title: '', corpus: '' }).data.map(({ name }) => name);
    assert.deepEqual(names, ['lossless']);
    const [comparison] = await compareRates('identity', [id], corpus);
    assert.deepEqual(comparison!.deltaRates, [null, null]);
  }
  assert.equal(
    operatingSteps('dct-64', { ...corpus, ...NEURALINK_CORPUS, synthetic: false }),
    OPERATING_STEPS,
  );
  assert.match((await hashCodecCode('lossless-fast'))!, /^[0-9a-f]{64}$/);
});

test('constants come from the fold that a recording is not in', () => {
  assert.equal(constantsFor({ samples: 1000 }), LEARNED_ON_FOLD_1);
  assert.equal(constantsFor({ samples: 1001 }), LEARNED_ON_FOLD_0);
});

test('sizes by the other fold are those of files, and are kept', async () => {
  const codes = noiseCodes(3000, 3);
  const corpus = corpusOf(codes, noiseCodes(501, 4));
  const [size] = await crossFittedSizes(corpus, 'fast');
  assert.equal(size, encodeCodes(codes, presetFrom(LEARNED_ON_FOLD_1, 'fast')).length + 17);
  assert.deepEqual(await crossFittedSizes(corpus, 'fast'), await crossFittedSizes(corpus, 'fast'));
});

test('each idea of the ablation is measured, and a mixture stays close to the best of its parts', async () => {
  const codes = generateSampleRecording(1).subarray(0, 12000);
  const [only] = await losslessAblation(corpusOf(codes));
  const { bits } = only!;
  assert.equal(bits.length, LOSSLESS_IDEAS.length);
  assert.deepEqual(bits, ablationOf(codes, constantsFor({ samples: codes.length })));
  assert.ok(bits.every((value) => value > 1 && value < 10));
  // Constants from elsewhere are worth little here, but a mixture stays close to the best of its parts.
  const fast = bits[LOSSLESS_IDEAS.indexOf('mixture of distributions: fast')]!;
  assert.ok(fast < bits[LOSSLESS_IDEAS.indexOf('variance that follows')]! + 0.05);
});

test('white noise has the floor of its entropy, and nothing to tell of other noise', () => {
  let state = 9;
  const uniform = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  // Codes by their widths, as the digitizer would give them.
  const edges = LEARNED.widths.reduce<number[]>(
    (all, width) => [...all, all.at(-1)! + width * WIDTH_UNIT],
    [0],
  );
  const origin = edges[526]!;
  const noise = (): Uint16Array =>
    new Uint16Array(40000).map(() => {
      const value = origin + 10 * gaussian();
      let code = 440;
      while (edges[code + 1]! <= value) code++;
      return code;
    });
  const [first, second] = [noise(), noise()];
  const entropy = 0.5 * Math.log2(2 * Math.PI * Math.E * 100);
  const widths = first.reduce((sum, code) => sum + Math.log2(LEARNED.widths[code]! * WIDTH_UNIT), 0) / 40000;
  assert.ok(Math.abs(stationaryFloor(first) - (entropy - widths)) < 0.02);
  assert.equal(innovationsOf(first).length, 40000);
  const [pair] = pairGains(corpusOf(first, second));
  assert.ok(Math.abs(pair!.correlation) < 0.02 && pair!.bits < 0.001);
  const [same] = pairGains(
    corpusOf(
      first,
      first.map((code, i) => (i % 50 === 0 ? code + 1 : code)),
    ),
  );
  assert.ok(same!.bits > 2);
});

test('a basis on the linear scale gives back every code when nothing is lost, and itself where widths are even', () => {
  const codes = noiseCodes(900, 5);
  const mean = 512;
  const signal = Float64Array.from(codes, (code) => code - mean);
  const plain = new CosineBasis(64);
  const linearized = new LinearizedBasis(plain, LEARNED.widths, mean);
  assert.deepEqual(linearized.synthesize(linearized.analyze(signal, 1), 1), signal);
  const even = new LinearizedBasis(plain, new Array<number>(1024).fill(1 / WIDTH_UNIT), mean);
  assert.deepEqual(even.analyze(signal, 1), plain.analyze(signal));
});
