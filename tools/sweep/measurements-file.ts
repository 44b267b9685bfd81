/**
 * Measurements in a file, for other programs and for comparing two runs: everything but the durations, so that the
 * bytes are the same wherever and in whatever order it was measured.
 */
import { corpusHash } from '../../lib/recordings/corpus';
import { recordingHash } from '../../lib/measuring/cache';
import type { SweepResult } from '../../lib/measuring/sweep';
import { writeWhole } from '../../lib/files/write-whole';

/** The lines of a sweep: its codec and corpus, then each recording in the order of the corpus. */
function linesOf({ codec, corpus, steps, recordings }: SweepResult): string[] {
  const head = { codec: codec.id, corpus: corpus.label, sha256: corpusHash(corpus), steps };
  const rows = recordings.map(({ recording, facts, points }) => ({
    codec: codec.id,
    recording: recording.name,
    hash: recordingHash(recording),
    facts,
    points: points.map(({ step, compressedBytes, nonzero, comparison }) => ({
      step,
      compressedBytes,
      nonzero,
      comparison,
    })),
  }));
  return [head, ...rows].map((line) => JSON.stringify(line));
}

/**
 * Writes sweeps to a file of JSON lines, whole.
 *
 * @param path - absolute
 */
export function writeMeasurements(path: string, sweeps: readonly SweepResult[]): void {
  writeWhole(path, sweeps.flatMap(linesOf).join('\n') + '\n');
}
