/** Forms of input for compressors. */
import { readFileSync } from 'node:fs';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { readCodes, type Recording } from '../../lib/recordings/corpus';
import { canonicalWav } from '../../lib/recordings/wav';

/**
 * `wav`: the file as it is; `code-wav`: a WAV file with the ADC codes, less 512, as samples; `codes`: the
 * same values as raw 16-bit integers; `packed`: the codes in 10 bits each.
 */
export const FORMS = ['wav', 'code-wav', 'codes', 'packed'] as const;
export type Form = (typeof FORMS)[number];

export const FORM_NAMES: Readonly<Record<Form, string>> = {
  wav: 'the WAV files',
  'code-wav': '10-bit codes as WAV',
  codes: '10-bit codes in 16 bits',
  packed: '10-bit codes packed',
};

const CODE_BITS = 10;
const CENTER = 512;

function centered(codes: Uint16Array): Int16Array {
  return Int16Array.from(codes, (code) => code - CENTER);
}

function packed(codes: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((codes.length * CODE_BITS) / 8));
  codes.forEach((code, i) => {
    for (let bit = 0; bit < CODE_BITS; bit++) {
      const at = i * CODE_BITS + bit;
      if (code & (1 << (CODE_BITS - 1 - bit))) bytes[at >> 3]! |= 128 >> (at & 7);
    }
  });
  return bytes;
}

/** The samples of recordings in a form, one recording after another. */
export function inForm(recordings: readonly Recording[], form: Form): Uint8Array {
  if (form === 'wav' && recordings.length === 1) return readFileSync(recordings[0]!.path);
  const parts = recordings.map((recording) => readCodes(recording));
  const codes = new Uint16Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    codes.set(part, at);
    at += part.length;
  }
  if (form === 'wav') {
    return canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
  }
  if (form === 'packed') return packed(codes);
  const samples = centered(codes);
  return form === 'codes' ? new Uint8Array(samples.buffer) : canonicalWav(samples, SAMPLE_RATE);
}
