/**
 * Small integers as text, for pages that carry waveforms: base-64 variable-length quantities as in source
 * maps, with one letter for −15…15 and two up to ±511. Runs in pages too.
 */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bits of a number in one letter; a sixth bit says whether another letter follows. */
const BITS = 5;
const MORE = 1 << BITS;

/** A text was not made by {@link packIntegers}. */
export class PackedTextError extends Error {
  override readonly name = 'PackedTextError';
}

/** Packs integers between ±2^29 as text, which {@link unpackIntegers} reads. */
export function packIntegers(values: ArrayLike<number>): string {
  let text = '';
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    let rest = value < 0 ? (-value << 1) | 1 : value << 1;
    do {
      const digit = rest & (MORE - 1);
      rest >>>= BITS;
      text += DIGITS[rest > 0 ? digit | MORE : digit];
    } while (rest > 0);
  }
  return text;
}

/** Reads the integers of a packed text. @throws PackedTextError when it is damaged */
export function unpackIntegers(text: string): Int32Array {
  const values: number[] = [];
  let rest = 0;
  let shift = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = DIGITS.indexOf(text[i]!);
    if (digit < 0 || shift > 6 * BITS) {
      throw new PackedTextError(`Letter ${i} of a packed waveform makes no sense: write the page again.`);
    }
    rest |= (digit & (MORE - 1)) << shift;
    shift += BITS;
    if (digit & MORE) continue;
    values.push(rest & 1 ? -(rest >>> 1) : rest >>> 1);
    rest = shift = 0;
  }
  if (shift > 0) throw new PackedTextError('A packed waveform ends within a number: write the page again.');
  return Int32Array.from(values);
}

/** Packs ADC codes as text: the first code, then the differences of successive codes. */
export function packCodes(codes: ArrayLike<number>): string {
  return packIntegers(Array.from(codes, (code, i) => (i === 0 ? code : code - codes[i - 1]!)));
}

/** ADC codes of a text that {@link packCodes} made. */
export function unpackCodes(text: string): Int32Array {
  const codes = unpackIntegers(text);
  for (let i = 1; i < codes.length; i++) codes[i]! += codes[i - 1]!;
  return codes;
}
