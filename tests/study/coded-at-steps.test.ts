import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { openCorpus, readCodes } from '../../lib/recordings/corpus';
import { codedAtSteps } from '../../lib/study/coded-at-steps';

test('a recording is coded once for each step of a codec, as the codec alone does it', () => {
  const [first, second] = openCorpus({ dataset: 'sample' }).recordings.map((recording) => ({
    recording,
    codes: readCodes(recording).subarray(0, 4000),
  }));
  const codec = codecFromId('dct-64');
  const encoded: number[] = [];
  const counting = {
    id: codec.id,
    delay: codec.delay,
    multiplyAddsPerSample: codec.multiplyAddsPerSample,
    encode: (codes: Uint16Array, step: number) => {
      encoded.push(step);
      return codec.encode(codes, step);
    },
    decode: (bytes: Uint8Array) => codec.decode(bytes),
  };
  const coded = codedAtSteps(counting, first!.recording, first!.codes, [8, 32]);
  assert.deepEqual(codedAtSteps(counting, first!.recording, first!.codes, [32, 64, 8])[0], coded[1]);
  assert.deepEqual(encoded, [8, 32, 64]);
  for (const { step, compressionRatio, decoded } of coded) {
    const { bytes } = codec.encode(first!.codes, step);
    assert.equal(compressionRatio, first!.recording.wavBytes / bytes.length);
    assert.deepEqual(decoded, codec.decode(bytes));
  }
  const other = codedAtSteps(counting, second!.recording, second!.codes, [8])[0]!;
  assert.notDeepEqual(other.decoded, coded[0]!.decoded);
});
