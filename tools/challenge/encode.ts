/**
 * The challenge's `encode`: any file to a shorter one, if it is a recording.
 */
import { encodeFile } from '../../lib/codecs/files/any-file';
import { runProgram } from './program';

const FAST = '--fast';
const args = process.argv.slice(2);
runProgram(
  'encode IN.wav OUT [--fast]\n  - is standard input or output; --fast is five times as fast for 0.1% more bytes',
  args.filter((arg) => arg !== FAST),
  (bytes) => encodeFile(bytes, args.includes(FAST) ? 'fast' : 'best'),
);
