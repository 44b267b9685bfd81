/**
 * What layers keep of recordings: slow waves beside those of waveform codecs, measures that the encoder does not see,
 * and where the bytes go.
 */
import { preparedRecording } from '../coding/codec';
import type { LayeredCodec } from '../codecs/events/layered-codec';
import { amplitudesOf, binSamples } from '../codecs/events/band-power-series';
import { codecFromId } from '../codecs/codec-from-id';
import { COMMON_SHAPE, gainOfLevel, shapeOf } from '../codecs/events/spike-shapes';
import type { WaveformStretch } from '../figures/charts/waveforms';
import { correlation } from '../metrics/band-power';
import { meanSquaredError, peakSignalToNoiseRatio } from '../metrics/distortion';
import { slowWaves, slowWaveSnr } from '../metrics/slow-waves';
import { bandFilter, SPIKE_BAND, SPIKE_POWER_BAND } from '../metrics/spike-band';
import { squaredErrorOver } from '../metrics/spikes';
import { median } from '../numerics/statistics';
import { corpusRange, isOfSample, readCodes, type Corpus } from '../recordings/corpus';
import { sampleRangeOf } from '../recordings/recording';
import { codeAtRatios } from '../study/step-for-ratio';
import { startAroundSpike, type TypicalRecording } from '../study/typical-recording';

/** Slow waves of a codec at one step. */
export interface SlowWavePoint {
  readonly step: number;
  readonly compressionRatio: number;
  /** dB, of the slow waves of all samples against full scale. */
  readonly psnr: number;
  /** dB, median over recordings. */
  readonly snr: number;
}

/**
 * How well a codec keeps the waves of 1 to 300 Hz.
 *
 * @param id - of a codec
 * @param steps - of its quantizer
 */
export function slowWaveCurve(id: string, corpus: Corpus, steps: readonly number[]): SlowWavePoint[] {
  const { recordings, sampleRate, fullScale } = corpus;
  const codec = codecFromId(id, corpusRange(corpus));
  const sums = steps.map(() => ({ bytes: 0, error: 0, snrs: [] as number[] }));
  let [wavBytes, samples] = [0, 0];
  for (const recording of recordings) {
    const codes = readCodes(recording);
    const slow = slowWaves(codes, sampleRate);
    wavBytes += recording.wavBytes;
    samples += codes.length;
    const prepared = preparedRecording(codec, codes);
    steps.forEach((step, i) => {
      const { bytes } = prepared.encode(step);
      const decoded = slowWaves(codec.decode(bytes), sampleRate);
      sums[i]!.bytes += bytes.length;
      sums[i]!.error += squaredErrorOver(Int32Array.of(0, codes.length), slow, decoded);
      sums[i]!.snrs.push(slowWaveSnr(slow, decoded));
    });
  }
  return sums.map(({ bytes, error, snrs }, i) => ({
    step: steps[i]!,
    compressionRatio: wavBytes / bytes,
    psnr: peakSignalToNoiseRatio(meanSquaredError(error, samples), fullScale.codes),
    snr: median(snrs)!,
  }));
}

/** A stretch of a recording and its decoded versions, as it is and in the spike band. */
export interface DecodedStretches {
  readonly wideband: Pick<WaveformStretch, 'original' | 'decoded' | 'start'>;
  readonly inBand: Pick<WaveformStretch, 'original' | 'decoded' | 'start'>;
}

/**
 * A recording about its largest spike, at a compression ratio of the whole recording.
 *
 * @param ids - of codecs
 * @param length - samples of the stretch
 */
export function decodedStretches(
  shown: TypicalRecording,
  ids: readonly string[],
  ratio: number,
  length: number,
): DecodedStretches {
  const { recording, codes, metrics } = shown;
  const from = startAroundSpike(shown, length);
  const filter = bandFilter(SPIKE_BAND, recording.sampleRate);
  const range = sampleRangeOf(recording);
  const coded = ids.map((id) => {
    const { wavBytes } = recording;
    const search = { wavBytes, ratios: [ratio], synthetic: isOfSample(recording) };
    const { decoded, compressionRatio } = codeAtRatios(codecFromId(id, range), codes, search)[0]!;
    const inBand = Float64Array.from(decoded);
    filter.apply(inBand, inBand);
    return { label: `${id}, CR ${compressionRatio.toFixed(0)}`, decoded, inBand };
  });
  const start = (1000 * from) / recording.sampleRate;
  const cut = (signal: Float64Array | Uint16Array): Float64Array | Uint16Array =>
    signal.subarray(from, from + length);
  return {
    wideband: {
      original: cut(codes),
      decoded: coded.map(({ label, decoded }) => ({ label, codes: cut(decoded) })),
      start,
    },
    inBand: {
      original: cut(metrics.inBand),
      decoded: coded.map(({ label, inBand }) => ({ label, codes: cut(inBand) })),
      start,
    },
  };
}

/** Spikes of one shape. */
export interface ShapeUse {
  /** `"common to all files, 12 spikes"`. */
  readonly label: string;
  /** Each as it is added to the signal, ADC codes. */
  readonly spikes: readonly Float64Array[];
}

/**
 * The shapes in the file of a recording, each at the gains of its spikes; shapes without spikes are left out.
 *
 * @param step - of the slow waves
 */
export function usedShapes(codec: LayeredCodec, codes: Uint16Array, step: number): ShapeUse[] {
  const { shapes, events } = codec.decodeLayer(codec.encode(codes, step).bytes, 'spikes');
  return [COMMON_SHAPE, ...shapes.map(shapeOf)].flatMap((values, shape) => {
    const own = events.filter((event) => event.shape === shape);
    if (own.length === 0) return [];
    const name = shape === 0 ? 'common to all files' : `of this recording, ${shape}`;
    return {
      label: `${name}: ${own.length} spikes`,
      spikes: own.map(({ level, inverted }) =>
        values.map((value) => value * gainOfLevel(level) * (inverted ? -1 : 1)),
      ),
    };
  });
}

/** Bytes of the layers of a corpus. */
export interface LayerBytes {
  readonly step: number;
  readonly compressionRatio: number;
  readonly slow: number;
  readonly power: number;
  readonly spikes: number;
  /** Headers, lengths and checks. */
  readonly rest: number;
}

/** Where the bytes of layers go, at each step of the slow waves. */
export function layerBytes(
  codec: LayeredCodec,
  { recordings }: Corpus,
  steps: readonly number[],
): LayerBytes[] {
  const sums = steps.map(() => ({ slow: 0, power: 0, spikes: 0, rest: 0 }));
  let wavBytes = 0;
  for (const recording of recordings) {
    const prepared = codec.prepare(readCodes(recording));
    wavBytes += recording.wavBytes;
    steps.forEach((step, i) => {
      const { bytes } = prepared.encode(step);
      const { slow, power, spikes } = codec.layerBytes(bytes);
      const sum = sums[i]!;
      sum.slow += slow;
      sum.power += power;
      sum.spikes += spikes;
      sum.rest += bytes.length - slow - power - spikes;
    });
  }
  return sums.map((sum, i) => ({
    step: steps[i]!,
    ...sum,
    compressionRatio: wavBytes / (sum.slow + sum.power + sum.spikes + sum.rest),
  }));
}

/**
 * Correlation of the mean magnitude of 300–1000 Hz in bins of 50 ms, which the encoder does not compute (it sends mean
 * squares), with the amplitudes that the layer of the power gives; null where the recording's does not vary.
 *
 * @param step - of the slow waves, which the power does not depend on
 * @returns one number a recording
 */
export function magnitudeCorrelations(
  codec: LayeredCodec,
  { recordings, sampleRate }: Corpus,
  step: number,
): (number | null)[] {
  const filter = bandFilter(SPIKE_POWER_BAND, sampleRate);
  const each = binSamples({ sampleRate });
  return recordings.map((recording) => {
    const codes = readCodes(recording);
    const inBand = Float64Array.from(codes);
    filter.apply(inBand, inBand);
    const sent = amplitudesOf(codec.decodeLayer(codec.encode(codes, step).bytes, 'power'));
    const magnitudes = sent.map((_, bin) => {
      const [from, to] = [Math.round(bin * each), Math.round((bin + 1) * each)];
      return inBand.subarray(from, to).reduce((sum, value) => sum + Math.abs(value), 0) / (to - from);
    });
    return correlation(Float64Array.from(magnitudes), Float64Array.from(sent), 1e-6);
  });
}
