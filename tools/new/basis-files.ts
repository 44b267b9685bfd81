/**
 * The files of a new basis. It starts as the identity, so that codec, test and notebook run at once.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as prettier from 'prettier';
import ts from 'typescript';
import { lines, serializeNotebook, type Notebook } from '../../kernel/notebook';
import { catalog } from '../../lib/catalog/catalog';
import type { CatalogEntry } from '../../lib/catalog/family';
import { lineStyle, type LineStyle } from '../../lib/figures/theme';
import { projectRoot } from '../../lib/files/project-root';
import { CommandLineError } from '../command-line';

/** First number of a notebook of one's own; those before are taken, those from 90 on compare. */
const FIRST_NUMBER = 15;
const LAST_NUMBER = 89;

/** Folder of a new basis: most work on blocks, and a file is easily moved. */
const FOLDER = 'lib/bases/blocks';

/** The list of the catalog that receives its entry. */
const LIST = 'lib/catalog/blocks.ts';

/** Looks to choose from. */
const STYLES = 52;

/** Texts of the files, by path from the root of the project. */
export type NewFiles = ReadonlyMap<string, string>;

/**
 * The files of a new basis; returns their texts and writes nothing.
 *
 * @param name - first part of its ids: small letters and digits
 * @throws CommandLineError when the name cannot be had
 */
export async function newBasisFiles(name: string): Promise<NewFiles> {
  if (!/^[a-z][a-z0-9]*$/.test(name)) {
    throw new CommandLineError(
      `A basis cannot be called "${name}": take small letters and digits, a letter first. Parameters follow in ids.`,
    );
  }
  const module = `${FOLDER}/${name}.ts`;
  const known = catalog.find((entry) => entry.name === name);
  if (known) {
    throw new CommandLineError(`There is a basis "${name}" already: see ${known.module} and ${LIST}.`);
  }
  if (existsSync(join(projectRoot(), module))) {
    throw new CommandLineError(`${module} is there already: take another name, or move that file away.`);
  }
  const className = `${name[0]!.toUpperCase()}${name.slice(1)}Basis`;
  const number = freeNotebookNumber();
  const notebook = `${String(number).padStart(2, '0')}-${name}.ipynb`;
  const entry: NewEntry = { name, className, notebook, formatFamily: freeFamily(), style: freeStyle() };
  const formatted = async (path: string, text: string): Promise<[string, string]> => {
    const file = join(projectRoot(), path);
    const config = await prettier.resolveConfig(file);
    return [path, await prettier.format(text, { ...config, filepath: file })];
  };
  return new Map([
    await formatted(module, basisText(entry)),
    await formatted(LIST, withEntry(readProjectFile(LIST), entry)),
    await formatted(`tests/bases/${name}.test.ts`, testText(entry)),
    await formatted('docs/format.md', withRow(readProjectFile('docs/format.md'), entry)),
    [`notebooks/${notebook}`, serializeNotebook(notebookOf(entry, number))],
  ]);
}

type NewEntry = Pick<CatalogEntry, 'name' | 'notebook' | 'formatFamily' | 'style'> & {
  readonly className: string;
};

function readProjectFile(path: string): string {
  return readFileSync(join(projectRoot(), path), 'utf8');
}

function freeNotebookNumber(): number {
  const taken = new Set(
    readdirSync(join(projectRoot(), 'notebooks')).map((file) => Number(basename(file).slice(0, 2))),
  );
  for (let number = FIRST_NUMBER; number <= LAST_NUMBER; number++) if (!taken.has(number)) return number;
  throw new CommandLineError(`All notebook numbers from ${FIRST_NUMBER} to ${LAST_NUMBER} are taken.`);
}

function freeFamily(): number {
  return 1 + catalog.reduce((most, { formatFamily }) => Math.max(most, formatFamily), 0);
}

function freeStyle(): LineStyle {
  const key = ({ color, dash }: LineStyle): string => `${color} ${dash}`;
  const taken = new Set(catalog.map(({ style }) => key(style)));
  const free = Array.from({ length: STYLES }, (_, i) => lineStyle(i)).find((style) => !taken.has(key(style)));
  if (!free) throw new CommandLineError('Every color is taken with every dash: add a color to PALETTE.');
  return free;
}

/** The catalog with one entry and its import more. */
function withEntry(text: string, { name, className, notebook, formatFamily, style }: NewEntry): string {
  const source = ts.createSourceFile('blocks.ts', text, ts.ScriptTarget.Latest, true);
  const imports = source.statements.filter(ts.isImportDeclaration);
  const follower = imports.find(
    ({ moduleSpecifier }) =>
      ts.isStringLiteral(moduleSpecifier) && moduleSpecifier.text > `../bases/blocks/${name}`,
  );
  const importAt = follower?.getStart(source) ?? imports[imports.length - 1]!.end + 1;
  const list = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find((declaration) => declaration.name.getText(source) === 'blockTransforms')?.initializer;
  if (!list || !ts.isArrayLiteralExpression(list)) {
    throw new Error(`${LIST} has no list called blockTransforms.`);
  }
  const entry = `  family({
    name: '${name}',
    title: '${name[0]!.toUpperCase()}${name.slice(1)}',
    family: 'none',
    learned: false,
    formatFamily: ${formatFamily},
    module: '${FOLDER}/${name}.ts',
    notebook: '${notebook}',
    style: { color: '${style.color}', dash: '${style.dash}', symbol: '${style.symbol}' },
    parameters: [],
    tried: [],
    chosen: [],
    create: () => new ${className}(),
  }),
`;
  const entryAt = list.end - 1;
  return (
    text.slice(0, importAt) +
    `import { ${className} } from '../bases/blocks/${name}';\n` +
    text.slice(importAt, entryAt) +
    entry +
    text.slice(entryAt)
  );
}

/** The format with one row more in the table of bases, which is the last table of its section. */
function withRow(text: string, { name, formatFamily }: NewEntry): string {
  const rows = text.split('\n');
  const section = rows.findIndex((row) => row.startsWith('## 6.'));
  let last = section;
  for (let i = section; i < rows.length && !rows[i]!.startsWith('## 7'); i++)
    if (rows[i]!.startsWith('|')) last = i;
  rows.splice(last + 1, 0, `| ${formatFamily} | ${name} | 0 | no | as the identity |`);
  return rows.join('\n');
}

function basisText({ name, className }: NewEntry): string {
  return `/**
 * What the functions of this basis are, and who described them first: paper or book with its equation.
 */
import type { Basis, CoefficientLayout, Coefficients } from '../basis';

/** So far the samples themselves: make \`analyze\` and \`synthesize\` a pair of maps, and \`layout\` their order. */
export class ${className} implements Basis {
  readonly id = '${name}';
  readonly delay = 0;
  readonly multiplyAddsPerSample = 0;

  layout(length: number): CoefficientLayout {
    return {
      signalLength: length,
      coefficientCount: length,
      hop: 1,
      subbands: [{ offset: 0, length, timeStep: 1 }],
    };
  }

  analyze(signal: Float64Array): Coefficients {
    return { values: signal.slice(), layout: this.layout(signal.length) };
  }

  synthesize({ values }: Coefficients): Float64Array {
    return values.slice();
  }
}
`;
}

function testText({ name, className }: NewEntry): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ${className} } from '../../lib/bases/blocks/${name}';
import { largestDifference } from '../kernels/fixtures';

test('${name}: signals of any length come back from their coefficients', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1023, max: 1023 }), { maxLength: 300 }), (list) => {
      const signal = Float64Array.from(list);
      const basis = new ${className}();
      assert.ok(largestDifference(basis.synthesize(basis.analyze(signal)), signal) < 1e-9);
    }),
  );
});
`;
}

function notebookOf({ name, className, style }: NewEntry, number: number): Notebook {
  const prefix = String(number).padStart(2, '0');
  const title = `${name[0]!.toUpperCase()}${name.slice(1)}`;
  const texts: readonly (readonly ['markdown' | 'code', string])[] = [
    [
      'markdown',
      `# ${title}\n\n**The question that this basis is to answer.**\n\nThe idea, with its formula and where it comes from:\n\n$$x = \\sum_k c_k\\, \\varphi_k .$$\n\n_In the code: [\`lib/bases/blocks/${name}.ts\`](../lib/bases/blocks/${name}.ts). Beside all others: [the verdict](92-verdict.ipynb). Words: the [glossary](../docs/architecture.md#glossary)._`,
    ],
    [
      'code',
      `import { openCorpus } from "./lib/recordings/corpus";
import { ${className} } from "./lib/bases/blocks/${name}";
import { typicalRecording } from "./lib/study/typical-recording";

const corpus = openCorpus();
const basis = new ${className}();
const typical = typicalRecording(corpus);`,
    ],
    ['markdown', '## Its functions, beside a spike and beside noise'],
    [
      'code',
      `import { showFigure } from "./lib/figures/display";
import { atom } from "./lib/bases/atoms";
import { basisFunctions } from "./lib/figures/charts/basis-functions";
import { spikeAndNoise } from "./lib/study/spike-and-noise";

await showFigure(
  basisFunctions(
    [{ label: "in the middle", values: atom(basis, 32, 0, 16) }, ...spikeAndNoise(typical, 32)],
    { title: "Functions of the basis beside a spike", corpus: corpus.label, detail: "unit energy" },
    { sampleRate: corpus.sampleRate, columns: 3, style: { color: "${style.color}", dash: "${style.dash}", symbol: "${style.symbol}" } },
  ),
);`,
    ],
    ['markdown', '## The closing analysis'],
    [
      'code',
      `import { closingAnalysis } from "./lib/study/closing-analysis";

const analysis = await closingAnalysis("${name}", corpus);`,
    ],
    ['markdown', '## Verdict'],
    [
      'code',
      `const at = (ratio: number): string => analysis.psnrAt(ratio)?.toFixed(1) ?? "–";
const below = (ratio: number): string => analysis.distanceFromBound(ratio)?.toFixed(1) ?? "–";
console.log(
  \`${title} reaches \${at(20)} dB at CR 20 and \${at(200)} dB at CR 200, \${below(20)} and \${below(200)} dB below the bound.\`,
);`,
    ],
  ];
  return {
    cells: texts.map(([kind, text], i) => {
      const common = { id: `${prefix}-${String(i + 1).padStart(2, '0')}`, metadata: {}, source: lines(text) };
      return kind === 'code'
        ? { cell_type: kind, ...common, execution_count: null, outputs: [] }
        : { cell_type: kind, ...common };
    }),
    metadata: {
      kernelspec: { display_name: 'TypeScript (Neurobasis)', language: 'typescript', name: 'neurobasis' },
      language_info: { name: 'typescript', file_extension: '.ts', mimetype: 'text/typescript' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}
