// Compiles the WebAssembly module of the packages. Run by module.ts with the text of its constants on standard input;
// prints the module in base64.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
/* global btoa */
import asc from 'assemblyscript/asc';

const [entry, constants] = process.argv.slice(2);
const given = readFileSync(0, 'utf8');
let binary;
const { error, stderr } = await asc.main(
  [
    entry,
    ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--noAssert', '--runtime', 'stub'],
    ...['--enable', 'simd', '--use', 'abort=', '--outFile', 'codec.wasm'],
  ],
  {
    readFile: (name, folder) => {
      if (name.replaceAll('\\', '/') === constants) return given;
      try {
        return readFileSync(join(folder, name), 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (name, contents) => {
      if (name === 'codec.wasm') binary = contents;
    },
  },
);
if (error !== null) {
  process.stderr.write(stderr.toString());
  process.exit(1);
}
process.stdout.write(btoa(Array.from(binary, (byte) => String.fromCharCode(byte)).join('')));
