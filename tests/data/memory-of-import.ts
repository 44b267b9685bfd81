/**
 * Imports a recording as a dataset and prints the peak memory. It runs in a process of its own, because memory is
 * measured for a whole process.
 */
import { inspectStream } from '../../lib/recordings/inspect';
import { openRecording } from '../../lib/recordings/recognize';
import { importRecordings } from '../../tools/data/import-recordings';

async function main(path: string, data: string): Promise<void> {
  const file = await openRecording(path);
  for (const stream of file.streams) await inspectStream(stream);
  const { manifest } = await importRecordings(
    file,
    {
      name: 'long',
      path,
      sidecar: undefined,
      stream: undefined,
      channels: undefined,
      fromSecond: 0,
      seconds: undefined,
      pieceSeconds: 5,
      pieces: undefined,
      replace: false,
    },
    data,
  );
  file.close();
  console.log(
    JSON.stringify({
      recordings: manifest.recordings.length,
      seconds: manifest.source.seconds,
      megabytes: process.resourceUsage().maxRSS / 1024,
    }),
  );
}

void main(process.argv[2]!, process.argv[3]!);
