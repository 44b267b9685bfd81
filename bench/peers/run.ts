/**
 * Compressors of other projects on recordings: they run in Python (`peers.py`), and what their decoders give back is judged
 * here, by the measures of all codecs.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { LOSSLESS } from '../../lib/coding/codec';
import type { RecordingFacts, StepMeasurement } from '../../lib/measuring/measure';
import { summarizePoints } from '../../lib/measuring/summarize';
import { sweep, type RecordingMeasurement, type SweepResult } from '../../lib/measuring/sweep';
import { createRecordingMetrics } from '../../lib/metrics/recording-metrics';
import {
  corpusHash,
  corpusRange,
  readCodes,
  stratifiedSubset,
  type Corpus,
} from '../../lib/recordings/corpus';
import type { MissingPeer, Peer, Peers } from '../../lib/results/peers';

/** A compressor failed on a recording, or one that loses nothing lost something. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}

/** A compressor as the script describes it. */
interface DescribedPeer {
  readonly name: string;
  readonly version: string;
  /** `{setting}` stands for the setting. */
  readonly told: string;
  readonly lossless: boolean;
  /** Whether it takes minutes a recording. */
  readonly slow: boolean;
  /** Ascending or descending; above 0 where something is lost. */
  readonly settings: readonly number[];
}

/** What one compressor made of one recording at one setting. */
interface PeerAnswer {
  readonly name: string;
  readonly setting: number;
  readonly bytes: number;
  /** File with the decoded codes. */
  readonly decoded: string;
  readonly encodeSeconds: number;
  readonly decodeSeconds: number;
  readonly error?: string;
}

/** How a comparison is run. */
export interface PeerOptions {
  /** Interpreter and script: `[python, "bench/peers/peers.py"]`. */
  readonly command: readonly [string, ...string[]];
  /** Recordings that slow compressors get, at most. */
  readonly slowRecordings: number;
  /** Receives the number of finished recordings. */
  readonly progress: (done: number) => void;
}

/** Codes as 16-bit integers, little-endian. */
function bytesOfCodes(codes: Uint16Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * codes.length));
  codes.forEach((code, i) => view.setUint16(2 * i, code, true));
  return new Uint8Array(view.buffer);
}

function codesOfBytes(bytes: Uint8Array): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, i) => view.getUint16(2 * i, true));
}

/** What compressors made of all recordings: by name and recording. */
type Measured = Map<string, Map<number, StepMeasurement[]>>;

/**
 * Compares the compressors of a script.
 *
 * @param corpus - of Neuralink's digitizer; each recording is compressed by itself
 * @throws PeerError when a compressor fails, or one that loses nothing gives back other codes
 */
export async function runPeers(corpus: Corpus, options: PeerOptions): Promise<Peers> {
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-peers-'));
  const [program, ...given] = options.command;
  const child = spawn(program, given, { stdio: ['pipe', 'pipe', 'inherit'] });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new PeerError(`${program} cannot be run: ${error.message}`)));
    child.once('exit', (code) =>
      reject(new PeerError(`The script of the compressors ended with code ${code}.`)),
    );
  });
  // Where it ends as it should, nobody waits for it.
  failed.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done === true)
      throw new PeerError('The script of the compressors ended before it had answered: see above.');
    return JSON.parse(value) as T;
  };
  try {
    const { peers, missing } = await answer<{ peers: DescribedPeer[]; missing: MissingPeer[] }>();
    const slow = new Set(
      stratifiedSubset(corpus.recordings, Math.min(options.slowRecordings, corpus.recordings.length)),
    );
    const measured: Measured = new Map(peers.map(({ name }) => [name, new Map()]));
    const facts: RecordingFacts[] = [];
    for (const [index, recording] of corpus.recordings.entries()) {
      const codes = readCodes(recording);
      const path = join(folder, 'recording.codes');
      writeFileSync(path, bytesOfCodes(codes));
      child.stdin.write(`${JSON.stringify({ codes: path, out: folder, slow: slow.has(recording) })}\n`);
      const answers = await answer<PeerAnswer[]>();
      const metrics = createRecordingMetrics(codes, recording);
      const { samples, duration, variance, inBandVariance, railFraction, spikeWaveformEnergy, sortedSpikes } =
        metrics;
      const spikes = metrics.crossings.length;
      // Not the metrics themselves, which hold the signal.
      facts.push({
        samples,
        duration,
        variance,
        inBandVariance,
        railFraction,
        spikes,
        spikeWaveformEnergy,
        sortedSpikes,
      });
      for (const { name, setting, error, ...made } of answers) {
        if (error !== undefined)
          throw new PeerError(`${name} at ${setting} failed on ${recording.name}: ${error}`);
        const decoded = codesOfBytes(readFileSync(made.decoded));
        const ofPeer = measured.get(name)!;
        const points = ofPeer.get(index) ?? [];
        ofPeer.set(index, points);
        const comparison = metrics.compare(decoded);
        if (comparison.squaredError > 0 && peers.find((peer) => peer.name === name)!.lossless) {
          throw new PeerError(`${name} did not give the samples of ${recording.name} back.`);
        }
        points.push({
          step: setting,
          compressedBytes: made.bytes,
          nonzero: 0,
          comparison,
          encodeSeconds: made.encodeSeconds,
          decodeSeconds: made.decodeSeconds,
        });
      }
      options.progress(index + 1);
    }
    child.stdin.end();
    const own = await sweep(codecFromId('lossless-best', corpusRange(corpus)), corpus, [LOSSLESS]);
    return {
      dataset: { label: corpus.label, recordings: corpus.recordings.length, sha256: corpusHash(corpus) },
      peers: peers.map((peer) => describedPeer(peer, measured.get(peer.name)!, facts, own)),
      missing,
    };
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A compressor with its sums over the recordings that it was given. */
function describedPeer(
  { name, version, told, lossless, settings }: DescribedPeer,
  measured: ReadonlyMap<number, readonly StepMeasurement[]>,
  facts: readonly RecordingFacts[],
  own: SweepResult,
): Peer {
  const indices = [...measured.keys()];
  const recordings = indices.map((index): RecordingMeasurement => ({
    recording: own.corpus.recordings[index]!,
    facts: facts[index]!,
    points: measured.get(index)!,
  }));
  const described = { name, version, settings: told, recordings: indices.length };
  if (!lossless) {
    const codec = { id: name, delay: 0, multiplyAddsPerSample: 0 };
    const points = summarizePoints({ codec, corpus: own.corpus, steps: settings, recordings, reused: 0 });
    return { ...described, points };
  }
  const sum = (value: (one: RecordingMeasurement) => number, of: readonly RecordingMeasurement[]): number =>
    of.reduce((total, one) => total + value(one), 0);
  const bytesOf = ({ points }: RecordingMeasurement): number => points[0]!.compressedBytes;
  const wavBytes = sum(({ recording }) => recording.wavBytes, recordings);
  const compressedBytes = sum(bytesOf, recordings);
  const ownBytes = sum(
    bytesOf,
    indices.map((index) => own.recordings[index]!),
  );
  const ratio = (bytes: number): number => Number((wavBytes / bytes).toPrecision(6));
  return {
    ...described,
    lossless: {
      compressedBytes,
      compressionRatio: ratio(compressedBytes),
      ownCompressionRatio: ratio(ownBytes),
    },
    points: [],
  };
}
