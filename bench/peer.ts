/** The Python process that runs the peers. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { BenchCase, BenchInput } from './case';

/** A peer could not do its task. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}

interface Answer {
  readonly error?: string;
  readonly seconds?: number;
  readonly versions?: Readonly<Record<string, string>>;
}

/** One Python process with one thread. */
export class Peer {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: AsyncIterator<string>;

  /**
   * @param python - interpreter with the packages of `requirements.txt`
   * @param folder - folder of `peers.py`
   * @param exchange - folder for exchanging arrays
   */
  constructor(
    python: string,
    folder: string,
    private readonly exchange: string,
  ) {
    mkdirSync(exchange, { recursive: true });
    const single = ['OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS'];
    this.child = spawn(python, [join(folder, 'peers.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...Object.fromEntries(single.map((name) => [name, '1'])) },
    });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** Passes the inputs to the peer. @throws PeerError */
  async prepare({ peerFunction, parameters }: BenchCase, inputs: readonly BenchInput[]): Promise<void> {
    const files = inputs.map(({ values, shape }, i) => {
      const path = join(this.exchange, `input-${i}.bin`);
      writeFileSync(path, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      return { path, shape, type: typeOf(values) };
    });
    await this.ask({ do: 'prepare', function: peerFunction, parameters, inputs: files });
  }

  /** Runs the peer so many times and returns the seconds. @throws PeerError */
  async run(repeats: number): Promise<number> {
    return (await this.ask({ do: 'run', repeats })).seconds!;
  }

  /** Result of the last run. @throws PeerError */
  async result(): Promise<Float64Array> {
    const path = join(this.exchange, 'result.bin');
    await this.ask({ do: 'result', path });
    const bytes = readFileSync(path);
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  }

  /** Versions of the Python packages. */
  async versions(): Promise<Readonly<Record<string, string>>> {
    return (await this.ask({ do: 'versions' })).versions!;
  }

  end(): void {
    this.child.stdin.end();
    rmSync(this.exchange, { recursive: true, force: true });
  }

  private async ask(request: object): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new PeerError('The Python process with the peers ended; its message is above.');
    const answer = JSON.parse(value) as Answer;
    if (answer.error !== undefined) throw new PeerError(answer.error);
    return answer;
  }
}

/** NumPy's name of the element type. */
function typeOf(values: BenchInput['values']): string {
  if (values instanceof Int32Array) return 'int32';
  return values instanceof Float32Array ? 'float32' : 'float64';
}
