/** Names and line styles of codecs in comparisons. */
import type { CatalogEntry } from '../catalog/family';
import { idsForFolds } from '../catalog/fold-ids';
import { codecWithoutBasis, findCodec } from '../codecs/codec-from-id';
import { losslessPreset } from '../codecs/lossless/lossless-codec';
import { parseWindowId } from '../codecs/window-codec';
import type { QuantizerName } from '../codecs/transform-codec';
import { PALETTE, type LineStyle } from './theme';

/** Suffix that a quantizer adds to the title of a basis. */
const QUANTIZER_TITLES: Readonly<Record<QuantizerName, string>> = {
  'dead-zone': '',
  rdoq: ', rate–distortion-optimized',
  trellis8: ', trellis-coded (8 states)',
  trellis: ', trellis-coded',
  trellis256: ', trellis-coded (256 states)',
};

/** Suffix that a weight of frequencies adds, by its number in the format. */
const WEIGHT_TITLES = {
  1: ', weighted for spikes',
  2: ', weighted by octaves',
  3: ', weighted for spikes',
} as const;

/**
 * Line styles of fixed bases with a better quantizer; with the plain quantizer, a basis has the style of its
 * catalog entry.
 */
const QUANTIZER_STYLES: Readonly<Record<Exclude<QuantizerName, 'dead-zone'>, LineStyle>> = {
  rdoq: { color: PALETTE.black, dash: 'dash', symbol: 'circle' },
  trellis8: { color: PALETTE.black, dash: 'dot', symbol: 'circle' },
  trellis: { color: PALETTE.black, dash: 'solid', symbol: 'circle' },
  trellis256: { color: PALETTE.black, dash: 'dashdot', symbol: 'circle' },
};

/** Style of the lossless codec, which has no basis. */
const LOSSLESS_STYLE: LineStyle = { color: PALETTE.gray, dash: 'solid', symbol: 'star' };

/** Names and styles of codecs that keep events, by the first part of their ids. */
const EVENT_LOOKS: Readonly<Record<string, { readonly title: string; readonly style: LineStyle }>> = {
  'spike-times': {
    title: 'Spike times',
    style: { color: PALETTE.purple, dash: 'dot', symbol: 'x' },
  },
  'spike-shapes': {
    title: 'Spike times, shapes and gains',
    style: { color: PALETTE.purple, dash: 'solid', symbol: 'diamond' },
  },
  'band-power': {
    title: 'Spike-band power',
    style: { color: PALETTE.orange, dash: 'solid', symbol: 'cross' },
  },
  layers: {
    title: 'Layers: slow waves, band power, spikes',
    style: { color: PALETTE.green, dash: 'solid', symbol: 'star' },
  },
};

/**
 * Names and style of a codec.
 *
 * @param id - `"dct-512"`, `"dct-512+trellis"`, `"dct-512~1024"` with a basis for each fold, `"lossless-best"`,
 *   `"dct-512+trellis-window1"`
 * @throws BasisParameterError when there is no such codec
 */
export function codecLook(id: string): {
  readonly label: string;
  readonly title: string;
  readonly style: LineStyle;
} {
  const preset = losslessPreset(id);
  if (preset !== undefined) {
    return { label: id, title: `Lossless, the digitizer modeled (${preset})`, style: LOSSLESS_STYLE };
  }
  if (codecWithoutBasis(id)) return { label: id, ...EVENT_LOOKS[id.replace(/-\d+$/, '')]! };
  const window = parseWindowId(id);
  if (window) {
    const { entry } = window.named;
    const hops = window.lookAhead === 1 ? '1 hop' : `${window.lookAhead} hops`;
    return {
      label: id,
      title: `${entry.title}, trellis-coded, ${hops} ahead`,
      style: { ...styleOf(entry, 'trellis'), dash: 'dot' },
    };
  }
  const { entry, quantizer, weight, fill } = findCodec(idsForFolds(id)[0]);
  const style = styleOf(entry, quantizer);
  return {
    label: id,
    title:
      entry.title +
      (weight ? WEIGHT_TITLES[weight.number] : '') +
      QUANTIZER_TITLES[quantizer] +
      (fill ? ', noise-filled' : ''),
    style: weight
      ? { ...style, color: fill ? PALETTE.green : PALETTE.vermilion }
      : fill
        ? { ...style, color: PALETTE.sky }
        : style,
  };
}

/**
 * Line style of a basis with a quantizer. Learned bases keep their color, since they are compared with the
 * best fixed basis under the same quantizer.
 */
function styleOf({ style, learned }: CatalogEntry, quantizer: QuantizerName): LineStyle {
  if (quantizer === 'dead-zone') return style;
  return learned ? { ...style, dash: 'dashdot', symbol: 'circle' } : QUANTIZER_STYLES[quantizer];
}
