import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killCommands } from './kills';

test('commands that are killed at any moment leave what undisturbed ones leave, and make nothing twice', async () => {
  for (const { name, kills, rounds, measuredTwice } of await killCommands(3, 7, console.log)) {
    assert.ok(kills >= 3 && rounds >= 1, name);
    assert.equal(measuredTwice, 0, name);
  }
});
