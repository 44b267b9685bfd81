/** One piece of work in a process of its own, as memory that was used once stays with a process. */
import { performance } from 'node:perf_hooks';

/** What is to be done. */
export type Work =
  | { readonly kind: 'encode'; readonly codec: string; readonly from: string; readonly to: string }
  | { readonly kind: 'decode'; readonly from: string; readonly to: string }
  | { readonly kind: 'import'; readonly from: string; readonly pieces: number }
  | {
      readonly kind: 'sweep';
      readonly codec: string;
      readonly recordings: number;
      readonly secondsOfEach: number;
    }
  | {
      readonly kind: 'rows';
      readonly codec: string;
      readonly path: string;
      readonly recordings: number;
    }
  | {
      readonly kind: 'join';
      readonly codec: string;
      readonly path: string;
      readonly recordings: number;
    }
  | { readonly kind: 'stream'; readonly channels: number; readonly atOnce: number; readonly samples: number };

/** What it took. */
export interface Taken {
  readonly samples: number;
  readonly seconds: number;
  readonly clockSeconds: number;
  readonly megabytes: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** Samples and bytes of some work. */
export type Amount = Pick<Taken, 'samples' | 'bytesRead' | 'bytesWritten'>;

const timer = { processor: process.cpuUsage(), clock: performance.now() };

/** What came before this was preparation. */
export function startTimer(): void {
  timer.processor = process.cpuUsage();
  timer.clock = performance.now();
}

/** Does what the command line says, prints what it took, and ends. */
export async function reportWork<Kind extends Work['kind']>(
  done: (work: Extract<Work, { readonly kind: Kind }>) => Promise<Amount>,
): Promise<void> {
  const amount = await done(JSON.parse(process.argv[2]!) as Extract<Work, { readonly kind: Kind }>);
  const clockSeconds = (performance.now() - timer.clock) / 1000;
  const { user, system } = process.cpuUsage(timer.processor);
  const taken: Taken = {
    ...amount,
    seconds: (user + system) / 1e6,
    clockSeconds,
    megabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
  };
  console.log(JSON.stringify(taken));
  process.exit();
}

/** ADC codes of a made channel, whose samples are the sum of one and a half. */
export function adcCodesOf(made: Int16Array): Uint16Array {
  return Uint16Array.from(made, (value) => Math.max(0, Math.min(1023, value - 256)));
}

/** The script that does each kind of work; scripts load no more than it needs, since modules take memory too. */
export const SCRIPTS: Readonly<Record<Work['kind'], string>> = {
  encode: 'bench/scaling/file-work.ts',
  decode: 'bench/scaling/file-work.ts',
  import: 'tools/data/import-work.ts',
  sweep: 'bench/scaling/sweep-work.ts',
  rows: 'bench/scaling/sweep-work.ts',
  join: 'bench/scaling/sweep-work.ts',
  stream: 'bench/scaling/stream-work.ts',
};
