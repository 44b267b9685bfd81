import { openCorpus } from './lib/recordings/corpus';
import { chooseParameters, studySubset, STUDY_RATIOS } from './lib/study/study-bases';
(async () => {
  const subset = studySubset(openCorpus({ dataset: 'neuralink' }));
  const r = await chooseParameters(process.argv[2]!.split(','), subset);
  for (const b of r.bases) console.log(b.id, STUDY_RATIOS.map((x) => b.psnr(x).toFixed(3)).join(' '), b.curve.lossless?.compressionRatio);
})();
