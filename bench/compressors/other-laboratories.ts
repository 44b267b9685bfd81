/**
 * The lossless codec beside FLAC and WavPack on recordings of other laboratories: bits a sample of each stream of
 * electrodes. Results are numbers alone; the recordings are third-party data.
 *
 *     node --require tsx/cjs bench/compressors/other-laboratories.ts FOLDER [FOLDER …]
 *
 * Writes `bench/compressors/other-laboratories.json`. FLAC and WavPack get each channel as a WAV file of its own, since
 * FLAC takes eight channels at most, and streams of up to eight channels together, too; the smaller one counts.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { decodeFile, encodeFile } from '../../lib/codecs/files/any-file';
import { PRESET_NAMES } from '../../lib/codecs/lossless/preset';
import { writeWhole } from '../../lib/files/write-whole';
import { openRecording } from '../../lib/recordings/recognize';
import type { Stream } from '../../lib/recordings/recording-file';

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
  const electrodes = stream.channels.flatMap(({ kind }, i) => (kind === 'electrode' ? [i] : []));
  if (electrodes.length === 0 || !['int16', 'uint16'].includes(stream.type)) return [];
  const read = await stream.read(electrodes, 0, Math.min(stream.samples, MOST_SAMPLES));
  const shift = stream.type === 'uint16' ? 32_768 : 0;
  return read.map((samples) => Int16Array.from(samples, (value) => value - shift));
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'other-laboratories-'));
  const rows: Record<string, string | number>[] = [];
  try {
    for (const path of process.argv.slice(2)) {
      const recording = await openRecording(path);
      for (const stream of recording.streams) {
        const channels = await channelsOf(stream);
        if (channels.length === 0) continue;
        const total = channels.length * channels[0]!.length;
        const bits = (bytes: number): number => Number(((8 * bytes) / total).toFixed(4));
        const rate = Math.round(stream.sampleRate);
        const whole = wavOf(channels, rate);
        const row: Record<string, string | number> = {
          recording: `${basename(path)}: ${stream.name}${stream.segment > 0 ? ` (${stream.segment})` : ''}`,
          format: recording.format,
          channels: channels.length,
          samples: channels[0]!.length,
        };
        for (const preset of PRESET_NAMES) {
          const coded = encodeFile(whole, preset);
          if (!Buffer.from(decodeFile(coded)).equals(whole)) throw new Error(`${path} came back changed.`);
          row[`neurobasis ${preset}`] = bits(coded.length);
        }
        for (const [name, command] of Object.entries(PEERS)) {
          const single = channels.map((channel) => bytesOf(command, wavOf([channel], rate), folder)!);
          const apart = single.reduce((sum, bytes) => sum + bytes, 0);
          const together = channels.length <= MOST_TOGETHER ? bytesOf(command, whole, folder) : undefined;
          row[name] = bits(Math.min(apart, together ?? Infinity));
        }
        rows.push(row);
        console.error(JSON.stringify(row));
      }
      recording.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const target = join(__dirname, 'other-laboratories.json');
  writeWhole(
    target,
    Buffer.from(`${JSON.stringify({ mostSamples: MOST_SAMPLES, bitsPerSample: rows }, null, 2)}\n`),
  );
}

void main();
