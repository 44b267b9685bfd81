/**
 * The Viterbi algorithm on the trellis of 32 states, in SIMD WebAssembly: what `reference/trellis.ts` specifies, with
 * the same decisions.
 */
import type { KernelArray } from './runtime/memory';
import { extendPaths, predecessorsOf, type Predecessors, type TrellisStates } from './reference/trellis';
import { kernelMemory, loadKernel, simdAvailable, type KernelExports } from './runtime/webassembly';

/** Coefficients that survivors are extended by at a time, before the cost of the best is taken from all. */
const CHUNK = 512;

const COSTS_PER_COEFFICIENT = 4;

/** Survivors of all states; one sequence after another. Its owner releases it. */
export class SurvivorPaths {
  readonly predecessors: Predecessors;
  private readonly costs: Float32Array;
  private readonly kernel: PathKernel | undefined;

  /**
   * @param machine - of 32 states, as the kernel has them built in
   * @param simd - false for the reference version
   * @throws KernelMemoryError
   */
  constructor(
    private readonly machine: TrellisStates,
    simd: boolean = simdAvailable,
  ) {
    this.predecessors = predecessorsOf(machine);
    this.costs = new Float32Array(machine.states);
    if (simd) this.kernel = new PathKernel();
  }

  /**
   * Decisions along a sequence from state 0 on.
   *
   * @param costs - of set 0 even, set 0 odd, set 1 even, set 1 odd, for each coefficient
   * @param decisions - receives for each coefficient which predecessor state t comes from, in bit t
   * @returns the state in which the best sequence ends
   */
  run(costs: Float32Array, decisions: Uint32Array): number {
    const paths = this.costs.fill(Infinity);
    paths[0] = 0;
    for (let start = 0; start < decisions.length; start += CHUNK) {
      const end = Math.min(decisions.length, start + CHUNK);
      const chunk = costs.subarray(COSTS_PER_COEFFICIENT * start, COSTS_PER_COEFFICIENT * end);
      const decided = decisions.subarray(start, end);
      if (this.kernel) this.kernel.extend(chunk, paths, decided);
      else extendPaths(this.predecessors, chunk, paths, decided);
    }
    let best = 0;
    for (let state = 1; state < this.machine.states; state++) if (paths[state]! < paths[best]!) best = state;
    return best;
  }

  release(): void {
    this.kernel?.release();
  }
}

/** What the search holds in the memory of the kernels. */
class PathKernel {
  private readonly extendKernel: KernelExports[string] = loadKernel('trellis')['extend']!;
  private readonly costs: KernelArray<'float32'> = kernelMemory.allocate(
    'float32',
    COSTS_PER_COEFFICIENT * CHUNK,
  );
  private readonly paths: KernelArray<'float32'> = kernelMemory.allocate('float32', 32);
  private readonly decisions: KernelArray<'uint32'> = kernelMemory.allocate('uint32', CHUNK);

  extend(costs: Float32Array, paths: Float32Array, decisions: Uint32Array): void {
    this.costs.view.set(costs);
    this.paths.view.set(paths);
    this.extendKernel(this.costs.pointer, decisions.length, this.paths.pointer, this.decisions.pointer);
    decisions.set(this.decisions.view.subarray(0, decisions.length));
    paths.set(this.paths.view);
  }

  release(): void {
    for (const array of [this.costs, this.paths, this.decisions]) array.release();
  }
}
