import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { after, test } from 'node:test';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { hashCodecCode } from '../../lib/measuring/codec-code';
import { MissingModelError, modelLearnedOn, modelsFolder, saveModel } from '../../lib/models/model-store';
import { NEURALINK_ELECTRODE } from '../../lib/recordings/adc';
import { sampleRangeOf } from '../../lib/recordings/recording';
import { modelsOf } from '../../lib/study/model-cost';

delete process.env['NEUROBASIS_DATASET'];
delete process.env['NEUROBASIS_MODELS'];

const DATASET = `models-test-${process.pid}x`;
const folder = modelsFolder(DATASET);
after(() => rmSync(dirname(folder), { recursive: true, force: true }));

const BASIS = 'klt-16';
// The models of each fold in the place of the other's: bases that work, and are not those that are committed.
for (const fold of [0, 1] as const) {
  const { arrays, sha256, bytes, ...facts } = modelLearnedOn(BASIS, fold);
  assert.ok(bytes > 0 && sha256.length === 64);
  saveModel({ ...facts, fold: fold === 0 ? 1 : 0 }, arrays, folder);
}

const codes = Uint16Array.from({ length: 2000 }, (_, i) => Math.round(510 + 80 * Math.sin(i / 7)));
const { digitizer } = NEURALINK_ELECTRODE;

test('a recording is coded with the models of its dataset, without anything in the environment', () => {
  const own = codecFromId(BASIS, sampleRangeOf({ digitizer, models: DATASET })).encode(codes, 8).bytes;
  const committed = codecFromId(BASIS, sampleRangeOf({ digitizer, models: 'neuralink' })).encode(
    codes,
    8,
  ).bytes;
  const unsaid = codecFromId(BASIS, sampleRangeOf({ digitizer })).encode(codes, 8).bytes;
  assert.deepEqual(unsaid, committed);
  const holds = (bytes: Uint8Array, sha256: string): boolean =>
    Buffer.from(bytes).toString('hex').includes(sha256.slice(0, 6));
  const [, learnedOnOne] = modelsOf(BASIS, DATASET);
  assert.ok(holds(own, learnedOnOne.sha256));
  assert.ok(!holds(committed, learnedOnOne.sha256));
  assert.ok(holds(committed, modelsOf(BASIS)[1].sha256));
});

test('the environment names another dataset only where a recording has none', () => {
  process.env['NEUROBASIS_DATASET'] = DATASET;
  try {
    const committed = codecFromId(BASIS, sampleRangeOf({ digitizer, models: 'neuralink' })).encode(codes, 8);
    const unsaid = codecFromId(BASIS, sampleRangeOf({ digitizer })).encode(codes, 8);
    assert.notDeepEqual(unsaid.bytes, committed.bytes);
  } finally {
    delete process.env['NEUROBASIS_DATASET'];
  }
});

test('a file decodes with the models of whichever dataset it is from', () => {
  const codec = codecFromId(BASIS, sampleRangeOf({ digitizer, models: DATASET }));
  const { bytes } = codec.encode(codes, 0);
  assert.deepEqual(codecFromId(BASIS).decode(bytes), codes);
});

test('the cache tells the models of datasets apart', async () => {
  const hashes = [undefined, 'neuralink', 'sample', DATASET].map((dataset) => hashCodecCode(BASIS, dataset));
  const [unsaid, neuralink, sample, own] = await Promise.all(hashes);
  assert.equal(unsaid, neuralink);
  assert.equal(sample, neuralink);
  assert.notEqual(own, neuralink);
});

test('a dataset without a model is an error that says how to learn it from that dataset', () => {
  const codec = codecFromId('klt-32', sampleRangeOf({ digitizer, models: DATASET }));
  assert.throws(
    () => codec.encode(codes, 8),
    (error: Error) =>
      error instanceof MissingModelError &&
      error.message.includes(`npm run learn -- --basis klt-32 --dataset ${DATASET}`),
  );
});
