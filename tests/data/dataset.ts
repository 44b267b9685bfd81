import { createHash } from 'node:crypto';
import { pcm16FromCodes, SAMPLE_RATE, standardDeviation } from '../../lib/recordings/adc';
import type { ManifestEntry } from '../../lib/recordings/manifest';
import { canonicalWav } from '../../lib/recordings/wav';
import type { ZipFile } from '../../tools/fuzz/zip-archive';

/** A tiny dataset: the manifest and the files of its archive, in the layout of the published one. */
export function tinyDataset(recordings: number): { manifest: ManifestEntry[]; files: ZipFile[] } {
  const manifest: ManifestEntry[] = [];
  const files: ZipFile[] = [];
  for (let k = 0; k < recordings; k++) {
    // Hardly compressible, so that the archive has some size.
    const codes = Uint16Array.from({ length: 2000 + k }, (_, i) => (i * i * (k + 7) * 31) % 1021);
    const content = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
    const name = `recording-${k}.wav`;
    files.push({ name: `data/${name}`, content });
    manifest.push({
      name,
      bytes: content.length,
      samples: codes.length,
      standardDeviation: Number(standardDeviation(codes).toFixed(2)),
      sha256: createHash('sha256').update(content).digest('hex'),
    });
  }
  return { manifest, files };
}
