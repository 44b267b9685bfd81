import { openCorpus } from './lib/recordings/corpus';
import { codecFromId } from './lib/coding/codec-from-id';
import { sweep } from './lib/study/sweep';
import { summarizePoints } from './lib/study/summarize';
(async () => {
  const c = openCorpus({ dataset: 'neuralink', recordings: 48 });
  for (const id of process.argv[2]!.split(',')) {
    const r = await sweep(codecFromId(id), c, [8, 16, 32, 64, 80]);
    for (const p of summarizePoints(r)) console.log(id, p.step, p.compressionRatio.toFixed(2), p.psnr?.toFixed(2), 'F1', p.spikeF1?.toFixed(3), 'P', p.spikePrecision?.toFixed(3), 'R', p.spikeRecall?.toFixed(3), 'wave', p.spikeWaveformSnrMedian?.toFixed(2));
  }
})();
