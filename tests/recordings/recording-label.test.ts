import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLabel } from '../../lib/recordings/recording-label';

test('a UUID is named by its start, any other recording by its whole name', () => {
  assert.equal(recordingLabel('3fa85f64-5717-4562-b3fc-2c963f66afa6.wav'), '3fa85f64');
  assert.equal(recordingLabel('synthetic-05.wav'), 'synthetic-05');
  assert.equal(recordingLabel('probe 1, channel 3'), 'probe 1, channel 3');
});
