/**
 * A model: the arrays of numbers of a learned basis, and the facts of its learning.
 *
 * A model file is a line of JSON, its header, and then the numbers of its arrays one after another, IEEE single
 * precision, little-endian. Its file name holds its SHA-256, so that an altered model is an error.
 */
import { createHash } from 'node:crypto';
import type { Fold } from '../recordings/folds';
import { requireFinite } from '../numerics/finite-numbers';

/** What a model was learned from, and how. */
export interface ModelFacts {
  /** Id of the basis that it belongs to: `"klt-64"`. */
  readonly basis: string;
  /** The half of the corpus that it was learned on. Recordings of the other half are judged with it. */
  readonly fold: Fold;
  readonly corpus: {
    readonly name: string;
    /** SHA-256 over the names and hashes of all its recordings. */
    readonly sha256: string;
  };
  /** Recordings that it was learned from. */
  readonly recordings: number;
  /** Settings of the learner. */
  readonly hyperparameters: Readonly<Record<string, number | string>>;
  /** SHA-256 of the code that learned it. */
  readonly code: string;
  /** Values recorded during learning, such as the objective after each iteration. */
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** Arrays of numbers by name. */
export type ModelArrays = Readonly<Record<string, Float32Array>>;

/** A model that was read. */
export interface Model extends ModelFacts {
  readonly arrays: ModelArrays;
  /** Of the whole file, hexadecimal. */
  readonly sha256: string;
  /** Size of the file. */
  readonly bytes: number;
}

/** A model file was altered since it was written. */
export class DamagedModelError extends Error {
  override readonly name = 'DamagedModelError';
}

/** First word of the header. */
const KIND = 'neurobasis-model-1';

interface Header extends ModelFacts {
  readonly kind: string;
  /** Names and lengths, in the order of the file. */
  readonly arrays: readonly (readonly [string, number])[];
}

/**
 * The bytes of a model file. The same facts and numbers give the same bytes.
 *
 * @throws LearningFailedError when a number of the model or of its history is not finite
 */
export function serializeModel(facts: ModelFacts, arrays: ModelArrays): Uint8Array {
  const { basis, fold, corpus, recordings, hyperparameters, code, history } = facts;
  for (const [name, values] of Object.entries(history)) {
    requireFinite(values, `${name}, on the way to ${basis} on fold ${fold},`);
  }
  for (const [name, values] of Object.entries(arrays)) {
    requireFinite(values, `${name} of ${basis} on fold ${fold}`);
  }
  const names = Object.entries(arrays).map(([name, { length }]) => [name, length] as const);
  const header: Header = {
    kind: KIND,
    basis,
    fold,
    corpus: { name: corpus.name, sha256: corpus.sha256 },
    recordings,
    hyperparameters,
    code,
    history,
    arrays: names,
  };
  const line = Buffer.from(`${JSON.stringify(header)}\n`, 'utf8');
  const count = names.reduce((sum, [, length]) => sum + length, 0);
  const file = new Uint8Array(line.length + 4 * count);
  file.set(line);
  const view = new DataView(file.buffer, line.length);
  let at = 0;
  for (const values of Object.values(arrays)) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return file;
}

/**
 * Refuses a model that a basis cannot be built from. Its hash tells only that it is what somebody wrote.
 *
 * @param lengths - numbers of each array that the basis reads
 * @throws DamagedModelError when one is missing or has another length
 */
export function requireArrays(
  { basis, fold, arrays }: Pick<Model, 'basis' | 'fold' | 'arrays'>,
  lengths: Readonly<Record<string, number>>,
): void {
  for (const [name, length] of Object.entries(lengths)) {
    const found = arrays[name]?.length;
    if (found === length) continue;
    throw new DamagedModelError(
      `The model of ${basis}, fold ${fold}, has ${found === undefined ? 'no array' : `${found} numbers in`} ${name}, and ` +
        `${basis} needs ${length} of them: it is not the model of this basis.`,
    );
  }
}

/** SHA-256 of the bytes of a model file, hexadecimal. */
export function hashModel(file: Uint8Array): string {
  return createHash('sha256').update(file).digest('hex');
}

/**
 * Whether JSON is a header that {@link serializeModel} writes; it may throw on JSON of another shape. A hash says nothing
 * of it: anyone can hash a file.
 */
function isHeader({
  basis,
  fold,
  corpus,
  recordings,
  hyperparameters,
  code,
  history,
  arrays,
}: Header): boolean {
  return (
    [basis, corpus.name, corpus.sha256, code].every((text) => typeof text === 'string') &&
    (fold === 0 || fold === 1) &&
    isCount(recordings) &&
    [hyperparameters, history].every((one) => typeof one === 'object' && !Array.isArray(one)) &&
    Object.values(hyperparameters).every((value) => ['number', 'string'].includes(typeof value)) &&
    Object.values(history).every((values) => values.every(Number.isFinite)) &&
    arrays.every(([name, length]) => typeof name === 'string' && isCount(length)) &&
    new Set(arrays.map(([name]) => name)).size === arrays.length
  );
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/**
 * Reads the bytes of a model file.
 *
 * @param where - what the file is called, for the message of an error
 * @throws DamagedModelError
 */
export function parseModel(file: Uint8Array, where: string): Model {
  const end = file.indexOf(10);
  let header: Header;
  try {
    header = JSON.parse(Buffer.from(file.subarray(0, Math.max(0, end))).toString('utf8')) as Header;
    if (header.kind !== KIND) throw new SyntaxError(`its kind is ${String(header.kind)}`);
    if (!isHeader(header)) throw new SyntaxError('its header has another form');
  } catch (error) {
    throw new DamagedModelError(`${where} is no model file: ${(error as Error).message}.`, { cause: error });
  }
  const { basis, fold, corpus, recordings, hyperparameters, code, history, arrays: names } = header;
  const count = names.reduce((sum, [, length]) => sum + length, 0);
  if (file.length !== end + 1 + 4 * count) {
    throw new DamagedModelError(
      `${where} has ${file.length} bytes where its header says ${end + 1 + 4 * count}.`,
    );
  }
  const view = new DataView(file.buffer, file.byteOffset + end + 1);
  let at = 0;
  const arrays = Object.fromEntries(
    names.map(([name, length]) => {
      const values = new Float32Array(length);
      for (let i = 0; i < length; i++, at += 4) values[i] = view.getFloat32(at, true);
      if (!values.every(Number.isFinite)) {
        throw new DamagedModelError(`${where} has a number in ${name} that is not finite.`);
      }
      return [name, values];
    }),
  );
  return {
    basis,
    fold,
    corpus,
    recordings,
    hyperparameters,
    code,
    history,
    arrays,
    sha256: hashModel(file),
    bytes: file.length,
  };
}
