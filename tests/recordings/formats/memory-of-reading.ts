/**
 * Inspects a recording, reads windows of it, and prints the values and the peak memory. It runs in a process
 * of its own, because memory is measured for a whole process.
 */
import { inspectStream } from '../../../lib/recordings/inspect';
import { openRecording } from '../../../lib/recordings/recognize';

async function main(path: string): Promise<void> {
  const file = await openRecording(path);
  const [stream] = file.streams;
  const report = await inspectStream(stream!);
  const last = stream!.channels.length - 1;
  const ends = await stream!.read([0, last], stream!.samples - 3, 3);
  const middle = await stream!.read([last], Math.floor(stream!.samples / 2), 100_000);
  file.close();
  console.log(
    JSON.stringify({
      format: file.format,
      samples: stream!.samples,
      channels: stream!.channels.length,
      looked: report.looked,
      ends: ends.map((samples) => [...samples]),
      middle: middle[0]!.length,
      megabytes: process.resourceUsage().maxRSS / 1024,
    }),
  );
}

void main(process.argv[2]!);
