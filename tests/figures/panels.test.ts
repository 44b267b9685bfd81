import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { LayoutAxis } from 'plotly.js';
import { panelGrid, type PanelGrid } from '../../lib/figures/charts/panels';

type Span = readonly [number, number];

/** Where each panel lies: from left to right and from bottom to top, 0…1. */
function places({ panels, layout }: PanelGrid): { x: Span; y: Span }[] {
  const axes = layout(() => ({ x: {}, y: {} })) as Record<string, Partial<LayoutAxis>>;
  const span = (name: string): Span => axes[name.replace(/^[xy]/, '$&axis')]!.domain as unknown as Span;
  return panels.map(({ xaxis, yaxis }) => ({ x: span(xaxis), y: span(yaxis) }));
}

const grids = fc.record({
  count: fc.integer({ min: 1, max: 12 }),
  columns: fc.integer({ min: 1, max: 4 }),
  gaps: fc.record({
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    y: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
});

test('Panels are of one size, lie within the figure and do not overlap.', () => {
  fc.assert(
    fc.property(grids, ({ count, columns, gaps }) => {
      const found = places(panelGrid(count, columns, gaps));
      assert.equal(found.length, count);
      const size = ([from, to]: Span): number => to - from;
      found.forEach(({ x, y }, i) => {
        for (const [from, to] of [x, y]) assert.ok(from >= 0 && to > from && to <= 1);
        assert.ok(
          Math.abs(size(x) - size(found[0]!.x)) < 1e-9 && Math.abs(size(y) - size(found[0]!.y)) < 1e-9,
        );
        for (const other of found.slice(0, i)) {
          const apart = (a: Span, b: Span): boolean => a[0] >= b[1] - 1e-9 || b[0] >= a[1] - 1e-9;
          assert.ok(apart(x, other.x) || apart(y, other.y));
        }
      });
    }),
  );
});

test('Panels are filled row by row from the top, and the lowest of each column are known.', () => {
  fc.assert(
    fc.property(grids, ({ count, columns, gaps }) => {
      const grid = panelGrid(count, columns, gaps);
      const found = places(grid);
      grid.panels.forEach(({ row, column, lowest }, i) => {
        assert.equal(row * columns + column, i);
        assert.ok(column < columns);
        const below = grid.panels.some((other) => other.column === column && other.row > row);
        assert.equal(lowest, !below);
        if (row > 0) assert.ok(found[i]!.y[1] <= found[i - columns]!.y[0] + 1e-9);
        if (column > 0) assert.ok(found[i]!.x[0] >= found[i - 1]!.x[1] - 1e-9);
      });
    }),
  );
});

test('Each panel has a pair of axes of its own, anchored to each other, and a heading where there are headings.', () => {
  const grid = panelGrid(3, 2, { x: 0.2, y: 0.3 });
  assert.deepEqual(
    grid.panels.map(({ xaxis, yaxis }) => [xaxis, yaxis]),
    [
      ['x', 'y'],
      ['x2', 'y2'],
      ['x3', 'y3'],
    ],
  );
  const axes = (_: unknown, i: number): { x: Partial<LayoutAxis>; y: Partial<LayoutAxis> } => ({
    x: { title: { text: `x of ${i}` } },
    y: { title: { text: `y of ${i}` } },
  });
  const layout = grid.layout(axes, ['A', 'B', 'C']);
  assert.equal(layout.xaxis?.anchor, 'y');
  assert.equal(layout.yaxis3?.anchor, 'x3');
  assert.deepEqual(layout.xaxis2?.title, { text: 'x of 1' });
  assert.equal(layout.annotations?.length, 3);
  ['A', 'B', 'C'].forEach((heading, i) => assert.ok(layout.annotations![i]!.text!.includes(heading)));
  assert.equal(grid.layout(axes).annotations, undefined);
});
