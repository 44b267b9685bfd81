import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BasisParameterError } from '../../lib/bases/basis';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { liveFigure } from '../../lib/figures/live/live-figure';
import {
  gainRange,
  gainsOfCurve,
  pointIndex,
  pointsOfCurve,
  pointText,
} from '../../lib/figures/live/live-study';
import { unpackCodes, unpackIntegers } from '../../lib/results/packed-integers';
import { LiveStudyError, liveStudy, type LiveStudyOptions } from '../../lib/study/live-study';
import { typicalRecording } from '../../lib/study/typical-recording';
import { createSmallCorpus } from './small-corpus';

const { corpus, remove } = createSmallCorpus([6000]);
after(remove);
const recording = typicalRecording(corpus);
const options: LiveStudyOptions = {
  family: 'mdct',
  ranges: [
    { parameter: 'blockLength', label: 'Block length, samples', values: [32, 256] },
    { parameter: 'window', label: 'Window', values: ['kbd', 'sine', 'vorbis'] },
  ],
  title: 'A study',
  corpus: corpus.label,
  steps: [2, 8],
};

test('A live study holds every combination, each as its codec decodes the whole recording.', () => {
  const study = liveStudy(recording, options);
  assert.equal(study.points.length, 2 * 3 * 2);
  assert.deepEqual(study.start, [1, 1, 1]);
  const original = unpackCodes(study.codes);
  const from = Math.round((study.from * study.sampleRate) / 1000);
  for (const [places, id, step] of [
    [[0, 0, 0], 'mdct-32-kbd', 2],
    [[0, 2, 1], 'mdct-32-vorbis', 8],
    [[1, 1, 1], 'mdct-256-sine', 8],
  ] as const) {
    const point = study.points[pointIndex(study.controls, places)]!;
    assert.equal(point.id, id);
    const codec = codecFromId(id);
    const { bytes } = codec.encode(recording.codes, step);
    const decoded = codec.decode(bytes);
    assert.equal(point.compressionRatio, recording.recording.wavBytes / bytes.length);
    unpackIntegers(point.error).forEach((error, i) => {
      assert.equal(original[i], recording.codes[from + i]);
      assert.equal(original[i]! + error, decoded[from + i]);
    });
    assert.match(pointText(study, places), new RegExp(`^${id} at step ${step}: CR `));
  }
});

test('Gains are SNRs above the curve that is shown first, at their own ratios.', () => {
  const study = liveStudy(recording, options);
  // Two steps: between them and beyond, that curve is a straight line over the logarithm of the ratio.
  const [fine, coarse] = pointsOfCurve(study, study.start);
  const slope = (coarse!.snr - fine!.snr) / Math.log(coarse!.compressionRatio / fine!.compressionRatio);
  const all: number[] = [];
  for (const length of [0, 1]) {
    for (const window of [0, 1, 2]) {
      const points = pointsOfCurve(study, [length, window, 0]);
      const gains = gainsOfCurve(study, [length, window, 0]);
      assert.equal(gains.length, points.length);
      points.forEach(({ compressionRatio, snr }, i) => {
        const base = fine!.snr + slope * Math.log(compressionRatio / fine!.compressionRatio);
        assert.equal(gains[i]!.compressionRatio, compressionRatio);
        assert.ok(Math.abs(gains[i]!.gain - (snr - base)) < 1e-9);
        all.push(gains[i]!.gain);
      });
    }
  }
  assert.deepEqual(gainRange(study), { lowest: Math.min(...all), highest: Math.max(...all) });
});

test('As a figure, a live study is what it shows at first.', () => {
  const study = liveStudy(recording, options);
  const { data, title, subtitle } = liveFigure(study);
  const [original, decoded] = data as { y: number[] }[];
  assert.deepEqual(original!.y, [...unpackCodes(study.codes)]);
  assert.equal(decoded!.y.length, original!.y.length);
  // One gray curve for the other block length, one colored.
  assert.equal(data.length, 4);
  assert.equal(title, 'A study');
  assert.match(subtitle, /mdct-256-sine at step 8/);
});

test('A family, a parameter or a value that there is not is named.', () => {
  assert.throws(
    () => liveStudy(recording, { ...options, family: 'chirplet' }),
    (error) => error instanceof LiveStudyError && /chirplet.*dct/.test(error.message),
  );
  const wrong = [{ parameter: 'length', label: 'Length', values: [4] }];
  assert.throws(
    () => liveStudy(recording, { ...options, ranges: wrong }),
    (error) => error instanceof LiveStudyError && /blockLength, window/.test(error.message),
  );
  const odd = [{ parameter: 'blockLength', label: 'Block length', values: [33] }];
  assert.throws(() => liveStudy(recording, { ...options, ranges: odd }), BasisParameterError);
});
