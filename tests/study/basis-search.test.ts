import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { catalog } from '../../lib/catalog/catalog';
import { familyIdsForFolds } from '../../lib/catalog/fold-ids';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { sweep, type RecordingMeasurement, type SweepResult } from '../../lib/measuring/sweep';
import { FIGURES_VARIABLE } from '../../lib/results/outputs';
import { bestOfEach, searchBases } from '../../lib/study/basis-search';
import {
  CHOICES_FILE,
  chooseForFamilies,
  familiesWithChoices,
  readChoices,
  saveChoices,
} from '../../lib/study/family-choices';
import { findChoiceProblems } from '../../tools/check/choices';
import { createCorpusOf } from './small-corpus';

/** A slow wave under noise, so that transforms differ. */
function waveCodes(length: number, seed: number): Uint16Array {
  let state = seed + 1;
  return Uint16Array.from({ length }, (_, n) => {
    state = (Math.imul(state, 48271) >>> 0) % 2147483647;
    return Math.round(500 + 90 * Math.sin(n / (40 + 5 * seed)) + (state % 24));
  });
}

const { corpus, remove } = createCorpusOf([2000, 2001, 3000, 3001].map((length, i) => waveCodes(length, i)));
const folder = mkdtempSync(join(tmpdir(), 'neurobasis-choices-'));
after(() => {
  remove();
  rmSync(folder, { recursive: true });
});

/** Two sweeps whose codecs are each better on another recording. */
function rivals(): SweepResult[] {
  const bytes = [
    [1000, 1000],
    [900, 1100],
  ];
  return ['one', 'two'].map((id, c) => ({
    codec: { id, delay: 0, multiplyAddsPerSample: 0 },
    corpus,
    steps: [4, 8],
    reused: 0,
    recordings: [0, 1].map(
      (r) =>
        ({
          recording: corpus.recordings[r],
          facts: { samples: 2000 + r },
          points: [4, 8].map((step, i) => ({
            step,
            compressedBytes: bytes[c]![r]! / (i + 1),
            nonzero: 0,
            comparison: { squaredError: 5000 * (i + 1) ** 2 },
          })),
        }) as unknown as RecordingMeasurement,
    ),
  }));
}

test('the best of each recording is the cheaper codec, with the bits of its name', () => {
  const [one, two] = rivals();
  const { bestOfRecordings, wins, bitsOfName } = bestOfEach([one!, two!]);
  assert.equal(bitsOfName, 1);
  const bytes = bestOfRecordings.recordings.map(({ points }) => points.map((point) => point.compressedBytes));
  assert.deepEqual(bytes, [
    [900 + 1 / 8, 450 + 1 / 8],
    [1000 + 1 / 8, 500 + 1 / 8],
  ]);
  for (const ofStep of wins)
    assert.deepEqual([...ofStep].sort(), [
      ['one', 1],
      ['two', 1],
    ]);
  assert.equal(bestOfEach([one!]).bitsOfName, 0, 'one codec needs no name');
});

test('fewer errors win only when they are worth their bytes', () => {
  const [one, two] = rivals();
  // On the second recording it now costs a tenth more and has a third of the error.
  const better: SweepResult = {
    ...two!,
    recordings: two!.recordings.map((recording, r) => ({
      ...recording,
      points: recording.points.map((point) => ({
        ...point,
        comparison: { ...point.comparison, squaredError: point.comparison.squaredError / (r === 1 ? 3 : 1) },
      })),
    })),
  };
  const { wins } = bestOfEach([one!, better]);
  for (const ofStep of wins) assert.deepEqual([...ofStep], [['two', 2]]);
});

test('the search tries every quantizer over the best bases and keeps the best for each fold', async () => {
  const entries = catalog.filter(({ name }) => ['dct', 'walsh', 'lpc'].includes(name));
  const studies = await chooseForFamilies(entries, corpus);
  const { codecs, best, measured } = await searchBases(studies, corpus);
  const ids = codecs.map(({ id }) => id);
  assert.ok(ids.length > 0 && ids.length % 3 === 0);
  for (const id of ids.filter((one) => !one.includes('+'))) {
    for (const quantizer of ['rdoq', 'trellis']) assert.ok(ids.includes(`${id}+${quantizer}`), id);
  }
  assert.ok(!ids.some((id) => id.startsWith('lpc')), 'predictors quantize themselves');
  for (const fold of [0, 1] as const) {
    assert.ok(codecs.every(({ below }) => below[fold] >= 0));
    assert.ok(measured.includes(best[fold]!.chosen));
    assert.ok(codecs.some(({ id, below }) => below[fold] === 0 && measured.includes(id)));
  }
});

test('of one codec the best of each recording is its sweep', async () => {
  const sums = await sweep(codecFromId('dct-16'), corpus, [4, 8]);
  const { bestOfRecordings } = bestOfEach([sums]);
  assert.deepEqual(bestOfRecordings.recordings, sums.recordings);
});

test('choices are kept by a run alone, and the check compares the catalog with them', async () => {
  const entries = familiesWithChoices().filter(({ name }) => ['dct', 'walsh'].includes(name));
  const studies = await chooseForFamilies(entries, corpus);
  saveChoices(studies);
  assert.equal(readChoices(folder), undefined);
  assert.match(findChoiceProblems(folder, entries).problems.join(), /parameter-choices.tsv is missing/);

  const before = process.env[FIGURES_VARIABLE];
  process.env[FIGURES_VARIABLE] = folder;
  saveChoices(studies);
  if (before === undefined) delete process.env[FIGURES_VARIABLE];
  else process.env[FIGURES_VARIABLE] = before;
  const found = readChoices(folder)!;
  for (const { entry, study } of studies) {
    assert.deepEqual(
      found.get(entry.name),
      study.folds.map(({ chosen }) => chosen),
    );
  }

  const agreeing = entries.map((entry) => {
    const values = found.get(entry.name)!.map((id) => entry.tried.find((tried) => id.endsWith(`-${tried}`))!);
    return { ...entry, chosen: values[0]!, chosenForFolds: [values[0]!, values[1]!] as const };
  });
  assert.deepEqual(agreeing.map(familyIdsForFolds), [...found.values()]);
  assert.deepEqual(findChoiceProblems(folder, agreeing), { problems: [], notes: [] });
  const other = agreeing.map((entry) => ({
    ...entry,
    chosen: [8],
    chosenForFolds: [[8], entry.chosenForFolds[1]],
  }));
  const { problems } = findChoiceProblems(folder, other as unknown as typeof entries);
  assert.equal(problems.length, 2);
  assert.match(
    problems[0]!,
    /The catalog has dct-8 for the recordings of fold 0, and fold 1 chooses dct-\d+: put it/,
  );

  // Choices of older code are no problem as long as the run that makes them again is awaited.
  writeFileSync(join(folder, 'awaited-run.json'), JSON.stringify({ measuredBy: 'abc', changes: ['steps'] }));
  const awaited = findChoiceProblems(folder, other as unknown as typeof entries);
  assert.deepEqual(awaited.problems, []);
  assert.match(awaited.notes.join('\n'), /A run is awaited.*\n +The catalog has dct-8/);

  writeFileSync(join(folder, CHOICES_FILE), 'family\tfold\n');
  assert.throws(() => readChoices(folder), { name: 'ChoicesFormatError', message: /--only 90/ });
});
