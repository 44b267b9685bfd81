// Lets a process of this project load TypeScript (`node --require tools/loader.cjs …`), and ends it when the process that
// started it is gone. Plain JavaScript, since nothing else can be loaded before. Modules of this project are CommonJS, so
// tsx for ES modules is left out: its thread takes 0.2 seconds to start, twice what the start of Node takes.
'use strict';

const { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync } = require('node:fs');
const Module = require('node:module');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
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

/**
 * What tsx makes of a module, with exports that are the object on which they are defined. It would hand out a copy that
 * asks that object by a name in a variable, which engines cannot make a direct access of: in inner loops an imported
 * constant takes as long as the rest, and tests of codecs half as long again.
 */
function withDirectExports(code) {
  return code.replace(
    /\bmodule\.exports=__toCommonJS\((\w+)\);/,
    'module.exports=__defProp($1,"__esModule",{value:true});',
  );
}

function exportDirectly() {
  const { _compile: compile } = Module.prototype;
  Module.prototype._compile = function (code, file, ...rest) {
    return compile.call(this, file.endsWith('.ts') ? withDirectExports(code) : code, file, ...rest);
  };
}

if (isMainThread) {
  secureTemporaryFolder();
  endWithParent();
}
require('tsx/cjs');
exportDirectly();
