import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REFERENCE } from '../../lib/catalog/reference';
import {
  carriesOver,
  SENTENCES,
  testedLaboratory,
  testedNeuralink,
  type TestedDataset,
} from '../../lib/investigations/92-verdict/carries-over';
import { IN_BAND, LAYERS } from '../../lib/investigations/92-verdict/measured-codecs';
import { openCorpus } from '../../lib/recordings/corpus';
import { describeDataset, type Curve } from '../../lib/results/results';
import type { LaboratoryResult } from '../../lib/study/laboratories/laboratory-results';
import { BEST_CODECS } from '../../lib/study/laboratories/measure-laboratory';
import { SPIKE_AXES_CODECS } from '../../lib/study/laboratories/spike-axes';

const RATIOS = [4, 10, 20, 50, 100, 250];
const psnrOfBound = (ratio: number): number => 80 - 10 * Math.log10(ratio);
const bound = RATIOS.map((compressionRatio) => ({ compressionRatio, psnr: psnrOfBound(compressionRatio) }));

const curveOf = (basis: string, below: number): TestedDataset['curves'][number] => ({
  basis,
  points: RATIOS.map((compressionRatio) => ({
    compressionRatio,
    psnr: psnrOfBound(compressionRatio) - below,
  })),
});

const axesOf = (basis: string, inBand: number, kept: number | null): TestedDataset['spikeAxes'][number] => ({
  basis,
  points: RATIOS.map((compressionRatio) => ({
    compressionRatio,
    inBandSnrMedian: inBand,
    sameCluster: kept,
    spikeAmplitudeCorrelation: kept,
  })),
});

/** Codecs, best first, as the sentences say. */
const ORDERED = ['network-256', 'contexts-256', REFERENCE].concat(
  BEST_CODECS.filter((id) => ![REFERENCE, 'network-256', 'contexts-256'].includes(id)),
);

/** A dataset on which every sentence holds: the later a codec stands in the list, the worse it is, in small steps. */
function datasetOf(dataset: string, changes: Partial<TestedDataset> = {}): TestedDataset {
  return {
    dataset,
    curves: ORDERED.map((id, i) => curveOf(id, 0.4 + 0.02 * i)),
    own: [curveOf('network-256', 0.3)],
    bound,
    spikeAxes: [axesOf(REFERENCE, 0.5, 0.3), axesOf(IN_BAND, 2, 0.6), axesOf(LAYERS, 3, 0.95)],
    losslessRatio: 3.5,
    savedOfPeers: 2,
    ...changes,
  };
}

/** What a sentence says of the second dataset. */
function outcomeOf(
  words: RegExp,
  changes: Partial<TestedDataset>,
): { readonly value: number | null; readonly holds: boolean | null; readonly reason?: string } {
  const { rows } = carriesOver(datasetOf('neuralink'), [datasetOf('other', changes)]);
  const found = rows.filter(({ sentence }) => words.test(sentence));
  assert.equal(found.length, 1, String(words));
  return found[0]!.cells[1]!;
}

test('every sentence holds where its numbers are on its side, and names its number', () => {
  const { datasets, rows } = carriesOver(datasetOf('neuralink'), [datasetOf('other')]);
  assert.deepEqual(datasets, ['neuralink', 'other']);
  assert.equal(rows.length, SENTENCES.length);
  for (const { sentence, cells } of rows) {
    assert.equal(cells[0]!.holds, true, sentence);
    if (/layers/.test(sentence)) assert.match(cells[1]!.reason!, /Neuralink alone/);
    else assert.equal(cells[1]!.holds, true, sentence);
  }
});

/** For each sentence a dataset that contradicts it, and the number that does. */
const CONTRADICTIONS: readonly (readonly [RegExp, Partial<TestedDataset>, number])[] = [
  [
    /^Lapped cosines with a trellis/,
    { curves: ORDERED.map((id, i) => curveOf(id, id.startsWith('packets') ? 0.1 : 0.4 + 0.02 * i)) },
    -0.3,
  ],
  [/^The order of twelve/, { curves: ORDERED.map((id, i) => curveOf(id, 1 - 0.02 * i)) }, -1],
  [/at most 1 dB below/, { curves: ORDERED.map((id) => curveOf(id, 1.5)) }, 1.5],
  [
    /^Contexts that were learned on Neuralink/,
    { curves: [curveOf(REFERENCE, 0.4), curveOf('network-256', 0.5)] },
    100 * (10 ** 0.01 - 1),
  ],
  [/^Contexts that were learned on other/, { own: [curveOf('network-256', 0.54)] }, 100 * (10 ** 0.01 - 1)],
  [
    /^With one plain quantizer/,
    {
      curves: ['mdct-256-sine', 'packets-sym13-9-rate', 'dct-512'].map((id, i) => curveOf(id, 0.4 * i)),
    },
    0.8,
  ],
  [/gain at least 1 dB/, { spikeAxes: [axesOf(REFERENCE, 0.5, 0.3), axesOf(IN_BAND, 0.9, 0.6)] }, 0.4],
  [/more spikes stay/, { spikeAxes: [axesOf(REFERENCE, 0.5, 0.3), axesOf(IN_BAND, 2, 0.2)] }, -0.1],
  [/amplitudes of spikes/, { spikeAxes: [axesOf(REFERENCE, 0.5, 0.3), axesOf(IN_BAND, 2, 0.2)] }, -0.1],
  [/keeps nothing of the spike band/, { spikeAxes: [axesOf(REFERENCE, 1.5, 0.3)] }, 1.5],
  [/is not 200 times smaller/, { losslessRatio: 201 }, 201],
  [/needs the fewest bytes/, { savedOfPeers: -0.5 }, -0.5],
];

test('every sentence can be contradicted', () => {
  for (const [words, changes, expected] of CONTRADICTIONS) {
    const { value, holds } = outcomeOf(words, changes);
    assert.equal(holds, false, String(words));
    assert.ok(Math.abs(value! - expected) < 2e-3, `${String(words)}: ${value}`);
  }
  // Layers can be contradicted on Neuralink's recordings alone.
  const { rows } = carriesOver(datasetOf('neuralink', { spikeAxes: [axesOf(LAYERS, 3, 0.5)] }), []);
  assert.equal(rows.find(({ sentence }) => /layers/.test(sentence))!.cells[0]!.holds, false);
  assert.equal(CONTRADICTIONS.length + 1, SENTENCES.length);
});

test('what cannot be tested says why, and is neither held nor contradicted', () => {
  const empty = { curves: [], own: [], spikeAxes: [], losslessRatio: undefined, savedOfPeers: undefined };
  const { rows } = carriesOver(datasetOf('neuralink'), [datasetOf('other', empty)]);
  for (const { sentence, cells } of rows) {
    const { value, holds, reason } = cells[1]!;
    assert.ok(value === null && holds === null && reason!.length > 0, sentence);
  }
  assert.match(outcomeOf(/more spikes stay/, { spikeAxes: [] }).reason!, /sample rate/);
  const spikeless = [axesOf(REFERENCE, 0.5, null), axesOf(IN_BAND, 2, null)];
  assert.match(outcomeOf(/more spikes stay/, { spikeAxes: spikeless }).reason!, /no recording with spikes/);
  const full = [axesOf(REFERENCE, 0.5, 0.999), axesOf(IN_BAND, 2, 1)];
  assert.match(outcomeOf(/more spikes stay/, { spikeAxes: full }).reason!, /all spikes stay/);
});

test('the summary counts the datasets where a sentence can be tested, and leaves out what fails on Neuralink', () => {
  const others = [
    datasetOf('a'),
    datasetOf('b', { savedOfPeers: -1 }),
    datasetOf('c', { savedOfPeers: undefined }),
  ];
  const { summary } = carriesOver(datasetOf('neuralink'), others);
  assert.match(summary, /Of 3 datasets of other laboratories/);
  assert.match(summary, /the codec of this project needs the fewest bytes on 1 of 2[;.]/);
  assert.match(summary, /Not tested there: layers keep spikes in their cluster\.$/);
  const failing = carriesOver(datasetOf('neuralink', { savedOfPeers: -1 }), others);
  assert.doesNotMatch(failing.summary, /needs the fewest bytes/);
  assert.equal(carriesOver(datasetOf('neuralink'), []).summary, '');
});

test('a laboratory is tested with the models of Neuralink, and with the bytes of its own files', () => {
  const point = { step: 1, bitsPerSample: 1, snrMedian: 1, errorInNoise: 1 };
  const result: LaboratoryResult = {
    ...{ dataset: 'openephys', sampleRate: 40_000, bits: 13, noise: 7, deviation: 20, recordings: 4 },
    ...{ samples: 1000, sha256: 'ab', fullScale: { codes: 8191, known: true }, notLearned: [], bound },
    curves: (['neuralink', 'own'] as const).map((models) => ({
      ...{ basis: 'network-256', models, losslessBits: 5 },
      points: [{ ...point, compressionRatio: 10, psnr: models === 'own' ? 50 : 49 }],
    })),
    lossless: { plain: 5, widths: 5, channels: 4.5, both: 4 },
  };
  const row = (
    recording: string,
    ours: number,
    theirs: number,
  ): Parameters<typeof testedLaboratory>[1][number] => ({
    ...{ recording, format: 'x', channels: 1, samples: 10 },
    bytes: { 'neurobasis fast': 1, 'neurobasis best': ours, 'flac -8': theirs, pcodec: 2 * theirs },
  });
  const tested = testedLaboratory(result, [
    row('openephys/two-starts: a', 60, 80),
    row('openephys/two-starts: b', 30, 20),
    row('openephysbinary/mixed: c', 500, 1),
  ]);
  assert.deepEqual([tested.curves[0]!.points[0]!.psnr, tested.own[0]!.points[0]!.psnr], [49, 50]);
  assert.equal(tested.losslessRatio, 4);
  assert.ok(Math.abs(tested.savedOfPeers! - 10) < 1e-9);
  assert.deepEqual(tested.spikeAxes, []);
  assert.equal(testedLaboratory(result, []).savedOfPeers, undefined);
});

test('the Neuralink recordings are tested by all results, and against the best compressor of others', () => {
  const corpus = openCorpus({ dataset: 'sample' });
  const curve = (basis: string, compressionRatio: number): Curve =>
    ({ basis, points: [], lossless: { compressionRatio } }) as unknown as Curve;
  const curves = [curve('a', 3), curve('lossless-best', 4)];
  const peer = (name: string, compressionRatio: number): object => ({
    name,
    points: [],
    lossless: { compressionRatio, ownCompressionRatio: 4 },
  });
  const tested = testedNeuralink({ corpus, results: { dataset: describeDataset(corpus), curves } }, [], {
    peers: [peer('x', 3.8), peer('y', 3)],
  } as unknown as Parameters<typeof testedNeuralink>[2]);
  assert.equal(tested.losslessRatio, 4);
  assert.ok(Math.abs(tested.savedOfPeers! - 5) < 1e-9);
  assert.equal(
    testedNeuralink({ corpus, results: { dataset: describeDataset(corpus), curves: [] } }, [], undefined)
      .losslessRatio,
    undefined,
  );
});

test('laboratories are measured with the codecs that sentences compare', () => {
  assert.deepEqual(SPIKE_AXES_CODECS, [REFERENCE, IN_BAND]);
  assert.ok(BEST_CODECS.includes(REFERENCE));
});
