import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  LinearNeighborhood,
  NEIGHBOR_CLASSES,
  REGRESSORS,
} from '../../lib/coding/contexts/linear-neighborhood';
import { neighborhoodResponse } from '../../lib/investigations/29-neighborhood-response';

test('what is expected amid others follows the weight of the place', () => {
  const weights = new Float32Array(NEIGHBOR_CLASSES * REGRESSORS);
  for (let c = 0; c < NEIGHBOR_CLASSES; c++) {
    weights[c * REGRESSORS + 2] = 0.5;
    weights[c * REGRESSORS + 8] = 0.25;
    weights[c * REGRESSORS + 11] = 1;
  }
  const response = (frames: number, subbands: number): number[] =>
    neighborhoodResponse(
      (count) => new LinearNeighborhood(weights, count),
      2,
      { frames, subbands },
      [0, 2, 10],
    );
  assert.deepEqual(response(1, 0), [2.5, 3.5, 7.5]);
  assert.deepEqual(response(0, -1), [3, 3.5, 5.5]);
  assert.deepEqual(response(2, 0), [3.5, 3.5, 3.5]);
  // Later coefficients have no effect.
  assert.deepEqual(response(0, 1), [3.5, 3.5, 3.5]);
});
