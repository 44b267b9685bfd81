/** Encodes many channels as they come. */
import { StreamEncoder } from '../../lib/codecs/lossless/streaming';
import { longRecording } from './long-recording';
import { adcCodesOf, reportWork, startTimer, type Amount } from './work';

/** Channels in turn, some samples of each at a time. */
async function stream(channels: number, atOnce: number, samples: number): Promise<Amount> {
  const codes = longRecording({ channels, seed: 1 })(0, samples).map(adcCodesOf);
  const encoders = codes.map(() => new StreamEncoder());
  startTimer();
  let bytesWritten = 0;
  for (let from = 0; from < samples; from += atOnce) {
    for (let channel = 0; channel < channels; channel++) {
      bytesWritten += encoders[channel]!.push(codes[channel]!.subarray(from, from + atOnce)).length;
    }
  }
  return { samples: channels * samples, bytesRead: 2 * channels * samples, bytesWritten };
}

void reportWork<'stream'>((work) => stream(work.channels, work.atOnce, work.samples));
