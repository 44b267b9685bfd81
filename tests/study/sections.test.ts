/**
 * Sections that notebooks share: what a study of the sample is cut to, numbers of verdicts, ends of curves.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NEURALINK_CORPUS, type Corpus, type Recording } from '../../lib/recordings/corpus';
import type { Curve } from '../../lib/results/results';
import { endsInside } from '../../lib/study/sections/curve-end';
import {
  standsForFamily,
  studiedValues,
  studyRecordings,
  studyTitle,
} from '../../lib/study/sections/study-extent';
import {
  aboveOrBelow,
  curveEnd,
  fixed,
  percentWithInterval,
  signed,
} from '../../lib/study/sections/verdict-numbers';

function corpusOf(count: number, synthetic: boolean): Corpus {
  const recordings = Array.from({ length: count }, (_, i) => ({
    name: `r${i}`,
    standardDeviation: i + 1,
    samples: 100 + i,
  })) as unknown as Recording[];
  return {
    name: 'some',
    dataset: 'some',
    label: `${count} recordings`,
    synthetic,
    recordings,
    ...NEURALINK_CORPUS,
  };
}

const curveOf = (...points: [ratio: number, psnr: number][]): Curve =>
  ({ points: points.map(([compressionRatio, psnr]) => ({ compressionRatio, psnr })) }) as unknown as Curve;

test('a study of the sample has two recordings and two values of a parameter, any other all that it asks for', () => {
  assert.equal(studyRecordings(corpusOf(16, true), 48).recordings.length, 2);
  assert.equal(studyRecordings(corpusOf(60, false), 48).recordings.length, 48);
  assert.equal(studyRecordings(corpusOf(3, false), 48).recordings.length, 3);
  const values = ['dct-16', 'dct-64', 'dct-512', 'dct-1024'];
  assert.deepEqual(studiedValues(corpusOf(16, true), values, standsForFamily), ['dct-16', 'dct-512']);
  assert.deepEqual(studiedValues(corpusOf(16, false), values, standsForFamily), values);
});

test('the title of a study of the sample claims nothing', () => {
  assert.equal(studyTitle(corpusOf(16, false), 'Levels', 'Eight are best'), 'Eight are best');
  assert.match(
    studyTitle(corpusOf(16, true), 'Levels', 'Eight are best'),
    /^Levels: two values on the sample .* not which is best$/,
  );
});

test('only the basis that stands for a family does, and none with another quantizer', () => {
  assert.ok(standsForFamily('dct-512'));
  assert.ok(!standsForFamily('dct-256'));
  assert.ok(!standsForFamily('dct-512+trellis'));
});

test('numbers of verdicts have true minus signs, and dashes where nothing was measured', () => {
  assert.equal(fixed(-0.125, 2), '−0.13');
  assert.equal(fixed(-0.001), '0.00');
  assert.equal(fixed(NaN), '–');
  assert.equal(fixed(undefined), '–');
  assert.equal(signed(0.5, 1), '+0.5');
  assert.equal(signed(-0.5, 1), '−0.5');
  assert.equal(signed(NaN), '–');
  assert.equal(aboveOrBelow(-0.5), '0.50 dB below');
  assert.equal(aboveOrBelow(NaN), 'not measured');
  assert.equal(
    percentWithInterval({ estimate: -0.94, lower: -1.02, upper: -0.86 }),
    '−0.94% (−1.02 to −0.86)',
  );
  assert.equal(percentWithInterval(null), '–');
});

test('a curve that does not reach both ends of a range ends inside', () => {
  const curve = curveOf([8, 49.7], [300, 21]);
  assert.match(curveEnd(curve), /at CR 8\.0 \(49\.7 dB\) and at CR 300\.0 \(21\.0 dB\)/);
  assert.equal(endsInside(curve, 49.7, 25), false);
  assert.equal(endsInside(curve, 53, 25), true);
  assert.equal(endsInside(curve, 49, 20), true);
  assert.equal(endsInside(curve, NaN, 25), true);
});
