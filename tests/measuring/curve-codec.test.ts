import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { catalog } from '../../lib/catalog/catalog';
import { familyCurveId, familyIdsForFolds, idsForFolds } from '../../lib/catalog/fold-ids';
import { basisId, parseBasisId } from '../../lib/catalog/ids';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { codecLook } from '../../lib/figures/codec-look';
import { curveCodec, FoldedCodec } from '../../lib/measuring/curve-codec';
import { measuredCurve } from '../../lib/measuring/measured-curve';
import { sweep, type RecordingMeasurement } from '../../lib/measuring/sweep';
import { foldOf } from '../../lib/recordings/folds';
import { createSmallCorpus, noiseCodes } from '../study/small-corpus';

const LENGTHS = [3000, 3001, 700, 2001];
const { corpus, remove } = createSmallCorpus(LENGTHS);
after(remove);

test('the id of a curve names the bases of both folds, and that of one basis where they choose alike', () => {
  const dct = catalog.find(({ name }) => name === 'dct')!;
  assert.equal(familyCurveId({ ...dct, chosenForFolds: [[512], [512]] }), 'dct-512');
  assert.equal(familyCurveId({ ...dct, chosenForFolds: [[512], [1024]] }), 'dct-512~1024');
  assert.deepEqual(idsForFolds('dct-512~1024'), ['dct-512', 'dct-1024']);
  assert.deepEqual(idsForFolds('hermite-512-3-1.5~512-2-1.5+trellis'), [
    'hermite-512-3-1.5+trellis',
    'hermite-512-2-1.5+trellis',
  ]);
  for (const id of ['dct-512', 'dct-512+trellis', 'lossless-best', 'dct-1~2~3']) {
    assert.deepEqual(idsForFolds(id), [id, id]);
  }
});

test('every family has a basis of the catalog for each fold', () => {
  for (const entry of catalog) {
    const ids = familyIdsForFolds(entry);
    assert.deepEqual(idsForFolds(familyCurveId(entry)), ids);
    for (const id of ids) {
      assert.ok(parseBasisId(id), id);
      const tried = entry.tried.map((values) => basisId(entry, values));
      // A choice is made among what was tried; families without parameters try nothing.
      if (tried.length > 0) assert.ok(tried.includes(id), `${id} was never tried`);
    }
  }
});

test('each recording is coded with the codec of its fold, and its file is one of that codec', () => {
  const codec = curveCodec('dct-16~32+rdoq');
  assert.ok(codec instanceof FoldedCodec);
  for (const length of [900, 901]) {
    const codes = noiseCodes(length, 3);
    const own = codecFromId(foldOf(length) === 0 ? 'dct-16+rdoq' : 'dct-32+rdoq');
    const other = codecFromId(foldOf(length) === 0 ? 'dct-32+rdoq' : 'dct-16+rdoq');
    for (const { bytes } of [codec.encode(codes, 8), codec.prepare!(codes).encode(8)]) {
      assert.deepEqual(bytes, own.encode(codes, 8).bytes);
      assert.notDeepEqual(bytes, other.encode(codes, 8).bytes);
      assert.deepEqual(codec.decode(bytes), own.decode(bytes));
    }
  }
  assert.ok(!(curveCodec('dct-16') instanceof FoldedCodec));
  assert.throws(() => curveCodec('dct-16~17'), { name: 'BasisParameterError' });
});

test('the sweep of a curve is that of each fold with its own basis', async () => {
  const steps = [0, 4, 16];
  const folded = await sweep(curveCodec('dct-16~32'), corpus, steps);
  const ofFolds = [
    await sweep(codecFromId('dct-16'), corpus, steps),
    await sweep(codecFromId('dct-32'), corpus, steps),
  ];
  const bytes = ({ points }: RecordingMeasurement): number[] =>
    points.map(({ compressedBytes }) => compressedBytes);
  folded.recordings.forEach((one, r) => {
    assert.equal(one.recording.name, corpus.recordings[r]!.name);
    const fold = foldOf(LENGTHS[r]!);
    assert.deepEqual(one.points, ofFolds[fold]!.recordings[r]!.points);
    assert.notDeepEqual(bytes(one), bytes(ofFolds[1 - fold]!.recordings[r]!));
  });
  assert.equal(folded.codec.delay, codecFromId('dct-32').delay, 'that of the slower basis');
});

test('the curve of two bases says the parameters of both folds', async () => {
  const curve = await measuredCurve('dct-16~32', corpus);
  assert.equal(curve.basis, 'dct-16~32');
  assert.deepEqual(curve.parameters, { blockLength: '16 for fold 0, 32 for fold 1' });
  assert.deepEqual((await measuredCurve('dct-16', corpus)).parameters, { blockLength: 16 });
  assert.deepEqual(codecLook('dct-16~32+trellis').title, codecLook('dct-16+trellis').title);
});
