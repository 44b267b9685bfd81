// Lets a process of this project load TypeScript (`node --require tools/loader.cjs …`), and ends it when the process that
// started it is gone. Plain JavaScript, since nothing else can be loaded before. Modules of this project are CommonJS, so
// tsx for ES modules is left out: its thread takes 0.2 seconds to start, twice what the start of Node takes.
'use strict';

const { createHash } = require('node:crypto');
const {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const Module = require('node:module');
const { tmpdir } = require('node:os');
const { basename, dirname, join } = require('node:path');
const { isMainThread, Worker } = require('node:worker_threads');

/**
 * tsx keeps converted code in a folder of a known name among the temporary files, where another user may have put one:
 * whoever owns it decides what runs here. It has to be ours alone, or tsx is given another place.
 */
function secureTemporaryFolder() {
  const user = process.geteuid?.();
  // Windows gives each user a folder for temporary files.
  if (user === undefined) return;
  const folder = join(tmpdir(), `tsx-${user}`);
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        mkdirSync(folder, { mode: 0o700 });
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const found = lstatSync(folder);
      if (!found.isDirectory() || found.uid !== user) break;
      if ((found.mode & 0o077) === 0) return;
      if ((found.mode & 0o022) === 0) {
        // Others could read it, no more.
        chmodSync(folder, 0o700);
        return;
      }
      // Others could write into it, so nothing in it is to be trusted.
      rmSync(folder, { recursive: true, force: true });
    }
  } catch {
    // Then it is not ours.
  }
  const own = mkdtempSync(join(tmpdir(), 'neurobasis-'));
  console.error(
    `${folder} is not this user's alone, so the code that it holds is not used, and ${own} is taken instead. ` +
      'Have it removed.',
  );
  process.env.TMPDIR = own;
  process.on('exit', () => rmSync(own, { recursive: true, force: true }));
}

/**
 * A process whose parent was killed would go on computing for nobody, beside the next run of the same command. The
 * variable NEUROBASIS_PARENT has the process id of a parent that is to be outlived by nothing; to a kernel Jupyter says
 * by JPY_PARENT_PID who started it. A thread looks after it, since this one may be busy for minutes.
 */
function endWithParent() {
  const { NEUROBASIS_PARENT: own, JPY_PARENT_PID: jupyter } = process.env;
  // They are about this process and not about those that it starts.
  delete process.env.NEUROBASIS_PARENT;
  delete process.env.JPY_PARENT_PID;
  // Jupyter may have started the kernel through another program, whose end says nothing.
  const parent = Number(own ?? (Number(jupyter) === process.ppid ? jupyter : 0));
  if (!(parent > 0)) return;
  const script = `setInterval(() => {
    let gone = process.ppid !== ${parent};
    try {
      process.kill(${parent}, 0);
    } catch (error) {
      gone ||= error.code === 'ESRCH';
    }
    if (gone) process.kill(process.pid, 'SIGKILL');
  }, 500);`;
  new Worker(script, { eval: true, execArgv: [], env: {}, stdin: false }).unref();
}

/** How esbuild makes the exports of a module. */
const EXPORTS = '__copyProps(__defProp({},"__esModule",{value:true}),mod)';

/** At the same columns: the map of the module has them. */
const DIRECT_EXPORTS = '__defProp(mod,"__esModule",{value:true})'.padEnd(EXPORTS.length);

/**
 * What is made of a module, with exports that are the object on which they are defined. It would hand out a copy that asks
 * that object by a name in a variable, which engines cannot make a direct access of: in inner loops an imported constant
 * takes as long as the rest, and tests of codecs half as long again.
 */
function withDirectExports(code) {
  return code.replace(EXPORTS, DIRECT_EXPORTS);
}

/** As tsx converts, but without the path of the module, which it has in its code and in the names of what it keeps. */
const CONVERSION = {
  loader: 'ts',
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  sourcesContent: false,
  minifyWhitespace: true,
  keepNames: true,
};

/** Milliseconds of the periods that begin the names of what is kept: tsx removes what is older than a few of them. */
const PERIOD = 1e8;
const PERIODS = 8;

function hash(...parts) {
  const all = createHash('sha1');
  for (const part of parts) all.update(part).update('\0');
  return all.digest('hex');
}

/** Code that was kept under a name: after the hash of it, so that half of a file is none. */
function keptCode(folder, key) {
  const now = Math.floor(Date.now() / PERIOD);
  for (let period = now; period > now - PERIODS; period--) {
    try {
      const text = readFileSync(join(folder, `${period}-${key}`), 'utf8');
      const code = text.slice(text.indexOf('\n') + 1);
      if (text === `${hash(code)}\n${code}`) return code;
    } catch {
      // Then it is not kept.
    }
  }
  return undefined;
}

function keepCode(folder, key, code) {
  const path = join(folder, `${Math.floor(Date.now() / PERIOD)}-${key}`);
  const temporary = `${path}-${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, `${hash(code)}\n${code}`, { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // Then the next process converts it again.
  }
}

/** What a module may have that only tsx converts; comments may speak of it, strings start with it, templates go on. */
const OF_TSX = /(?<!["'`])\bimport\s*(\((?!\$\{)|\.\s*meta\b)/;

/** Kept in place of a module that is left to tsx. */
const LEFT = '';

/**
 * Converts modules, each once for all copies of the project: kept by content, beside what tsx keeps by path and content.
 * tsx looks in every module that it has kept for a dynamic import, which is half of the time that a command takes to
 * start; here those that have one, and those that cannot be converted, are left to it.
 */
function convertOnce(compile) {
  const { '.ts': byTsx } = Module._extensions;
  // Without a user there is one folder for each; see above.
  const folder = join(tmpdir(), `tsx-${process.geteuid?.() ?? 'own'}`);
  const tsconfigRaw = readFileSync(require.resolve('../tsconfig.json'), 'utf8');
  const { transformSync, version } = require('esbuild');
  const all = hash(version, tsconfigRaw, JSON.stringify(CONVERSION), DIRECT_EXPORTS, OF_TSX.source);
  Module._extensions['.ts'] = function (module, file) {
    const source = readFileSync(file, 'utf8');
    const name = basename(file);
    const key = hash(all, name, source);
    let code = keptCode(folder, key);
    if (code === undefined) {
      try {
        code = withDirectExports(
          transformSync(source, { ...CONVERSION, tsconfigRaw, sourcefile: name }).code,
        );
      } catch {
        return byTsx(module, file);
      }
      // Comments are gone.
      if (OF_TSX.test(code)) code = LEFT;
      keepCode(folder, key, code);
    }
    if (code === LEFT) return byTsx(module, file);
    compile.call(module, code, file);
  };
}

/** Whether the modules of a folder are ES modules by what the package says that it is in. */
const isOfEsModules = new Map();

function ofEsModules(folder) {
  const known = isOfEsModules.get(folder);
  if (known !== undefined) return known;
  let found;
  try {
    found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).type === 'module';
  } catch {
    found = basename(folder) !== 'node_modules' && dirname(folder) !== folder && ofEsModules(dirname(folder));
  }
  isOfEsModules.set(folder, found);
  return found;
}

/**
 * Packages are loaded by Node itself. tsx looks through each of their modules for the syntax of ES modules: a quarter of a
 * second for the compiler of cells. ES modules are left to it, as Node 20 cannot require them.
 */
function loadPackagesDirectly(byNode) {
  const { '.js': byTsx } = Module._extensions;
  Module._extensions['.js'] = function (module, file) {
    if (!/[\\/]node_modules[\\/]/.test(file) || ofEsModules(dirname(file))) return byTsx(module, file);
    try {
      byNode(module, file);
    } catch (error) {
      // Syntax of ES modules in a package that does not say so.
      if (!(error instanceof SyntaxError)) throw error;
      byTsx(module, file);
    }
  };
}

/** A module beside another is found at once, without the other endings and places that tsx and Node would try. */
function resolveAtOnce() {
  const { _resolveFilename: resolve } = Module;
  Module._resolveFilename = function (request, parent, ...rest) {
    if (/^\.\.?\//.test(request) && parent?.filename?.endsWith('.ts')) {
      try {
        return realpathSync.native(join(dirname(parent.filename), `${request}.ts`));
      } catch {
        // Then it is something else.
      }
    }
    return resolve.call(this, request, parent, ...rest);
  };
}

if (isMainThread) {
  secureTemporaryFolder();
  endWithParent();
}
const { '.js': byNode } = Module._extensions;
require('tsx/cjs');
loadPackagesDirectly(byNode);
const { _compile: compile } = Module.prototype;
Module.prototype._compile = function (code, file, ...rest) {
  return compile.call(this, file.endsWith('.ts') ? withDirectExports(code) : code, file, ...rest);
};
convertOnce(compile);
resolveAtOnce();
