/**
 * A family of inputs, each made from its number, so that a run can stop and go on anywhere.
 */
import { crc32 } from 'node:zlib';
import { uniformNumbers } from '../../lib/numerics/random';

/** How a program took an input: an error with a name, the same as undamaged, or something else that it may well hold. */
export type Outcome = 'refused' | 'equal' | 'decoded';

export interface FuzzFamily {
  readonly name: string;
  /** Part of the inputs of the other families that it has: less where one takes much longer; 1 without it. */
  readonly share?: number;
  /**
   * Makes input `number` and gives it to the program.
   *
   * @throws FuzzError, or whatever the program throws, when a rule is broken
   */
  tryInput(number: number): Outcome | Promise<Outcome>;
}

/** A program broke one of the rules of the fuzz test. */
export class FuzzError extends Error {
  override readonly name = 'FuzzError';
}

/** Whether what is not damaged is read before this input, too: damaged files must leave nothing behind in a program. */
export function afterDamage(number: number): boolean {
  return number % 100 === 99;
}

/** Random numbers of one input of a family. */
export function randomOf(family: string, number: number): () => number {
  return uniformNumbers((crc32(Buffer.from(family)) + number) % 2 ** 31);
}

/**
 * Does something that may be refused with one of these errors.
 *
 * @param names - of the classes of errors
 */
export function refusedOr<T>(names: readonly string[], body: () => T): T | 'refused' {
  try {
    return body();
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return 'refused';
    throw error;
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.length).equals(b);
}
