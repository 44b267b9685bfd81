import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { benchCases } from '../../bench/cases';
import type { KernelMeasurement } from '../../bench/measure';
import { ratioFigure } from '../../bench/ratio-figure';
import { kernelMemory } from '../../lib/kernels/runtime/webassembly';
import { projectRoot } from '../../lib/files/project-root';

test('every case runs, gives numbers, knows its peer, and leaves no memory behind', () => {
  const peers = readFileSync(join(projectRoot(), 'bench/peers.py'), 'utf8');
  for (const bench of benchCases) {
    const name = `${bench.kernel}, ${bench.type}, ${bench.size}`;
    const prepared = bench.prepare();
    prepared.run();
    const result = Array.from(prepared.result());
    assert.ok(result.length > 0 && result.every(Number.isFinite), name);
    assert.ok(
      result.some((value) => value !== 0),
      name,
    );
    for (const { values, shape } of prepared.inputs) {
      assert.equal(
        values.length,
        shape.reduce((product, length) => product * length, 1),
        name,
      );
    }
    prepared.release();
    assert.equal(kernelMemory.allocatedBytes, 0, name);
    assert.match(peers, new RegExp(`^def ${bench.peerFunction}\\(`, 'm'), name);
  }
});

test('no two cases are the same row and type of the results', () => {
  const names = benchCases.map(({ kernel, type, size, peer }) => `${kernel}, ${type}, ${size}, ${peer}`);
  assert.equal(new Set(names).size, names.length);
});

test('the figure has a mark for every kernel, and one for every aim', () => {
  const kernels = benchCases.map(({ kernel, type, size, peer, target }): KernelMeasurement => ({
    ...{ kernel, type, size, peer, target },
    ...{ ratio: 2, ratioLow: 1, ratioHigh: 3, megasamplesPerSecond: 100, maxError: 0 },
  }));
  const { data, layout } = ratioFigure(kernels, 'a machine');
  const marks = data.flatMap((trace) => (trace as { y: number[] }).y);
  const aims = benchCases.filter(({ target }) => target !== null).length;
  assert.equal(marks.length, benchCases.length + aims);
  const rows = (layout.yaxis as { ticktext: string[] }).ticktext;
  assert.deepEqual(new Set(marks.map(Math.round)), new Set(rows.keys()));
  // The same kernel in both precisions is one row.
  assert.ok(rows.length < benchCases.length);
});
