import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { LearnedBasis } from '../../lib/bases/learned';
import { catalog } from '../../lib/catalog/catalog';
import { basisFromId, basisId } from '../../lib/catalog/ids';
import { projectRoot } from '../../lib/files/project-root';
import { LearningFailedError } from '../../lib/numerics/finite-numbers';
import {
  DamagedModelError,
  parseModel,
  serializeModel,
  type Model,
  type ModelFacts,
} from '../../lib/models/model';
import {
  listModels,
  MissingModelError,
  modelHashes,
  modelLearnedOn,
  modelWithHash,
  saveModel,
} from '../../lib/models/model-store';

const parent = mkdtempSync(join(tmpdir(), 'neurobasis-models-'));
after(() => rmSync(parent, { recursive: true }));
const newFolder = (): string => mkdtempSync(join(parent, 'models-'));

const facts: ModelFacts = {
  basis: 'klt-8',
  fold: 0,
  corpus: { name: 'sample', sha256: 'abc' },
  recordings: 7,
  hyperparameters: { blockLength: 8, objective: 'rate' },
  code: 'def',
  history: { objective: [3, 2.5, 2.25] },
};

test('a model comes back from its bytes, and the same model has the same bytes', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.float32Array({ noNaN: true, noDefaultInfinity: true })),
      (arrays) => {
        const file = serializeModel(facts, arrays);
        assert.deepEqual(serializeModel(facts, arrays), file);
        const model = parseModel(file, 'here');
        const { arrays: found, bytes, sha256, ...rest } = model;
        assert.deepEqual(found, { ...arrays });
        assert.deepEqual(rest, facts);
        assert.equal(bytes, file.length);
        assert.match(sha256, /^[0-9a-f]{64}$/);
      },
    ),
  );
});

test('what is no model file is an error that names it', () => {
  const file = serializeModel(facts, { a: new Float32Array(5) });
  const other = Buffer.from(file).toString('latin1').replace('neurobasis-model-1', 'neurobasis-model-9');
  for (const bytes of [
    new Uint8Array(0),
    Buffer.from('hello'),
    Buffer.from('[1]\n'),
    Buffer.from(other, 'latin1'),
    file.subarray(0, -1),
    Buffer.concat([file, Buffer.of(0)]),
  ]) {
    assert.throws(
      () => parseModel(bytes, 'x.model'),
      (error) => error instanceof DamagedModelError && error.message.includes('x.model'),
    );
  }
});

test('a header of another form, and numbers that are none, are errors by name, whatever their hash', () => {
  const file = serializeModel(facts, { a: Float32Array.of(1, 2) });
  const end = file.indexOf(10);
  const header = JSON.parse(Buffer.from(file.subarray(0, end)).toString()) as Record<string, unknown>;
  const refused = (bytes: Uint8Array): void =>
    assert.throws(
      () => parseModel(bytes, 'x.model'),
      (error) => error instanceof DamagedModelError && error.message.includes('x.model'),
    );
  const withHeader = (changed: unknown, numbers = 8): Uint8Array =>
    Buffer.concat([Buffer.from(`${JSON.stringify(changed)}\n`), new Uint8Array(numbers)]);
  for (const name of Object.keys(header)) {
    for (const value of [
      undefined,
      null,
      -1,
      0.5,
      'x',
      [],
      {},
      [['a']],
      [['a', -2]],
      [['a', 1e9]],
      { x: null },
    ]) {
      // These are what a model may have.
      if (JSON.stringify(value) === '"x"' && (name === 'basis' || name === 'code')) continue;
      if (JSON.stringify(value) === '{}' && (name === 'history' || name === 'hyperparameters')) continue;
      refused(withHeader({ ...header, [name]: value }));
    }
  }
  const a = ['a', 1];
  refused(withHeader({ ...header, arrays: [a, a] }));
  fc.assert(fc.property(fc.jsonValue(), (value) => refused(withHeader(value))));
  const notFinite = file.slice();
  new DataView(notFinite.buffer).setFloat32(end + 1, NaN, true);
  refused(notFinite);
});

test('a model with other arrays than those of its basis is refused by name', () => {
  const learned = catalog
    .map((entry) => basisFromId(basisId(entry)))
    .filter((basis): basis is LearnedBasis => basis instanceof LearnedBasis);
  assert.ok(learned.length > 9);
  for (const basis of learned) {
    const ofArrays = (arrays: Record<string, Float32Array>): Model => {
      const file = serializeModel({ ...facts, basis: basis.id }, arrays);
      return parseModel(file, 'here');
    };
    assert.throws(() => basis.basisOf(ofArrays({})), DamagedModelError, basis.id);
    const { arrays } = modelLearnedOn(basis.id, 0, join(projectRoot(), 'models'));
    for (const name of Object.keys(basis.arrays)) {
      const short = { ...arrays, [name]: arrays[name]!.slice(1) };
      assert.throws(() => basis.basisOf(ofArrays(short)), DamagedModelError, `${basis.id}, ${name}`);
    }
  }
});

test('a model is found by basis and fold, and by the first bytes of its hash', () => {
  const folder = newFolder();
  const model = saveModel(facts, { a: Float32Array.of(1, 2) }, folder);
  const other = saveModel({ ...facts, fold: 1 }, { a: Float32Array.of(3) }, folder);
  assert.deepEqual(modelLearnedOn('klt-8', 0, folder), model);
  assert.deepEqual(modelLearnedOn('klt-8', 1, folder), other);
  const start = Buffer.from(other.sha256.slice(0, 6), 'hex');
  assert.deepEqual(modelWithHash('klt-8', start, folder), other);
  assert.equal(modelHashes('klt-8', folder).length, 2);
  assert.deepEqual(modelHashes('klt-16', folder), []);
});

test('a new model takes the place of the one before, and of no other', () => {
  const folder = newFolder();
  saveModel(facts, { a: Float32Array.of(1) }, folder);
  saveModel({ ...facts, fold: 1 }, { a: Float32Array.of(1) }, folder);
  saveModel({ ...facts, basis: 'klt-80' }, { a: Float32Array.of(1) }, folder);
  const model = saveModel(facts, { a: Float32Array.of(2) }, folder);
  assert.equal(listModels(folder).length, 3);
  assert.deepEqual(modelLearnedOn('klt-8', 0, folder), model);
});

test('a model that is missing, altered, misnamed or there twice is an error that says what to do', () => {
  const folder = newFolder();
  const fails = (kind: new (...args: never[]) => Error, said: RegExp): void =>
    assert.throws(
      () => modelLearnedOn('klt-8', 0, folder),
      (error) => error instanceof kind && said.test(error.message),
    );
  fails(MissingModelError, /npm run learn -- --basis klt-8/);
  assert.throws(() => modelWithHash('klt-8', Uint8Array.of(1, 2, 3), folder), MissingModelError);

  saveModel(facts, { a: Float32Array.of(1) }, folder);
  const [file] = listModels(folder);
  const bytes = readFileSync(file!.path);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file!.path, bytes);
  fails(DamagedModelError, /altered.*npm run learn -- --basis klt-8/s);

  copyFileSync(file!.path, file!.path.replace(file!.hash, '0123456789abcdef'));
  fails(DamagedModelError, /2 models/);

  const wrong = newFolder();
  const other = saveModel({ ...facts, basis: 'klt-16' }, { a: Float32Array.of(1) }, wrong);
  const name = readdirSync(wrong)[0]!;
  copyFileSync(join(wrong, name), join(wrong, name.replace('klt-16', 'klt-8')));
  assert.throws(
    () => modelLearnedOn('klt-8', 0, wrong),
    (error) => error instanceof DamagedModelError && error.message.includes(other.basis),
  );
});

test('numbers that are none are not saved: neither in the model nor in what was seen on the way to it', () => {
  const folder = newFolder();
  const earlier = saveModel(facts, { a: Float32Array.of(1) }, folder);
  for (const value of [NaN, Infinity, 1e39]) {
    assert.throws(
      () => saveModel(facts, { a: Float32Array.of(1, value) }, folder),
      (error) =>
        error instanceof LearningFailedError && /a of klt-8 on fold 0 has.*2 of 2/.test(error.message),
    );
  }
  assert.throws(
    () => saveModel({ ...facts, history: { change: [1, NaN] } }, { a: Float32Array.of(1) }, folder),
    LearningFailedError,
  );
  assert.deepEqual(modelLearnedOn('klt-8', 0, folder), earlier);
});

test('a file that was made with a former model finds it, and nothing else does', () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'former'));
  saveModel(facts, { a: Float32Array.of(1) }, folder);
  const [former] = readdirSync(folder).filter((name) => name.endsWith('.model'));
  renameSync(join(folder, former!), join(folder, 'former', former!));
  const later = saveModel(facts, { a: Float32Array.of(2) }, folder);
  const hash = Buffer.from(/\.([0-9a-f]{16})\./.exec(former!)![1]!, 'hex').subarray(0, 3);
  assert.deepEqual(modelWithHash('klt-8', hash, folder).arrays['a'], Float32Array.of(1));
  assert.equal(modelLearnedOn('klt-8', 0, folder).sha256, later.sha256);
  assert.equal(listModels(folder).length, 1);
});
