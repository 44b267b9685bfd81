/**
 * The picture of a live study as SVG: waveforms to the left, curves to the right. The same code draws the
 * first view and every change of a control, so it must be fast and needs no library. Runs in pages too.
 */
import { gainName, gainRange, gainsOfCurve, pointIndex, pointText, type LiveStudy } from './live-study';
import { unpackCodes, unpackIntegers } from '../../results/packed-integers';

/** Colors of a picture, as CSS has them. */
export interface LiveColors {
  readonly ground: string;
  readonly ink: string;
  readonly grid: string;
  /** Color of the original waveform and of the curves that are not chosen. */
  readonly pale: string;
  readonly accent: string;
}

/** Size in CSS pixels; pages scale it. */
const WIDTH = 900;
const HEIGHT = 330;
const NOTE_HEIGHT = 22;

interface Panel {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const WAVES: Panel = { left: 58, right: 560, top: 30, bottom: 282 };
const CURVES: Panel = { left: 640, right: 886, top: 30, bottom: 282 };

type Scale = (value: number) => number;

function scale(low: number, high: number, from: number, to: number): Scale {
  const factor = (to - from) / (high - low || 1);
  return (value) => from + (value - low) * factor;
}

/** Round numbers within a range, approximately `about` of them. */
function ticks(low: number, high: number, about: number): number[] {
  const rough = (high - low || 1) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** Round ratios within a range. */
function ratioTicks(low: number, high: number): number[] {
  const all = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].filter((tick) => tick >= low && tick <= high);
  return all.length > 6 ? all.filter((_, i) => i % 2 === 0) : all;
}

const at = (value: number): string => String(Number(value.toFixed(1)));

/** A path of straight lines through points. */
function path(x: readonly number[], y: readonly number[]): string {
  return x.map((value, i) => `${i === 0 ? 'M' : 'L'}${at(value)} ${at(y[i]!)}`).join('');
}

/** Text with the characters escaped that mean something in HTML. */
function safe(words: string): string {
  return words.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}

function text(words: string, x: number, y: number, anchor: 'start' | 'middle' | 'end', more = ''): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}"${more}>${safe(words)}</text>`;
}

/** Grid, numbers and names of the axes of a panel. */
function axes(
  panel: Panel,
  colors: LiveColors,
  x: { ticks: readonly number[]; at: Scale; name: string },
  y: { ticks: readonly number[]; at: Scale; name: string },
): string {
  const { left, right, top, bottom } = panel;
  const minus = (value: number): string => String(value).replace('-', '−');
  const middle = (top + bottom) / 2;
  return [
    `<g stroke="${colors.grid}">`,
    ...x.ticks.map((tick) => `<path d="M${at(x.at(tick))} ${top}V${bottom}"/>`),
    ...y.ticks.map((tick) => `<path d="M${left} ${at(y.at(tick))}H${right}"/>`),
    `</g><path d="M${left} ${top}V${bottom}H${right}" fill="none" stroke="${colors.pale}"/>`,
    ...x.ticks.map((tick) => text(minus(tick), x.at(tick), bottom + 17, 'middle')),
    ...y.ticks.map((tick) => text(minus(tick), left - 7, y.at(tick) + 4, 'end')),
    text(x.name, (left + right) / 2, bottom + 38, 'middle'),
    text(y.name, left - 42, middle, 'middle', ` transform="rotate(-90 ${left - 42} ${middle})"`),
  ].join('');
}

/** Parts of a study that do not change with its controls, unpacked once. */
export interface PreparedStudy {
  readonly study: LiveStudy;
  readonly original: Int32Array;
  readonly lowest: number;
  readonly highest: number;
  readonly lowRatio: number;
  readonly highRatio: number;
  readonly lowGain: number;
  readonly highGain: number;
}

/**
 * Free space above and below the waveform in ADC codes, and above and below the curves as a part of the range
 * of gains.
 */
const CODE_MARGIN = 8;
const GAIN_MARGIN = 0.06;

/** Prepares a study for drawing. The axes are the same for all choices. */
export function prepareStudy(study: LiveStudy): PreparedStudy {
  const original = unpackCodes(study.codes);
  const { lowest, highest } = gainRange(study);
  const margin = GAIN_MARGIN * (highest - lowest || 1);
  const ratios = study.points.map(({ compressionRatio }) => compressionRatio);
  return {
    study,
    original,
    lowest: Math.min(...original) - CODE_MARGIN,
    highest: Math.max(...original) + CODE_MARGIN,
    lowRatio: Math.min(...ratios) / 1.1,
    highRatio: Math.max(...ratios) * 1.1,
    lowGain: lowest - margin,
    highGain: highest + margin,
  };
}

/**
 * Draws a study with its controls at these places.
 *
 * @param note - a line of text below the picture
 * @returns an SVG element
 */
export function livePicture(
  { study, original, lowest, highest, lowRatio, highRatio, lowGain, highGain }: PreparedStudy,
  places: readonly number[],
  palette: LiveColors,
  note = '',
): string {
  // Colors go into attributes, and those of the study come from outside: characters that could end an
  // attribute are removed.
  const colors = Object.fromEntries(
    Object.entries(palette).map(([name, color]) => [name, color.replace(/["<&]/g, '')]),
  ) as unknown as LiveColors;
  const height = note === '' ? HEIGHT : HEIGHT + NOTE_HEIGHT;
  const { controls, points, from, sampleRate } = study;
  const point = points[pointIndex(controls, places)]!;
  const error = unpackIntegers(point.error);
  const duration = (1000 * original.length) / sampleRate;
  const timeAt = scale(from, from + duration, WAVES.left, WAVES.right);
  const codeAt = scale(lowest, highest, WAVES.bottom, WAVES.top);
  const times = Array.from(original, (_, i) => timeAt(from + (1000 * i) / sampleRate));

  const logAt = scale(Math.log(lowRatio), Math.log(highRatio), CURVES.left, CURVES.right);
  const ratioAt: Scale = (ratio) => logAt(Math.log(ratio));
  const gainAt = scale(lowGain, highGain, CURVES.bottom, CURVES.top);
  const curve = (of: readonly number[]): string => {
    const own = gainsOfCurve(study, of);
    return path(
      own.map(({ compressionRatio }) => ratioAt(compressionRatio)),
      own.map(({ gain }) => gainAt(gain)),
    );
  };
  const others = controls[0]!.values.map((_, place) => curve([place, ...places.slice(1)]));
  const chosen = gainsOfCurve(study, places);
  const here = chosen[places[places.length - 1]!]!;

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" `,
    `style="max-width:100%;height:auto;background:${colors.ground}" font-family="Open Sans, Arial, Helvetica, sans-serif" `,
    `font-size="13" fill="${colors.ink}" role="img">`,
    `<title>${safe(pointText(study, places))}</title>`,
    axes(
      WAVES,
      colors,
      { ticks: ticks(from, from + duration, 6), at: timeAt, name: 'Time, ms' },
      { ticks: ticks(lowest, highest, 5), at: codeAt, name: 'Signal, ADC codes' },
    ),
    axes(
      CURVES,
      colors,
      { ticks: ratioTicks(lowRatio, highRatio), at: ratioAt, name: 'Compression ratio' },
      { ticks: ticks(lowGain, highGain, 5), at: gainAt, name: gainName(study) },
    ),
    `<g fill="none" stroke-linejoin="round">`,
    `<path d="${path(
      times,
      Array.from(original, (code) => codeAt(code)),
    )}" stroke="${colors.pale}" stroke-width="2.2"/>`,
    `<path d="${path(
      times,
      Array.from(original, (code, i) => codeAt(Math.max(lowest, Math.min(highest, code + error[i]!)))),
    )}" stroke="${colors.accent}" stroke-width="1.4"/>`,
    ...others.map((d) => `<path d="${d}" stroke="${colors.pale}" stroke-width="1"/>`),
    `<path d="${curve(places)}" stroke="${colors.accent}" stroke-width="2"/></g>`,
    ...chosen.map(
      ({ compressionRatio, gain }) =>
        `<circle cx="${at(ratioAt(compressionRatio))}" cy="${at(gainAt(gain))}" r="2.8" fill="${colors.accent}"/>`,
    ),
    `<circle cx="${at(ratioAt(here.compressionRatio))}" cy="${at(gainAt(here.gain))}" r="7" fill="none" stroke="${colors.ink}" stroke-width="2"/>`,
    `<path d="M${WAVES.left} 14h24" stroke="${colors.pale}" stroke-width="2.2"/>`,
    text('original', WAVES.left + 30, 18, 'start'),
    `<path d="M${WAVES.left + 100} 14h24" stroke="${colors.accent}" stroke-width="1.4"/>`,
    text('decoded', WAVES.left + 130, 18, 'start'),
    text(
      controls.length > 1 ? `all values of: ${controls[0]!.label.split(',')[0]!.toLowerCase()}` : '',
      CURVES.left,
      18,
      'start',
    ),
    note === '' ? '' : text(note, WAVES.left, height - 8, 'start'),
    '</svg>',
  ].join('');
}
