/** The compressors in the comparison, each with its strongest settings. */
import type { Form } from './forms';

/** A command-line program; `IN` and `OUT` stand for its files. */
export interface Compressor {
  readonly name: string;
  /** Form of its input. */
  readonly form: Form;
  readonly encode: readonly string[];
  readonly decode: readonly string[];
  /** Command that prints its version. */
  readonly version: readonly string[];
}

interface Program {
  readonly name: string;
  readonly encode: string;
  readonly decode: string;
  readonly version: string;
}

/** Compressors that read WAV files. */
const AUDIO: readonly Program[] = [
  {
    name: 'FLAC -8',
    encode: 'flac -s -f -8 --no-padding --no-seektable -o OUT IN',
    decode: 'flac -s -f -d -o OUT IN',
    version: 'flac --version',
  },
  {
    name: 'FLAC -8 -e -p -r 15',
    encode: 'flac -s -f -8 -e -p -r 15 -l 32 --lax --no-padding --no-seektable -o OUT IN',
    decode: 'flac -s -f -d -o OUT IN',
    version: 'flac --version',
  },
  {
    name: 'WavPack -hhx6',
    encode: 'wavpack -q -y -hhx6 IN -o OUT.wv',
    decode: 'wvunpack -q -y IN.wv -o OUT',
    version: 'wavpack --version',
  },
];

/** Compressors for any bytes. */
const GENERAL: readonly Program[] = [
  { name: 'bzip2 -9', encode: 'bzip2 -9 -k -c IN', decode: 'bzip2 -d -c IN', version: 'bzip2 --version' },
  { name: 'xz -9e', encode: 'xz -9e -T1 -k -c IN', decode: 'xz -d -c IN', version: 'xz --version' },
  {
    name: 'zstd --ultra -22',
    encode: 'zstd -q -f --ultra -22 --single-thread IN -o OUT',
    decode: 'zstd -q -f -d IN -o OUT',
    version: 'zstd --version',
  },
  {
    name: 'brotli -q 11',
    encode: 'brotli -f -q 11 -w 24 IN -o OUT',
    decode: 'brotli -f -d IN -o OUT',
    version: 'brotli --version',
  },
];

const inForm =
  (form: Form) =>
  ({ name, encode, decode, version }: Program): Compressor => ({
    name,
    form,
    encode: encode.split(' '),
    decode: decode.split(' '),
    version: version.split(' '),
  });

/** Other projects' compressors, in all forms of input that they take. */
export const COMPRESSORS: readonly Compressor[] = [
  ...[...AUDIO, ...GENERAL].map(inForm('wav')),
  ...AUDIO.map(inForm('code-wav')),
  ...GENERAL.map(inForm('codes')),
  ...GENERAL.map(inForm('packed')),
];
