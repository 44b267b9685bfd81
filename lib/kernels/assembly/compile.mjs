// Compiles kernels in one process: the compiler takes longer to start than to compile. Run by ../webassembly.ts with
// a list of argument lists as JSON.
import asc from 'assemblyscript/asc';

for (const args of JSON.parse(process.argv[2])) {
  const { error, stderr } = await asc.main(args);
  if (error === null) continue;
  process.stderr.write(`${args[0]} does not compile:\n${stderr.toString()}`);
  process.exit(1);
}
