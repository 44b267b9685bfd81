/**
 * The lossless codec beside FLAC, WavPack and pcodec on recordings of other laboratories: bytes and bits a sample of each
 * stream. Results are numbers alone; the recordings are third-party data.
 *
 *     node --require ./tools/loader.cjs bench/compressors/other-laboratories.ts FOLDER [FOLDER …]
 *
 * Rows are named by the paths as they are typed, so paths from the folder of all recordings are best.
 *
 * Writes `bench/compressors/other-laboratories.json`; rows of recordings that are not named stay. FLAC and WavPack get each
 * channel as a WAV file of its own, since FLAC takes eight channels at most, and streams of up to eight channels together,
 * too; the smaller one counts. pcodec gets the samples of each channel. Of streams without electrodes the auxiliary
 * channels are taken.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFile, encodeFile } from '../../lib/codecs/files/any-file';
import { PRESET_NAMES } from '../../lib/codecs/lossless/preset';
import { writeWhole } from '../../lib/files/write-whole';
import { openRecording } from '../../lib/recordings/recognize';
import type { Stream } from '../../lib/recordings/recording-file';
import { projectRoot } from '../../lib/files/project-root';

/** Samples of each channel that are measured, so that the slowest peer takes minutes. */
const MOST_SAMPLES = 2 ** 17;
/** Channels that FLAC takes together. */
const MOST_TOGETHER = 8;

/** Format, tag and length of an extensible format chunk. */
const EXTENSIBLE = 0xfffe;
const PCM_GUID = '0100000000001000800000aa00389b71';

const PEERS: Readonly<Record<string, readonly string[]>> = {
  'flac -8 -e -p': [
    'flac',
    '-s',
    '-f',
    '-8',
    '-e',
    '-p',
    '--no-padding',
    '--no-seektable',
    '-o',
    'OUT',
    'IN',
  ],
  'wavpack -hhx6': ['wavpack', '-q', '-y', '-hhx6', 'IN', '-o', 'OUT'],
};

/** A WAV file of 16 bits, extensible where there are more than two channels. */
function wavOf(channels: readonly Int16Array[], rate: number): Uint8Array {
  const [count, samples] = [channels.length, channels[0]!.length];
  const extensible = count > 2;
  const front = extensible ? 68 : 44;
  const bytes = Buffer.alloc(front + 2 * count * samples);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(front - 28, 16);
  bytes.writeUInt16LE(extensible ? EXTENSIBLE : 1, 20);
  bytes.writeUInt16LE(count, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * count * rate, 28);
  bytes.writeUInt16LE(2 * count, 32);
  bytes.writeUInt16LE(16, 34);
  if (extensible) {
    bytes.writeUInt16LE(22, 36);
    bytes.writeUInt16LE(16, 38);
    Buffer.from(PCM_GUID, 'hex').copy(bytes, 44);
  }
  bytes.write('data', front - 8);
  bytes.writeUInt32LE(2 * count * samples, front - 4);
  channels.forEach((channel, c) =>
    channel.forEach((v, i) => bytes.writeInt16LE(v, front + 2 * (i * count + c))),
  );
  return bytes;
}

/** Bytes of a peer's file; undefined when it refuses the WAV file. */
function bytesOf(command: readonly string[], wav: Uint8Array, folder: string): number | undefined {
  const [input, output] = [join(folder, 'in.wav'), join(folder, 'out.wv')];
  writeFileSync(input, wav);
  rmSync(output, { force: true });
  const [program = '', ...args] = command.map((part) => part.replace('IN', input).replace('OUT', output));
  const { status, error } = spawnSync(program, args);
  if (error) throw new Error(`${program} cannot be run: ${error.message}. Install it.`);
  return status === 0 ? statSync(output).size : undefined;
}

async function channelsOf(stream: Stream): Promise<Int16Array[]> {
  const ofKind = (wanted: string): number[] =>
    stream.channels.flatMap(({ kind }, i) => (kind === wanted ? [i] : []));
  const found = ofKind('electrode');
  const electrodes = found.length > 0 ? found : ofKind('auxiliary');
  if (electrodes.length === 0 || !['int16', 'uint16'].includes(stream.type)) return [];
  const read = await stream.read(electrodes, 0, Math.min(stream.samples, MOST_SAMPLES));
  const shift = stream.type === 'uint16' ? 32_768 : 0;
  return read.map((samples) => Int16Array.from(samples, (value) => value - shift));
}

/** The Python that has pcodec. */
const PYTHON = join(projectRoot(), '.cache/compressors-python/bin/python');

/** Bytes of all channels with pcodec, each by itself and decoded again. */
function pcodecBytes(channels: readonly Int16Array[], folder: string): number {
  if (!existsSync(PYTHON))
    throw new Error(`${PYTHON} is missing: "npm run compare" prepares it, with pcodec.`);
  const script = join(projectRoot(), 'bench/compressors/pcodec-bytes.py');
  const input = join(folder, 'numbers');
  writeFileSync(
    input,
    Buffer.concat(
      channels.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
    ),
  );
  const { status, stdout, stderr } = spawnSync(PYTHON, [script, input, String(channels.length)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`pcodec failed: ${stderr}`);
  return Number(stdout);
}

/** One stream of a recording. */
type Row = Readonly<Record<string, string | number>>;

const TARGET = join(__dirname, 'other-laboratories.json');

/** Keeps rows beside those of other recordings, in the order of their names. */
function keepRows(fresh: readonly Row[]): void {
  const kept = existsSync(TARGET)
    ? ((JSON.parse(readFileSync(TARGET, 'utf8')) as { streams?: Row[] }).streams ?? [])
    : [];
  const others = kept.filter(({ recording }) => !fresh.some((row) => row['recording'] === recording));
  const rows = [...others, ...fresh].sort((a, b) =>
    String(a['recording']) < String(b['recording']) ? -1 : 1,
  );
  writeWhole(TARGET, `${JSON.stringify({ mostSamples: MOST_SAMPLES, streams: rows }, null, 2)}\n`);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'other-laboratories-'));
  try {
    for (const path of process.argv.slice(2)) {
      const recording = await openRecording(path);
      for (const stream of recording.streams) {
        const channels = await channelsOf(stream);
        if (channels.length === 0) continue;
        const total = channels.length * channels[0]!.length;
        const bytes: Record<string, number> = {};
        const rate = Math.round(stream.sampleRate);
        const whole = wavOf(channels, rate);
        const row: Record<string, string | number> = {
          recording: `${path}: ${stream.name}${stream.segment > 0 ? ` (${stream.segment})` : ''}`,
          format: recording.format,
          channels: channels.length,
          samples: channels[0]!.length,
        };
        for (const preset of PRESET_NAMES) {
          const coded = encodeFile(whole, preset);
          if (!Buffer.from(decodeFile(coded)).equals(whole)) throw new Error(`${path} came back changed.`);
          bytes[`neurobasis ${preset}`] = coded.length;
        }
        for (const [name, command] of Object.entries(PEERS)) {
          const single = channels.map((channel) => bytesOf(command, wavOf([channel], rate), folder)!);
          const apart = single.reduce((sum, bytes) => sum + bytes, 0);
          const together = channels.length <= MOST_TOGETHER ? bytesOf(command, whole, folder) : undefined;
          bytes[name] = Math.min(apart, together ?? Infinity);
        }
        bytes['pcodec 12'] = pcodecBytes(channels, folder);
        for (const [name, size] of Object.entries(bytes)) {
          row[`${name}, bytes`] = size;
          row[`${name}, bits`] = Number(((8 * size) / total).toFixed(4));
        }
        keepRows([row]);
        console.error(JSON.stringify(row));
      }
      recording.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
