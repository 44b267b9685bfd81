// Compiles kernels in one process: the compiler takes longer to start than to compile. Run by ../webassembly.ts with
// a list of argument lists as JSON; prints the WebAssembly of each, in base64, a line each.
import asc from 'assemblyscript/asc';

const printed = [];
for (const args of JSON.parse(process.argv[2])) {
  let binary;
  const { error, stderr } = await asc.main([...args, '--outFile', 'kernel.wasm'], {
    writeFile: (name, contents) => {
      if (name === 'kernel.wasm') binary = contents;
    },
  });
  if (error === null) {
    printed.push(Buffer.from(binary).toString('base64'));
    continue;
  }
  process.stderr.write(`${args[0]} does not compile:\n${stderr.toString()}`);
  process.exit(1);
}
process.stdout.write(printed.join('\n'));
