/**
 * The challenge's `decode`: the file that `encode` was given.
 */
import { decodeFile } from '../../lib/codecs/files/any-file';
import { runProgram } from './program';

runProgram('decode IN OUT.wav\n  - is standard input or output', process.argv.slice(2), decodeFile);
