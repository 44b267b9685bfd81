/** Imports a file as a dataset that is thrown away: a part of bench/scaling.ts, which may not import tools. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectStream } from '../../lib/recordings/inspect';
import { openRecording } from '../../lib/recordings/recognize';
import { importRecordings } from './import-recordings';
import { reportWork, startTimer, type Amount } from '../../bench/scaling/work';

async function importPieces(path: string, pieces: number): Promise<Amount> {
  const folder = mkdtempSync(join(tmpdir(), 'scaling-import-'));
  startTimer();
  const file = await openRecording(path);
  try {
    for (const stream of file.streams) await inspectStream(stream);
    const choices = {
      ...{ name: 'long', path, sidecar: undefined, stream: undefined, channels: undefined },
      ...{ fromSecond: 0, seconds: undefined, pieceSeconds: 5, pieces, replace: false },
    };
    const { manifest } = await importRecordings(file, choices, folder);
    const kept = readdirSync(join(folder, 'long'));
    return {
      samples: manifest.recordings.reduce((sum, { samples }) => sum + samples, 0),
      // Once for the hash, and what is kept twice: for its grid and for its codes.
      bytesRead: statSync(path).size + 2 * manifest.recordings.reduce((sum, { bytes }) => sum + bytes, 0),
      bytesWritten: kept.reduce((sum, name) => sum + statSync(join(folder, 'long', name)).size, 0),
    };
  } finally {
    file.close();
    rmSync(folder, { recursive: true });
  }
}

void reportWork<'import'>((work) => importPieces(work.from, work.pieces));
