// Lets a process of this project load TypeScript (`node --require tools/loader.cjs …`), and ends it when the process that
// started it is gone. Plain JavaScript, since nothing else can be loaded before.
'use strict';

const { Buffer } = require('node:buffer');
const { createHash } = require('node:crypto');
const {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const Module = require('node:module');
const { tmpdir } = require('node:os');
const { basename, dirname, join, sep } = require('node:path');
const { cachedDataVersionTag } = require('node:v8');
const { Script } = require('node:vm');
const { isMainThread, threadId, Worker } = require('node:worker_threads');

/** Among the temporary files; Windows gives each user a folder for those, and no number. */
const codeFolder = () => join(tmpdir(), `neurobasis-code-${process.geteuid?.() ?? 'own'}`);

/**
 * Converted code is kept in a folder of a known name among the temporary files, where another user may have put one:
 * whoever owns it decides what runs here. It has to be ours alone, or another place is taken.
 */
function secureTemporaryFolder() {
  const user = process.geteuid?.();
  if (user === undefined) return;
  const folder = codeFolder();
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

/** Without the path of the module, in its code as in the name of what is kept of it: copies of the project share that. */
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

function hash(...parts) {
  const all = createHash('sha1');
  for (const part of parts) all.update(part).update('\0');
  return all.digest('hex');
}

/** Milliseconds of a week, by which kept code is filed: what was not used in the last one is removed. */
const WEEK = 6048e5;

/** Digits of the hash before what is kept, so that half of a file is none. */
const HASH_LENGTH = 40;

/** Bytes that are kept under a name, in the folder of this week or of the one before; undefined where there are none. */
function kept(name) {
  const week = Math.floor(Date.now() / WEEK);
  for (const folder of [week, week - 1]) {
    const path = join(codeFolder(), String(folder), name);
    try {
      const file = readFileSync(path);
      const bytes = file.subarray(HASH_LENGTH);
      if (file.latin1Slice(0, HASH_LENGTH) !== hash(bytes)) continue;
      if (folder !== week) keep(name, bytes);
      return bytes;
    } catch {
      // Then it is not kept.
    }
  }
  return undefined;
}

function keep(name, bytes) {
  const week = Math.floor(Date.now() / WEEK);
  const folder = join(codeFolder(), String(week));
  const temporary = join(folder, `${name}-${process.pid}-${threadId}`);
  try {
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) removeOtherWeeks(week);
    writeFileSync(temporary, Buffer.concat([Buffer.from(hash(bytes)), bytes]), { mode: 0o600 });
    renameSync(temporary, join(folder, name));
  } catch {
    // Then the next process makes it again.
  }
}

function removeOtherWeeks(week) {
  for (const folder of readdirSync(codeFolder())) {
    if (Number(folder) !== week && Number(folder) !== week - 1) {
      rmSync(join(codeFolder(), folder), { recursive: true, force: true });
    }
  }
}

/** A dynamic import, which only what Node compiles itself may have. Strings start with it; of a message it has a part. */
const DYNAMIC_IMPORT = /(?<!["'`])\bimport\s*\((?!\$\{|'\{)/;

/** Modules that V8 has compiled in this process, with the names under which that is to be kept. */
const compiled = new Map();

/**
 * A module as V8 compiles it, from what an earlier process has kept of that: parsing and compiling are a third of the time
 * that a command takes to start.
 *
 * @param key - hash of the code
 * @returns undefined where only Node can compile it, and where it is not worth while: among temporary files, which run once
 * or twice
 */
function scriptOf(code, key, file) {
  if (DYNAMIC_IMPORT.test(code) || file.startsWith(join(tmpdir(), sep))) return undefined;
  // V8 keeps the path of a module with it, and takes what another version of it, or one with other flags, has compiled for
  // nothing.
  const name = `${hash(key, file)}-${cachedDataVersionTag()}`;
  const cachedData = kept(name);
  const script = new Script(Module.wrap(code), {
    filename: file,
    // Places are those without the wrapper.
    columnOffset: -Module.wrapper[0].length,
    cachedData,
  });
  if (cachedData === undefined || script.cachedDataRejected) compiled.set(name, script);
  return script;
}

function run(script, module, file) {
  const { exports } = module;
  script.runInThisContext().call(exports, exports, Module.createRequire(file), module, file, dirname(file));
}

/** At the end of a process, when it is known which functions of a module are called. */
function keepCompiled() {
  for (const [name, script] of compiled) keep(name, script.createCachedData());
}

const SOURCE_MAP = '//# sourceMappingURL=';

/** Converts modules of this project, each once for all copies of it. */
function loadTypeScript() {
  const tsconfigRaw = readFileSync(require.resolve('../tsconfig.json'), 'utf8');
  const { version } = require('esbuild/package.json');
  const all = hash(version, tsconfigRaw, JSON.stringify(CONVERSION), DIRECT_EXPORTS);
  Module._extensions['.ts'] = function (module, file) {
    const source = readFileSync(file, 'utf8');
    const name = basename(file);
    const key = hash(all, name, source);
    let code = kept(key)?.toString();
    if (code === undefined) {
      const { transformSync } = require('esbuild');
      code = withDirectExports(transformSync(source, { ...CONVERSION, tsconfigRaw, sourcefile: name }).code);
      keep(key, Buffer.from(code));
    }
    const script = scriptOf(code, key, file);
    if (script === undefined) {
      module._compile(code, file);
      return;
    }
    // Node reads the map of what it compiles itself: here of nothing but the map.
    module._compile(code.slice(code.lastIndexOf(SOURCE_MAP)), file);
    run(script, module, file);
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

/** Packages are compiled once, too. ES modules are left to Node. */
function loadPackages() {
  const { '.js': byNode } = Module._extensions;
  Module._extensions['.js'] = function (module, file) {
    const script = scriptOfPackage(file);
    if (script === undefined) byNode(module, file);
    else run(script, module, file);
  };
}

/** @returns undefined where only Node can run the module */
function scriptOfPackage(file) {
  if (!/[\\/]node_modules[\\/]/.test(file) || ofEsModules(dirname(file))) return undefined;
  const code = readFileSync(file, 'utf8');
  try {
    return scriptOf(code, hash(code), file);
  } catch {
    // Syntax of ES modules in a package that does not say so, or none.
    return undefined;
  }
}

/**
 * A module beside another is found at once, without the other endings and places that Node would try. One that is named
 * as the script that TypeScript would make of it, `./x.js`, is found too.
 */
function resolveAtOnce() {
  const { _resolveFilename: resolve } = Module;
  Module._resolveFilename = function (request, parent, ...rest) {
    if (/^\.\.?\//.test(request) && parent?.filename?.endsWith('.ts')) {
      const names = [`${request}.ts`, ...(request.endsWith('.js') ? [request.replace(/js$/, 'ts')] : [])];
      for (const name of names) {
        try {
          return realpathSync.native(join(dirname(parent.filename), name));
        } catch {
          // Then it is something else.
        }
      }
    }
    return resolve.call(this, request, parent, ...rest);
  };
}

// Before the folder is removed, where it is another than usually.
process.on('exit', keepCompiled);
if (isMainThread) {
  secureTemporaryFolder();
  endWithParent();
}
process.setSourceMapsEnabled(true);
loadTypeScript();
loadPackages();
resolveAtOnce();
