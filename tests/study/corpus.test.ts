import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { readCodes } from '../../lib/recordings/corpus';
import { foldOf } from '../../lib/recordings/folds';
import { boundAt } from '../../lib/results/curve-at-ratio';
import { corpusBound } from '../../lib/study/corpus-bound';
import { describeCorpus } from '../../lib/study/corpus-facts';
import { listenToProgress, type Progress } from '../../lib/files/progress';
import { codeAtRatio, codeAtRatios } from '../../lib/study/step-for-ratio';
import { compareRates } from '../../lib/study/rate-comparison';
import { chooseParameters, studySubset } from '../../lib/study/study-bases';
import { recordingOfKind, typicalRecording } from '../../lib/study/typical-recording';
import { createCorpusOf, createSmallCorpus, noiseCodes } from './small-corpus';

const { corpus, remove } = createSmallCorpus([9000, 12_000, 15_001]);
after(remove);

test('the facts of white noise are those of white noise', async () => {
  const reports: Progress[] = [];
  listenToProgress((progress) => reports.push(progress));
  const facts = await describeCorpus(corpus);
  listenToProgress(undefined);
  assert.equal(facts.recordings.length, 3);
  const samples = 9000 + 12_000 + 15_001;
  assert.equal(
    facts.codeCounts.reduce((sum, count) => sum + count, 0),
    samples,
  );
  assert.equal(
    facts.differenceCounts.reduce((sum, count) => sum + count, 0),
    samples - 3,
  );
  for (const { codeEntropy, predictionVariance, variance, railFraction } of facts.recordings) {
    // 24 codes, all as likely.
    assert.ok(Math.abs(codeEntropy - Math.log2(24)) < 0.02);
    assert.ok(Math.abs(variance - (24 ** 2 - 1) / 12) < 2);
    assert.ok(predictionVariance > 0.97 * variance && predictionVariance <= variance);
    assert.equal(railFraction, 0);
  }
  assert.ok(Math.abs(facts.powerBelow(19531 / 4) - 0.5) < 0.05);
  const { lowerQuartile, median, upperQuartile } = facts.spectrum;
  median.forEach((value, i) => assert.ok(lowerQuartile[i]! <= value && value <= upperQuartile[i]!));
  assert.deepEqual(
    reports.map(({ done, finished }) => [done, finished]),
    [
      [1, false],
      [2, false],
      [3, true],
    ],
  );
});

test('the bound of white noise is the rate–distortion function of its variance', async () => {
  const bound = await corpusBound(corpus);
  const variance = (24 ** 2 - 1) / 12;
  // D = σ²·2^(−2R), R = 16/CR bits a sample; a spectrum of so few segments scatters, and its bias is as large.
  for (const { compressionRatio, psnr, psnrUnrounded, interval, standardError } of bound) {
    const distortion = variance * 2 ** (-2 * (16 / compressionRatio));
    const off = psnrUnrounded! - 10 * Math.log10(1023 ** 2 / distortion);
    assert.ok(standardError! > 0 && standardError! < 0.2, `${standardError}`);
    assert.ok(Math.abs(off) < 2 * standardError!, `${off} dB at CR ${compressionRatio}`);
    assert.ok(interval![0] < psnr && psnr < interval![1]);
    // Rounding repairs errors below 0.07 codes² and adds 1/12 to large ones.
    if (distortion > 2) {
      const rounded = psnrUnrounded! - 10 * Math.log10((distortion + 1 / 12) / distortion);
      assert.ok(Math.abs(psnr - rounded) < 0.01, `${psnr} and ${rounded} dB at CR ${compressionRatio}`);
    }
  }
  const inBand = bound.map(({ inBandSnrMedian }) => inBandSnrMedian!);
  inBand.forEach((snr, i) => assert.ok(snr > 0 && (i === 0 || snr < inBand[i - 1]!)));
  assert.equal(boundAt(bound, 1), undefined);
  assert.equal(boundAt(bound, 1000), undefined);
  assert.deepEqual(await corpusBound(corpus), bound, 'the kept bound is the computed one');
});

test('a recording is coded at the ratio asked for, just above it', () => {
  const [recording] = corpus.recordings;
  const codes = readCodes(recording!);
  const codec = codecFromId('dct-64');
  for (const ratio of [5, 20]) {
    const coded = codeAtRatio(codec, codes, recording!.wavBytes, ratio);
    assert.ok(coded.compressionRatio >= ratio && coded.compressionRatio < 1.05 * ratio);
    assert.deepEqual(coded.decoded, codec.decode(codec.encode(codes, coded.step).bytes));
  }
});

test('several ratios at once give what each gives alone, on the sample more coarsely', () => {
  const recording = corpus.recordings[0]!;
  const codes = readCodes(recording);
  const { wavBytes } = recording;
  for (const id of ['dct-64', 'identity']) {
    const codec = codecFromId(id);
    const ratios = [5, 20, 1e6];
    const together = codeAtRatios(codec, codes, { wavBytes, ratios, synthetic: false });
    assert.deepEqual(
      together,
      ratios.map((ratio) => codeAtRatio(codec, codes, wavBytes, ratio)),
    );
    const coarse = codeAtRatios(codec, codes, { wavBytes, ratios, synthetic: true });
    assert.deepEqual(coarse[2], together[2], 'the largest step, where none reaches the ratio');
    coarse.slice(0, 2).forEach(({ compressionRatio, step }, i) => {
      // Ratios jump where all samples change their step at once.
      const most = 1.04 * Math.max(ratios[i]!, together[i]!.compressionRatio);
      assert.ok(compressionRatio >= ratios[i]! && compressionRatio < most, `${compressionRatio}`);
      assert.ok(Math.abs(Math.log(step / together[i]!.step)) < 0.05, `${step}`);
    });
  }
});

test('a ratio that cannot be reached is come as near as the largest step does', () => {
  const codes = readCodes(corpus.recordings[0]!);
  const codec = codecFromId('dct-64');
  const { step, compressionRatio, decoded } = codeAtRatio(codec, codes, 2 * codes.length, 1e6);
  assert.equal(Math.round(step), 1000);
  assert.ok(compressionRatio > 200 && compressionRatio < 1e6);
  assert.equal(decoded.length, codes.length);
  // And one that every step is beyond of is answered with the smallest.
  const least = codeAtRatio(codec, codes, 2 * codes.length, 0.1);
  assert.ok(least.step < 0.26 && least.compressionRatio >= 0.1);
});

test('the typical recording is one with spikes where there is one, and the largest of them is found', () => {
  const spiky = noiseCodes(40_000, 7);
  for (let at = 2000; at < spiky.length; at += 3000) {
    // A trough of half a millisecond; one is deeper than all others.
    const depth = at === 20_000 ? 260 : 130;
    for (let i = -5; i <= 5; i++) spiky[at + i]! -= Math.round(depth * (1 - Math.abs(i) / 6));
  }
  const quiet = [20_000, 20_001, 20_002, 20_003].map(noiseCodes);
  const mixed = createCorpusOf([...quiet, spiky]);
  try {
    const { recording, spikeAt, metrics } = typicalRecording(mixed.corpus);
    assert.equal(recording.name, '4.wav');
    assert.ok(metrics.crossings.length >= 13);
    assert.ok(Math.abs(spikeAt - 20_000) <= 1, String(spikeAt));
  } finally {
    mixed.remove();
  }
});

test('the typical recording is typical of noise and loudness together, not of loudness alone', () => {
  // Slow waves under noise; each has spikes. The middle one in loudness is by far the noisiest.
  const made = (wave: number, noise: number, seed: number): Uint16Array =>
    noiseCodes(20_000, seed).map((code, i) => {
      const slow = wave * Math.sin(i / 300);
      const spike = i % 1500 > 700 && i % 1500 < 709 ? -12 * noise : 0;
      return Math.round(512 + slow + (noise * (code - 512)) / 7 + spike);
    });
  const waves = createCorpusOf([
    made(10, 3.5, 1),
    made(16, 4.2, 2),
    made(4, 12, 3),
    made(25, 4, 4),
    made(28, 4.1, 5),
    made(30, 3.8, 6),
    made(13, 3.9, 7),
  ]);
  try {
    const { recording, codes, spikeAt, metrics } = typicalRecording(waves.corpus);
    assert.equal(recording.name, '3.wav');
    assert.deepEqual(codes, readCodes(recording));
    assert.ok(metrics.crossings.some((at) => spikeAt >= at && spikeAt < at + 20));
    assert.equal(recordingOfKind(waves.corpus, 'quiet').recording.name, '0.wav');
    const byLoudness = [...waves.corpus.recordings].sort((a, b) => a.standardDeviation - b.standardDeviation);
    assert.equal(byLoudness[3]!.name, '2.wav', 'loudness alone names another');
  } finally {
    waves.remove();
  }
});

test('a recording at the rails is not typical, and of spiking ones is chosen what has several cells', () => {
  const cells = (depths: readonly number[], seed: number): Uint16Array =>
    noiseCodes(30_000, seed).map((code, i) => {
      const depth = depths[Math.floor(i / 400) % depths.length]!;
      const phase = i % 400;
      return phase > 200 && phase < 206 ? code - depth : code;
    });
  const atRails = cells([120], 1).map((code, i) => (i % 50 === 0 ? 0 : code));
  const spiking = createCorpusOf([atRails, cells([120], 2), cells([90, 240], 3)]);
  try {
    assert.notEqual(typicalRecording(spiking.corpus).recording.name, '0.wav');
    const { recording, metrics } = recordingOfKind(spiking.corpus, 'spiking');
    assert.equal(recording.name, '2.wav');
    assert.ok(metrics.clusters > 1);
  } finally {
    spiking.remove();
  }
});

test('a corpus without spikes has a typical recording too', () => {
  const { codes, spikeAt } = typicalRecording(corpus);
  assert.ok(spikeAt >= 0 && spikeAt < codes.length);
});

test('a study takes a fifth of a small corpus, two recordings at least', () => {
  assert.equal(studySubset(corpus).recordings.length, Math.min(2, corpus.recordings.length));
  assert.match(studySubset(corpus).label, /^2 of /);
});

test('parameters are chosen on each fold by itself', async () => {
  const waves = createCorpusOf(
    [2000, 2001, 2002, 2003].map((length) =>
      Uint16Array.from(
        { length },
        (_, i) => 500 + Math.round(200 * Math.sin(i / (30 + (length % 2))) + ((i * 7919) % 13)),
      ),
    ),
  );
  try {
    const study = await chooseParameters(['identity', 'dct-64'], waves.corpus);
    assert.deepEqual(
      study.bases.map(({ id }) => id),
      ['identity', 'dct-64'],
    );
    const [samples, cosine] = study.psnrs(20);
    assert.ok(cosine! > samples!);
    for (const fold of [0, 1] as const) {
      // As if there were no other recordings.
      const recordings = waves.corpus.recordings.filter((one) => foldOf(one.samples) === fold);
      const alone = await chooseParameters(['identity', 'dct-64'], { ...waves.corpus, recordings });
      assert.equal(study.bestOfFold[fold], alone.best);
      assert.equal(alone.bestOfFold[1 - fold], alone.best);
      assert.ok(study.lossOnOtherFold[fold] >= 0);
    }
  } finally {
    waves.remove();
  }
});

test('no recording decides for the others, however large its errors are', async () => {
  // Three waves that a cosine basis suits, and one of jumps so large that its errors are most of the corpus's.
  const waves = createCorpusOf([
    ...[2000, 2001, 2002].map((length) =>
      Uint16Array.from({ length }, (_, i) => 500 + Math.round(60 * Math.sin(i / 30) + ((i * 7919) % 13))),
    ),
    Uint16Array.from({ length: 2003 }, (_, i) => ((i * i * 7919) % 8) * 140),
  ]);
  try {
    const study = await chooseParameters(['identity', 'dct-64'], waves.corpus);
    const [samples, cosine] = study.bases;
    assert.equal(study.best, 'dct-64');
    const alone = await Promise.all(
      waves.corpus.recordings.map((one) =>
        chooseParameters(['identity', 'dct-64'], { ...waves.corpus, recordings: [one] }),
      ),
    );
    for (const [b, basis] of [samples!, cosine!].entries()) {
      const mean = alone.reduce((sum, { bases }) => sum + bases[b]!.psnr(5), 0) / alone.length;
      assert.ok(Math.abs(basis.psnr(5) - mean) < 1e-9);
    }
  } finally {
    waves.remove();
  }
});

test('a codec saves nothing against itself, and the interval of a difference holds its estimate', async () => {
  const range = [{ from: 6, to: 9 }];
  const [same, other] = await compareRates('dct-16', ['dct-16', 'identity'], corpus, range);
  assert.deepEqual(same!.deltaRates, [{ estimate: 0, lower: 0, upper: 0 }]);
  const { estimate, lower, upper } = other!.deltaRates[0]!;
  assert.ok(lower <= estimate && estimate <= upper && estimate !== 0, `${lower} ${estimate} ${upper}`);
});
