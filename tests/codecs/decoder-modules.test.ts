import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsOfCode } from '../../lib/measuring/code-fingerprint';

/** Rooms that nothing that decodes a file may need. */
const ABOVE_DECODING = /^lib\/(learning|results|measuring|figures|study|investigations)\//;

for (const program of ['tools/decode.ts', 'tools/challenge/decode.ts', 'tools/challenge/encode.ts']) {
  test(`${program} can load no learner, no study and no figure`, async () => {
    const modules = Object.keys((await partsOfCode([program])).modules);
    assert.ok(modules.includes(program) && modules.length > 10, `only ${modules.join(', ')} were found`);
    assert.deepEqual(
      modules.filter((module) => ABOVE_DECODING.test(module)),
      [],
    );
  });
}

test('the programs of the challenge need no basis either', async () => {
  for (const program of ['tools/challenge/decode.ts', 'tools/challenge/encode.ts']) {
    const modules = Object.keys((await partsOfCode([program])).modules);
    assert.deepEqual(
      modules.filter((module) => /^lib\/(bases|catalog|models)\//.test(module)),
      [],
    );
  }
});
