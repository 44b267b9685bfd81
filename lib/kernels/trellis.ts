/**
 * The search for quantized values along a trellis in SIMD WebAssembly: what `reference/trellis.ts` specifies, with the
 * same decisions. Coefficients stay in the memory of the kernels from pass to pass.
 */
import type { KernelArray } from './runtime/memory';
import {
  predecessorsOf,
  RATE_LEVELS,
  RATE_MAGNITUDES,
  RATE_ROW,
  type SearchWindow,
  type TrellisStates,
} from './reference/trellis';
import { kernelMemory, loadKernel, type KernelExports } from './runtime/webassembly';

/** The longest trellis remembers 8 coefficients: paths have come from one long before 1,024. */
export const SEARCH_WINDOW: SearchWindow = { length: 7168, lookAhead: 1024 };

const SETS = 2;

const WORDS_PER_SUBBAND = 3;

/** Bytes for a coefficient of a window: four costs of 16 bits, and which magnitudes they are of. */
const COST_BYTES = 9;
/** Bytes for a state: its path, and room for the paths of 256 states before and after a coefficient. */
const PATH_BYTES = 6;

/** Coefficients that are coded, and where they lie. */
export interface SearchedCoefficients {
  /** Magnitudes in steps, at most 2²⁴ − 4, in the order of coding. */
  readonly targets: Float32Array;
  /** Their earlier quantized magnitudes, in the same order. */
  readonly magnitudes: Uint32Array;
  /** Offset, length and coefficients in a hop of each subband that is coded, one after another. */
  readonly subbands: Uint32Array;
  readonly hops: number;
  /** Whether the layout has one subband alone: then expectations run on from hop to hop. */
  readonly single: boolean;
  /** How far the mean magnitude of a subband moves at its n-th visit. */
  readonly meanRates: Float64Array;
}

/** Result of a pass of the search. */
export interface SearchPass {
  /** Cost of all magnitudes at the rates that were given, in steps². */
  readonly cost: number;
  /** Rows of 16 by set and level: how often each magnitude was taken. */
  readonly counts: Uint32Array;
}

/** Passes over the coefficients; each starts from the result of the one before. */
export interface QuantizerSearch {
  /** @param rates - rows of 24 by set and level; see `reference/trellis.ts` */
  pass(rates: Float32Array): SearchPass;
  /** Magnitudes chosen by the last pass, in the order of coding. */
  magnitudes(): Uint32Array;
  /** Ends the search. */
  release(): void;
}

/** Arrays of a search in the memory of the kernels. */
interface SearchMemory {
  readonly targets: KernelArray<'float32'>;
  readonly tried: KernelArray<'uint32'>;
  readonly levels: KernelArray<'uint8'>;
  readonly chosen: KernelArray<'uint32'>;
  readonly rates: KernelArray<'float32'>;
  readonly counts: KernelArray<'uint32'>;
  readonly from: KernelArray<'uint8'>;
  /** Costs, decisions and paths of a window. */
  readonly room: KernelArray<'uint8'>;
  readonly subbands: KernelArray<'uint32'>;
  readonly meanRates: KernelArray<'float64'>;
  readonly means: KernelArray<'float64'>;
  readonly visits: KernelArray<'uint16'>;
  readonly last: KernelArray<'uint32'>;
}

/** The search in WebAssembly. Its owner releases it. */
export class KernelQuantizerSearch implements QuantizerSearch {
  private readonly kernel: KernelExports = loadKernel('trellis');
  private readonly arrays: SearchMemory;

  /**
   * @param machine - of 1 state, or one of the trellises of 8, 32 and 256 states that the kernel has built in
   * @throws KernelMemoryError when there is no room for the coefficients
   */
  constructor(
    private readonly coefficients: SearchedCoefficients,
    private readonly machine: TrellisStates,
    private readonly window: SearchWindow = SEARCH_WINDOW,
  ) {
    const { targets, magnitudes, subbands, meanRates } = coefficients;
    const active = subbands.length / WORDS_PER_SUBBAND;
    const { states } = machine;
    const longest = window.length + window.lookAhead;
    const roomBytes = states === 1 ? 0 : PATH_BYTES * states + longest * (COST_BYTES + states / 8);
    this.arrays = kernelMemory.allOrNothing(() => ({
      targets: kernelMemory.copyOf('float32', targets),
      tried: kernelMemory.allocate('uint32', targets.length),
      levels: kernelMemory.allocate('uint8', targets.length),
      chosen: kernelMemory.copyOf('uint32', magnitudes),
      rates: kernelMemory.allocate('float32', SETS * RATE_LEVELS * RATE_ROW),
      counts: kernelMemory.allocate('uint32', SETS * RATE_LEVELS * RATE_MAGNITUDES),
      from: kernelMemory.copyOf('uint8', predecessorsOf(machine)),
      room: kernelMemory.allocate('uint8', roomBytes),
      subbands: kernelMemory.copyOf('uint32', subbands),
      meanRates: kernelMemory.copyOf('float64', meanRates),
      means: kernelMemory.allocate('float64', active + 1),
      visits: kernelMemory.allocate('uint16', active),
      last: kernelMemory.allocate('uint32', 2 * active),
    }));
    const { pointer } = this.arrays.targets;
    this.kernel['findTried']!(pointer, targets.length, this.arrays.tried.pointer);
  }

  pass(rates: Float32Array): SearchPass {
    const { kernel, machine, window } = this;
    const { hops, single } = this.coefficients;
    const { targets, tried, levels, chosen, counts, from, room } = this.arrays;
    const { subbands, meanRates, means, visits, last } = this.arrays;
    for (const { view } of [means, visits, last, counts]) view.fill(0);
    this.arrays.rates.view.set(rates);
    kernel['expectLevels']!(
      ...[hops, visits.length, subbands.pointer, single ? 1 : 0],
      ...[meanRates, means, visits, last, chosen, levels].map(({ pointer }) => pointer),
    );
    const given = [targets, tried, levels].map(({ pointer }) => pointer);
    given.push(targets.length, this.arrays.rates.pointer);
    const received = [chosen.pointer, counts.pointer];
    const cost =
      machine.states === 1
        ? kernel['decideEach']!(...given, ...received)
        : kernel['decideAlong']!(
            ...given,
            ...received,
            ...[machine.states, from.pointer, window.length, window.lookAhead, room.pointer],
          );
    return { cost, counts: counts.view.slice() };
  }

  magnitudes(): Uint32Array {
    return this.arrays.chosen.view.slice();
  }

  release(): void {
    for (const array of Object.values(this.arrays)) (array as { release(): void }).release();
  }
}
