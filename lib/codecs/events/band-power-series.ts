/**
 * The power of the spike band in bins of 50 ms: logarithms of amplitudes, each predicted from the one before.
 */
import type { EventPayload } from './event-file';
import { invalidCode } from '../../coding/entropy/code-bytes';
import { RangeDecoder, RangeEncoder, type BinaryCoder } from '../../coding/entropy/range-coder';
import { sineOfTurn } from '../../kernels/exact-trigonometry';
import { binnedPower } from '../../metrics/band-power';
import { bandFilter, SPIKE_POWER_BAND } from '../../metrics/spike-band';
import { POWER_BIN } from '../../metrics/recording-metrics';
import { AdaptiveInteger, codePlain } from './adaptive-integers';
import type { EventScale } from './event-scale';

/** The rate of a recording. */
type Rate = Pick<EventScale, 'sampleRate'>;

/** Samples of a bin, not a whole number: bin k starts at the sample nearest to k times this. */
export function binSamples({ sampleRate }: Rate): number {
  return POWER_BIN * sampleRate;
}

/** Amplitudes are counted in parts of an octave: 1/64, or 0.094 dB. A step has 1 to 63 of them. */
const PER_OCTAVE = 64;
const STEP_BITS = 6;

/** The step over the standard deviation of the logarithms: its error has 2.5% of their variance. */
const RELATIVE_STEP = 0.55;

/** Logarithm of the least amplitude, 1/32 of a code: a silent bin has no logarithm. */
const LEAST_OCTAVE = -5;

/** 2^(1/64), and √2: the amplitude of a sine over its root-mean-square. */
const PART = 1.0108892860517005;
const ROOT_TWO = 1.4142135623730951;

/** Hertz of the sine that stands for the power: in the middle of the band. */
const CARRIER = 600;

/** Range of the first level, and the largest change, in steps. */
const LEVEL_BITS = 12;
const MOST_CHANGE = 2 ** LEVEL_BITS;

/** A level is expected to be the mean of those before, which are forgotten at this rate; it is kept in 1/16. */
const MEAN_UNIT = 16;
const FORGETTING = 4;

/** A series as a file holds it. */
export interface PowerSeries {
  /** Parts of an octave of a step. */
  readonly step: number;
  /** One for each bin: octaves of amplitude above the least one, in steps. */
  readonly levels: readonly number[];
}

/** Number of whole bins of a recording. */
function binsOf(samples: number, rate: Rate): number {
  const each = binSamples(rate);
  let bins = Math.max(0, Math.floor(samples / each) - 1);
  while (Math.round((bins + 1) * each) <= samples) bins++;
  return bins;
}

/**
 * The series of a signal, as the measure of spike-band power computes it: the codec sends the very numbers that it is
 * measured by.
 */
export function powerSeries(signal: Float64Array, rate: Rate): PowerSeries {
  const inBand = new Float64Array(signal.length);
  bandFilter(SPIKE_POWER_BAND, rate.sampleRate).apply(signal, inBand);
  const parts = Array.from(binnedPower(inBand, binSamples(rate)), (power) =>
    Math.max(0, PER_OCTAVE * (0.5 * Math.log2(power) - LEAST_OCTAVE)),
  );
  const mean = parts.reduce((sum, one) => sum + one, 0) / Math.max(1, parts.length);
  const spread = parts.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, parts.length);
  const step = Math.max(1, Math.min(2 ** STEP_BITS - 1, Math.round(RELATIVE_STEP * Math.sqrt(spread))));
  return { step, levels: parts.map((one) => Math.min(2 ** LEVEL_BITS - 1, Math.round(one / step))) };
}

/** 2^(i/64), each from the one before. */
const PARTS = new Float64Array(PER_OCTAVE).fill(1);
for (let i = 1; i < PER_OCTAVE; i++) PARTS[i] = PARTS[i - 1]! * PART;

/** Root-mean-square of each bin, codes. */
export function amplitudesOf({ step, levels }: PowerSeries): number[] {
  return levels.map((level) => {
    const parts = level * step;
    return PARTS[parts % PER_OCTAVE]! * 2 ** (Math.floor(parts / PER_OCTAVE) + LEAST_OCTAVE);
  });
}

/** A signal of this power: a sine of 600 Hz whose amplitude is that of the bin. After the last bin its power goes on. */
export function carrierOf(series: PowerSeries, samples: number, rate: Rate): Float64Array {
  const { sampleRate } = rate;
  const each = binSamples(rate);
  const signal = new Float64Array(samples);
  const amplitudes = amplitudesOf(series);
  const turn = Float64Array.from({ length: Math.min(samples, sampleRate) }, (_, i) =>
    sineOfTurn(CARRIER * i, sampleRate),
  );
  for (let bin = 0; bin < amplitudes.length; bin++) {
    const start = Math.round(bin * each);
    const end = bin + 1 < amplitudes.length ? Math.round((bin + 1) * each) : samples;
    const amplitude = ROOT_TWO * amplitudes[bin]!;
    for (let i = start; i < end; i++) signal[i] = amplitude * turn[i % sampleRate]!;
  }
  return signal;
}

/** Codes a series, or finds it. */
function codeSeries(coder: BinaryCoder, series: PowerSeries, bins: number): PowerSeries {
  const step = coder.codeBits(series.step, STEP_BITS);
  if (step === 0) throw invalidCode();
  const changes = new AdaptiveInteger(MOST_CHANGE);
  const levels: number[] = [];
  let mean = 0;
  for (let bin = 0; bin < bins; bin++) {
    const wanted = series.levels[bin] ?? 0;
    const expected = Math.floor(mean / MEAN_UNIT + 0.5);
    const level =
      bin === 0 ? codePlain(coder, wanted, LEVEL_BITS) : expected + changes.code(coder, wanted - expected);
    if (level < 0 || level >= 2 ** LEVEL_BITS) throw invalidCode();
    mean = bin === 0 ? MEAN_UNIT * level : mean + Math.floor((MEAN_UNIT * level - mean) / FORGETTING);
    levels.push(level);
  }
  return { step, levels };
}

/** The bytes of a series. */
export function powerSeriesBytes(series: PowerSeries): Uint8Array {
  const coder = new RangeEncoder();
  codeSeries(coder, series, series.levels.length);
  return coder.finish();
}

/**
 * The series of {@link powerSeriesBytes}.
 *
 * @throws BitstreamError when no encoder wrote these bytes
 */
export function powerSeriesFrom({ bytes, start, end, samples, scale, filled }: EventPayload): PowerSeries {
  const coder = new RangeDecoder(bytes, start, end);
  const series = codeSeries(coder, { step: 1, levels: [] }, binsOf(samples, scale));
  coder.finish(filled);
  return series;
}
