import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { idsForFolds } from '../../lib/catalog/fold-ids';
import { findCodec } from '../../lib/codecs/codec-from-id';
import { encodeChannels } from '../../lib/codecs/lossless/channel-coder';
import { uniformNumbers } from '../../lib/numerics/random';
import {
  compareOrder,
  curvesAsOnNeuralink,
  distanceFromBound,
  isBeyondChance,
  modelWorth,
  rankCorrelation,
} from '../../lib/study/laboratories/carry-over';
import { importCommand, LABORATORIES } from '../../lib/study/laboratories/laboratories';
import {
  LaboratoryResultsError,
  laboratoryResultsText,
  readLaboratoryResults,
  type LaboratoryCurve,
  type LaboratoryResult,
} from '../../lib/study/laboratories/laboratory-results';
import { readLosslessRows, savedPercent } from '../../lib/study/laboratories/lossless-peers';
import { variantBytes } from '../../lib/study/laboratories/lossless-worth';
import { BEST_CODECS, isLearned } from '../../lib/study/laboratories/measure-laboratory';
import { SPIKE_AXES_CODECS, spikeAxesCurve } from '../../lib/study/laboratories/spike-axes';

const folder = mkdtempSync(join(tmpdir(), 'laboratories-'));
after(() => rmSync(folder, { recursive: true }));

/** A curve that falls 6 dB a bit, so many decibels below the bound. */
function curveOf(basis: string, below: number, models: LaboratoryCurve['models'] = 'none'): LaboratoryCurve {
  const ratios = [4, 10, 20, 50, 100];
  return {
    ...{ basis, models, losslessBits: 5 },
    points: ratios.map((compressionRatio, i) => ({
      step: 2 ** i,
      compressionRatio,
      bitsPerSample: 16 / compressionRatio,
      psnr: psnrOfBound(compressionRatio) - below,
      snrMedian: 10,
      errorInNoise: 0.5,
    })),
  };
}

const psnrOfBound = (ratio: number): number => 80 - 10 * Math.log(ratio);

function resultOf(dataset: string, curves: readonly LaboratoryCurve[]): LaboratoryResult {
  return {
    ...{
      dataset,
      sampleRate: 30_000,
      bits: 12,
      noise: 7,
      deviation: 20,
      recordings: 4,
      samples: 1000,
      sha256: 'ab',
    },
    ...{ fullScale: { codes: 4095, known: true }, curves, notLearned: [] },
    bound: [4, 10, 20, 50, 100].map((compressionRatio) => ({
      compressionRatio,
      psnr: psnrOfBound(compressionRatio),
    })),
    lossless: { plain: 5, widths: 4.5, channels: 4.8, both: 4.3 },
  };
}

test('rank correlation is that of SciPy, between −1 and 1, and of ranks alone', () => {
  // scipy.stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]) and ([3, 1, 4, 1, 5], [2, 7, 1, 8, 2]), SciPy 1.17.
  assert.ok(Math.abs(rankCorrelation([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]) - 0.8207826816681233) < 1e-12);
  assert.ok(Math.abs(rankCorrelation([3, 1, 4, 1, 5], [2, 7, 1, 8, 2]) + 7.5 / 9.5) < 1e-12);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 12 }),
      (values) => {
        const other = values.map((value) => Math.exp(value / 20));
        assert.ok(Math.abs(rankCorrelation(values, other) - 1) < 1e-12);
        assert.ok(
          Math.abs(
            rankCorrelation(
              values,
              values.map((value) => -value),
            ) + 1,
          ) < 1e-12,
        );
      },
    ),
  );
});

test('the order of codecs is compared where all reach the ratio, and with the models of Neuralink', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const neuralink = new Map(ids.map((id, i) => [id, 50 - i]));
  const same = compareOrder(
    resultOf(
      'x',
      ids.map((id, i) => curveOf(id, i)),
    ),
    neuralink,
    20,
  )!;
  assert.deepEqual([same.best, same.correlation, same.alike], ['a', 1, true]);
  assert.ok(Math.abs(same.spread - 5) < 1e-9);
  assert.equal(same.lossOfNeuralinkBest, 0);
  const turned = compareOrder(
    resultOf(
      'x',
      ids.map((id, i) => curveOf(id, -i)),
    ),
    neuralink,
    20,
  )!;
  assert.deepEqual([turned.best, turned.correlation, turned.alike], ['f', -1, false]);
  assert.ok(Math.abs(turned.lossOfNeuralinkBest - 5) < 1e-9);
  // Its own models would win, but are not what Neuralink's recordings have.
  const own = [...ids.map((id, i) => curveOf(id, i)), curveOf('d', -9, 'own')];
  assert.equal(compareOrder(resultOf('x', own), neuralink, 20)!.best, 'a');
  assert.equal(curvesAsOnNeuralink(resultOf('x', own)).length, 6);
  assert.equal(
    compareOrder(
      resultOf(
        'x',
        ids.slice(1).map((id) => curveOf(id, 1)),
      ),
      neuralink,
      20,
    ),
    undefined,
  );
  assert.equal(
    compareOrder(
      resultOf(
        'x',
        ids.map((id) => curveOf(id, 1)),
      ),
      neuralink,
      500,
    ),
    undefined,
  );
});

test('chance is what tables of the rank correlation say', () => {
  assert.ok(isBeyondChance(0.587, 12) && isBeyondChance(-0.6, 12) && !isBeyondChance(0.586, 12));
  assert.ok(isBeyondChance(0.9, 6) && !isBeyondChance(1, 5) && !isBeyondChance(NaN, 8));
});

test('distances are those from the bound of the dataset, and none beyond the end of a curve', () => {
  const result = resultOf('x', [curveOf('a', 0.7)]);
  assert.ok(Math.abs(distanceFromBound(result, result.curves[0]!, 30)! - 0.7) < 1e-9);
  assert.equal(distanceFromBound(result, result.curves[0]!, 3), undefined);
});

test('models are worth the bytes that they save at equal quality', () => {
  // 10·ln 10 dB a decade of bytes: 0.5 dB are exp(0.05) of the bytes.
  const curves = [
    curveOf('mdct-256-sine+trellis', 1),
    curveOf('network-256', 0.5, 'neuralink'),
    curveOf('network-256', 1.5, 'own'),
  ];
  const [worth, ...more] = modelWorth(resultOf('x', curves));
  assert.equal(more.length, 0);
  assert.ok(Math.abs(worth!.neuralink! - 100 * (Math.exp(-0.05) - 1)) < 0.02, String(worth!.neuralink));
  assert.ok(Math.abs(worth!.own! - 100 * (Math.exp(0.05) - 1)) < 0.02, String(worth!.own));
  const [unlearned] = modelWorth(resultOf('x', curves.slice(0, 2)));
  assert.equal(unlearned!.own, null);
  assert.throws(() => modelWorth(resultOf('x', curves.slice(1))), /WITHOUT_MODELS/);
});

test('results are written the same each time and read back; other files are refused', () => {
  const results = [resultOf('x', [curveOf('a', 1 / 3)]), resultOf('y', [curveOf('a', 2)])];
  const text = laboratoryResultsText(results);
  const path = join(folder, 'results.json');
  writeFileSync(path, text);
  const read = readLaboratoryResults(path);
  assert.equal(laboratoryResultsText(read), text);
  assert.deepEqual(
    read.map(({ dataset }) => dataset),
    ['x', 'y'],
  );
  assert.deepEqual(readLaboratoryResults(join(folder, 'none.json')), []);
  for (const damaged of ['{', '{}', '{"laboratories": [{"dataset": "x"}]}', '[]']) {
    writeFileSync(path, damaged);
    assert.throws(() => readLaboratoryResults(path), LaboratoryResultsError);
  }
});

test('every laboratory is in the kept results, with all codecs and no samples', () => {
  const kept = readLaboratoryResults();
  assert.deepEqual(
    kept.map(({ dataset }) => dataset),
    LABORATORIES.map(({ dataset }) => dataset),
  );
  for (const { dataset, curves, bound, sampleRate, spikeAxes } of kept) {
    const axes = sampleRate > 10_000 ? SPIKE_AXES_CODECS : [];
    assert.deepEqual(
      spikeAxes?.map(({ basis }) => basis),
      axes,
      dataset,
    );
    for (const id of BEST_CODECS)
      assert.ok(
        curves.some(({ basis }) => basis === id),
        `${id} on ${dataset}`,
      );
    assert.ok(bound.length > 5);
    for (const { basis, models } of curves) assert.equal(models === 'none', !isLearned(basis));
  }
});

test('what spikes lose is kept without the measures that a codec does not have', () => {
  const point = { compressionRatio: 20, inBandSnrMedian: 3, sameCluster: 0.5 };
  const curve = { basis: 'x', points: [point] } as unknown as Parameters<typeof spikeAxesCurve>[0];
  assert.deepEqual(spikeAxesCurve(curve), {
    basis: 'x',
    points: [{ ...point, spikeAmplitudeCorrelation: null }],
  });
});

test('codecs are in the catalog, and every import says what to type', () => {
  const named = BEST_CODECS.flatMap((id) => [...idsForFolds(id)]);
  for (const id of named) assert.doesNotThrow(() => findCodec(id), id);
  assert.equal(new Set(named.map((id) => findCodec(id).entry.name)).size, 10);
  for (const laboratory of LABORATORIES) {
    assert.match(
      importCommand(laboratory),
      /^npm run data -- (--download|--from recordings\/\S+ --name [a-z]+( --.*)?)$/,
    );
    assert.equal(laboratory.sidecar !== undefined, laboratory.options.includes('--sidecar'));
  }
});

test('widths and channels save bytes where there are any to find, with kernel and plain version alike', () => {
  const random = uniformNumbers(5);
  const normal = (): number => random() + random() + random() + random() - 2;
  const level = Array.from({ length: 9000 }, () => 500 + 40 * normal());
  // Every fourth code takes the values of the next one too, so codes have unequal widths.
  const uneven = (value: number): number => {
    const code = Math.round(value);
    return code % 4 === 0 ? code + 1 : code;
  };
  const first = Uint16Array.from(level, uneven);
  const second = Uint16Array.from(level, (value) => uneven(value + 3 * normal()));
  const bytes = (widths: boolean, channels: boolean): number =>
    variantBytes([first, second], widths, channels);
  assert.ok(bytes(true, false) < 0.995 * bytes(false, false));
  assert.ok(bytes(false, true) < 0.8 * bytes(false, false));
  assert.ok(bytes(true, true) < bytes(true, false));
  for (const [widths, channels] of [
    [false, false],
    [true, true],
  ] as const) {
    assert.equal(variantBytes([first, second], widths, channels, false), bytes(widths, channels));
  }
  // With both it is the codec itself, but for the few bytes in front of its code.
  const whole = encodeChannels([first, second], 'best').length;
  assert.ok(whole - bytes(true, true) >= 0 && whole - bytes(true, true) < 12);
});

test('kept lossless bytes are of whole rows, and percentages have the sign of what is saved', () => {
  const rows = readLosslessRows();
  assert.ok(rows.length >= 15);
  for (const { recording, bytes, channels, samples } of rows) {
    assert.deepEqual(Object.keys(bytes), [
      'neurobasis fast',
      'neurobasis best',
      'flac -8 -e -p',
      'wavpack -hhx6',
      'pcodec 12',
    ]);
    assert.ok(channels * samples > 0, recording);
  }
  const row = { ...rows[0]!, bytes: { ours: 90, theirs: 100 } };
  assert.ok(Math.abs(savedPercent(row, 'ours', 'theirs') - 10) < 1e-9);
  assert.ok(savedPercent(row, 'theirs', 'ours') < 0);
});
