import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';
import { readCommandLine, type CommandDescription } from '../../tools/command-line';
import { COMMANDS } from '../../tools/commands';
import { errorText } from '../../tools/error-text';
import { nearestWord } from '../../tools/nearest-word';
import { swallowedByNpm } from '../../tools/swallowed-by-npm';
import { createTemporaryProject } from './temporary-project';

const root = projectRoot();

const COMMAND = {
  name: 'encode',
  operands: 'in out',
  count: [1, 2],
  options: { basis: { value: 'ID', about: 'a basis' }, 'dry-run': { about: 'a flag' } },
} as const satisfies CommandDescription;

test('values, flags and operands are read in any order', () => {
  const line = readCommandLine(COMMAND, ['a', '--basis', 'dct-4', 'b', '--dry-run']);
  assert.ok(line !== 'help');
  assert.deepEqual(
    { ...line, values: { ...line.values } },
    { values: { basis: 'dct-4', 'dry-run': true }, operands: ['a', 'b'], passedOn: [] },
  );
  assert.equal(readCommandLine(COMMAND, ['--bogus', '--help']), 'help');
});

test('what makes no sense is refused, with what may have been meant', () => {
  for (const [args, said] of [
    [['a', '--basi', 'x'], /no option --basi\. Did you mean "--basis"\?/],
    [['a', '--dryrun'], /no option --dryrun\. Did you mean "--dry-run"\?/],
    [['a', '-b'], /no option -b/],
    [['a', '--basis'], /--basis needs a value: --basis ID/],
    [['a', '--basis', '--dry-run'], /"--dry-run" looks like another option/],
    [['a', '--dry-run=yes'], /--dry-run takes no value/],
    [[], /in out.*nothing was given/],
    [['a', 'b', 'c'], /in out.*given was a b c/],
  ] as const) {
    assert.throws(() => readCommandLine(COMMAND, args), said);
  }
  assert.throws(
    () => readCommandLine({ name: 'data', options: { verify: { about: '' } } }, ['verify']),
    /"verify" is no option.*two dashes.*Did you mean "--verify"/,
  );
});

test('what goes to another program keeps its order', () => {
  const line = readCommandLine(
    { name: 'lab', options: { system: { about: '' } }, passesOnTo: 'JupyterLab' },
    [...['--ip', '0.0.0.0', '--system', '--ServerApp.token=x', '-y', 'a.ipynb']],
  );
  assert.ok(line !== 'help');
  assert.deepEqual(line.passedOn, ['--ip', '0.0.0.0', '--ServerApp.token=x', '-y', 'a.ipynb']);
});

test('a near word is found by one exchange, omission or wrong letter, a far one is not', () => {
  const words = ['--basis', '--step', '--lossless', '--help'];
  for (const [typed, meant] of [
    ['--bsais', '--basis'],
    ['--steps', '--step'],
    ['--lossles', '--lossless'],
    ['--BASIS', '--basis'],
    ['--recordings', undefined],
    ['-x', undefined],
  ] as const) {
    assert.equal(nearestWord(typed, words), meant, typed);
  }
});

test('options that npm has kept for itself are answered with the line to type', () => {
  const data = {
    name: 'data',
    options: {
      from: { value: 'ARCHIVE', about: '' },
      verify: { about: '' },
      jobs: { value: 'N', about: '' },
    },
  } as const;
  const kept = (variables: NodeJS.ProcessEnv, ...args: string[]): string | undefined =>
    swallowedByNpm(data, args, { npm_lifecycle_event: 'data', ...variables });
  assert.match(kept({ npm_config_verify: 'true' })!, /\n {2}npm run data -- --verify\n/);
  assert.match(kept({ npm_config_from: 'true' }, 'x.zip')!, /\n {2}npm run data -- --from x\.zip\n/);
  assert.match(kept({ npm_config_jobs: '3' })!, /\n {2}npm run data -- --jobs 3\n/);
  assert.match(
    kept({ npm_config_from: 'true', npm_config_jobs: 'true' }, 'x.zip', '3')!,
    /\n {2}npm run data -- --from ARCHIVE --jobs N\n/,
  );
  assert.match(
    swallowedByNpm(COMMAND, ['a'], { npm_lifecycle_event: 'encode', npm_config_dry_run: 'true' })!,
    /\n {2}npm run encode -- a --dry-run\n/,
  );
  const learn = { name: 'learn', options: { replace: { about: '' } } } as const;
  // As npm sets it for "npm run learn --replace".
  const completed = { npm_lifecycle_event: 'learn', npm_config_replace_registry_host: 'true' };
  assert.match(swallowedByNpm(learn, [], completed)!, /\n {2}npm run learn -- --replace\n/);
  assert.equal(kept({}), undefined);
  assert.equal(kept({ npm_config_verify: '' }), undefined);
  assert.equal(kept({ npm_config_verify: 'true' }, '--verify'), undefined, 'it was handed over, too');
  assert.equal(
    swallowedByNpm(data, [], { npm_lifecycle_event: 'test', npm_config_verify: 'true' }),
    undefined,
    'started by another command',
  );
});

test('through npm itself, an option without the two dashes stops the command', () => {
  const { status, stderr } = spawnSync('npm', ['run', 'data', '--verify'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  assert.equal(status, 1);
  assert.match(stderr, /npm run data -- --verify/);
});

test('the system is quoted in words, a defect with its stack', () => {
  const refused = Object.assign(new Error('ENOENT: no such file or directory, open /a'), {
    code: 'ENOENT',
    syscall: 'open',
    path: '/a',
  });
  assert.equal(errorText(refused), 'There is no file or folder /a.');
  assert.match(errorText(new TypeError('x is undefined')), /^TypeError: x is undefined\n +at /);
  class NamedError extends Error {
    override readonly name = 'NamedError';
  }
  assert.equal(errorText(new NamedError('say what is wrong')), 'say what is wrong');
});

test('the list of commands is that of package.json, and CONTRIBUTING names each', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  assert.deepEqual(Object.keys(scripts).sort(), Object.keys(COMMANDS).sort());
  const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  for (const [name, script] of Object.entries(scripts)) {
    const file = script.replace('node tools/launch.mjs ', '');
    assert.ok(existsSync(join(root, 'tools', `${file}.ts`)), name);
    assert.ok(contributing.includes(name === 'test' ? '`npm test`' : `\`npm run ${name}\``), name);
  }
});

/**
 * Asks one command after another for its help, in one process, since most of the time of each would be its start. Prints
 * how each ended, as JSON.
 */
const ALL_HELP = `
const names = process.argv.splice(1);
const say = console.log;
process.exit = (code) => void (process.exitCode = code ?? process.exitCode);
(async () => {
  const ends = [];
  for (const name of names) {
    process.argv = [process.execPath, require('node:path').resolve('tools', name + '.ts'), '--help'];
    process.exitCode = undefined;
    let output = '';
    console.log = (line) => void (output += line + '\\n');
    require(process.argv[1]);
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    ends.push({ code: process.exitCode ?? 0, output });
  }
  process.exitCode = undefined;
  say(JSON.stringify(ends));
})();
`;

test('--help of every command prints what it takes, and does nothing', () => {
  const project = createTemporaryProject();
  cpSync(join(root, 'bench'), join(project.folder, 'bench'), { recursive: true });
  // What lies behind a link, as the packages do, is not listed.
  const files = (): string[] =>
    readdirSync(project.folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();
  try {
    const before = files();
    const names = Object.keys(COMMANDS).map((name) => name.replace(':', '-'));
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--require', './tools/loader.cjs', '-e', ALL_HELP, ...names],
      { cwd: project.folder, encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
    );
    const ends = JSON.parse(stdout || '[]') as { code: unknown; output: string }[];
    assert.equal(ends.length, names.length, stderr);
    for (const [i, [name, summary]] of Object.entries(COMMANDS).entries()) {
      const { code, output } = ends[i]!;
      assert.equal(code, 0, `${name}: ${output}${stderr}`);
      const [first, empty, what] = output.split('\n');
      assert.match(first!, new RegExp(`^npm (run )?${name} -- .*\\[options\\]$`));
      assert.equal(empty, '');
      assert.equal(what!.toLowerCase(), `${summary}.`.toLowerCase());
      assert.match(output, /^ {2}--help +prints this text/m);
    }
    assert.equal(stderr, '');
    assert.deepEqual(files(), before);
  } finally {
    project.remove();
  }
});

const folder = mkdtempSync(join(tmpdir(), 'typed-in-'));
after(() => rmSync(folder, { recursive: true }));

test('paths are taken from where the command was typed, whoever starts it', () => {
  const sub = join(folder, 'sub');
  mkdirSync(sub);
  writeFileSync(
    join(sub, 'typed.wav'),
    canonicalWav(pcm16FromCodes(new Uint16Array(2000).map((_, i) => 512 + (i % 9))), SAMPLE_RATE),
  );
  const launch = (cwd: string, variables: NodeJS.ProcessEnv, output: string): void => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, 'tools', 'launch.mjs'), 'encode', 'typed.wav', output],
      { cwd, env: { ...process.env, ...variables }, encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(join(sub, output)), output);
  };
  // As npm does: it starts the command in the folder of the project.
  launch(root, { npm_lifecycle_event: 'encode', INIT_CWD: sub }, 'by-npm.nbz');
  // As a command that another one has started, and as someone who types the launcher itself.
  launch(sub, { npm_lifecycle_event: 'test', INIT_CWD: root }, 'by-launcher.nbz');
});

test('a sweep that is stopped says so in one line, and nothing else', async () => {
  const project = createTemporaryProject();
  try {
    const { code, output } = await project.run(
      'sweep',
      ['--basis', 'mdct-256-sine+trellis', '--dataset', 'sample', '--recordings', '8', '--jobs', '1'],
      'of 8',
    );
    assert.equal(code, 130, output);
    assert.doesNotMatch(output, /done/);
    assert.equal(output.match(/stopped/g)?.length, 1, output);
    assert.match(output, /was stopped after \d+ of 8 recordings\. What was measured is kept/);
  } finally {
    project.remove();
  }
});
