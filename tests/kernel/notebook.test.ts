import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines, NotebookFormatError, parseNotebook, serializeNotebook } from '../../kernel/notebook';

const cell = { cell_type: 'code', execution_count: null, id: 'one', metadata: {}, outputs: [], source: '1' };
const notebook = (cells: readonly unknown[], metadata: unknown = {}): string =>
  JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
const written = (text: string): string => serializeNotebook(parseNotebook(text, 'n.ipynb'));

test('a byte-order mark before a notebook is passed over', () => {
  assert.equal(written(`\uFEFF${notebook([cell])}`), written(notebook([cell])));
});

test('a damaged notebook fails with its name, and the cell', () => {
  const cases: readonly (readonly [cell: unknown, message: RegExp])[] = [
    [{ ...cell, source: undefined }, /n\.ipynb is damaged: cell 2 \(one\) has no source\./],
    [{ ...cell, source: [1] }, /cell 2 \(one\) has a source that is no text/],
    [{ ...cell, outputs: undefined }, /cell 2 \(one\) has no list of outputs/],
    [{ ...cell, outputs: [{ output_type: 'stream' }] }, /cell 2 \(one\) has an output, number 1,/],
    [{ ...cell, outputs: [{ output_type: 'display_data' }] }, /cell 2 \(one\) has an output, number 1,/],
    ...[
      { output_type: 'display_data', data: {} },
      { output_type: 'display_data', data: [], metadata: {} },
      { output_type: 'display', data: {}, metadata: {} },
      { output_type: 'error', ename: 'Error', evalue: 'no' },
      { output_type: 'error', ename: 'Error', evalue: 'no', traceback: [1] },
      [],
    ].map((output): [unknown, RegExp] => [
      { ...cell, outputs: [output] },
      /cell 2 \(one\) has an output, number 1,/,
    ]),
    [{ ...cell, execution_count: 'one' }, /cell 2 \(one\) has no execution count/],
    [{ ...cell, cell_type: 'markdown', attachments: { a: null } }, /cell 2 \(one\) has attachments without/],
    [{ ...cell, metadata: [] }, /cell 2 \(one\) has no metadata/],
    [{ ...cell, metadata: null }, /cell 2 \(one\) has no metadata/],
    [{ ...cell, cell_type: 'heading' }, /cell 2 \(one\) has the type "heading"/],
    [null, /cell 2 is no cell/],
  ];
  for (const [damaged, message] of cases) {
    assert.throws(
      () => parseNotebook(notebook([cell, damaged]), 'n.ipynb'),
      (error: Error) => error instanceof NotebookFormatError && message.test(error.message),
    );
  }
  assert.throws(() => parseNotebook('null', 'n.ipynb'), /n\.ipynb is not a notebook of nbformat 4/);
  assert.throws(() => parseNotebook(notebook([cell], null), 'n.ipynb'), {
    name: 'NotebookFormatError',
    message: /n\.ipynb is damaged: it has no metadata/,
  });
});

test('numbers, keys and lines are written as Python writes them', () => {
  const metadata = { 10: 1, 9: 0.00003679, '\u{1f9e0}': 1e-7, '\ue000': 1e22, a: [], b: {} };
  assert.equal(
    written(notebook([], metadata)),
    [
      '{',
      ' "cells": [],',
      ' "metadata": {',
      '  "10": 1,',
      '  "9": 3.679e-05,',
      '  "a": [],',
      '  "b": {},',
      '  "\ue000": 1e+22,',
      '  "\u{1f9e0}": 1e-07',
      ' },',
      ' "nbformat": 4,',
      ' "nbformat_minor": 5',
      '}',
      '',
    ].join('\n'),
  );
  assert.deepEqual(lines('a\rb\r\nc\u2028d\fe\n'), ['a\r', 'b\r\n', 'c\u2028', 'd\f', 'e\n']);
});

test('half a surrogate pair is replaced, and trust is not stored', () => {
  const text = written(notebook([{ ...cell, source: 'a\ud800b', metadata: { trusted: true } }]));
  assert.match(text, /"a\uFFFDb"/);
  assert.doesNotMatch(text, /trusted/);
});

test('a picture is stored in one piece, text in lines, and a list in JSON as the list that it is', () => {
  const data = { 'image/png': ['aa\n', 'bb'], 'text/plain': 'x\ny', 'application/json': ['x', 'y'] };
  const output = { output_type: 'display_data', data, metadata: {} };
  const { cells } = JSON.parse(written(notebook([{ ...cell, outputs: [output] }]))) as {
    cells: { outputs: { data: unknown }[] }[];
  };
  assert.deepEqual(cells[0]?.outputs[0]?.data, {
    'application/json': ['x', 'y'],
    'image/png': 'aa\nbb',
    'text/plain': ['x\n', 'y'],
  });
});
