/**
 * The npm package in Node and in Chromium beside the library: CPU time of encoding and decoding one recording, by turns, and
 * that all give the same bytes.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Page } from 'puppeteer-core';
import type * as Codec from '../../packages/neurobasis-codec/src/index';
import { decodeWav, encodeWav } from '../../lib/codecs/files/wav-file';
import { launchBrowser } from '../../lib/figures/browser';
import { quantile } from '../../lib/numerics/statistics';
import { openCorpus } from '../../lib/recordings/corpus';
import { SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav, parseWav } from '../../lib/recordings/wav';
import { buildCodecPackage } from './bundle';

/** Codecs that are measured: both lossless presets, and the best conventional basis at a step of 16 codes. */
const CODECS = [
  { codec: 'lossless-fast', step: 0 },
  { codec: 'lossless-best', step: 0 },
  { codec: 'mdct-256-sine+trellis', step: 16 },
] as const;

/** Speed of one way to run the codec. */
export interface PackageSpeed {
  readonly codec: string;
  readonly direction: 'encode' | 'decode';
  /** Of the library, samples a CPU second. */
  readonly libSamplesPerSecond: number;
  /** CPU time of the library over that of the package: medians over the turns; above 1 the package is faster. */
  readonly nodeRatio: number;
  readonly chromiumRatio: number;
}

export interface PackageMeasurement {
  readonly codeBytes: number;
  readonly gzippedBytes: number;
  readonly samples: number;
  readonly turns: number;
  readonly speeds: readonly PackageSpeed[];
}

/** CPU seconds of this process that a run takes. */
function cpuSeconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** A page with the package in it, and the CPU seconds that its thread takes. */
async function pageWith(page: Page, code: string): Promise<(expression: string) => Promise<number>> {
  await page.goto('about:blank');
  await page.evaluate(code);
  const session = await page.createCDPSession();
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ThreadTime')!.value;
  };
  return async (expression) => {
    const before = await spent();
    await page.evaluate(`void (${expression})`);
    return (await spent()) - before;
  };
}

/**
 * Measures the package as it is built now.
 *
 * @param turns - of library, Node and Chromium; the first, in which code is compiled, does not count
 */
export async function measurePackages(turns: number): Promise<PackageMeasurement> {
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-bench-packages-'));
  const { browser, end } = await launchBrowser();
  try {
    await buildCodecPackage(folder, () => {});
    const entry = join(folder, 'index.js');
    const codec = (await import(pathToFileURL(entry).href)) as typeof Codec;
    const { outputFiles } = await build({
      ...{ entryPoints: [entry], bundle: true, write: false, minify: true },
      ...{ format: 'iife', globalName: 'codec', platform: 'browser' },
    });
    const page = await browser.newPage();
    const inChromium = await pageWith(page, `${outputFiles[0]!.text};globalThis.codec = codec`);
    const [recording] = openCorpus({ recordings: 1 }).recordings;
    const { samples } = parseWav(readFileSync(recording!.path), recording!.name);
    const wav = canonicalWav(samples, SAMPLE_RATE);
    await page.evaluate(
      (values) => Object.assign(globalThis, { samples: Int16Array.from(values) }),
      [...samples],
    );
    const speeds: PackageSpeed[] = [];
    for (const options of CODECS) {
      const file = encodeWav(wav, 'recording', options.codec, options.step);
      const given = { ...options, sampleRate: SAMPLE_RATE };
      const own = codec.encode(samples, given);
      if (!Buffer.from(own).equals(file))
        throw new Error(`${options.codec}: the package writes other bytes.`);
      const settings = JSON.stringify(given);
      await page.evaluate(`void (globalThis.file = codec.encode(samples, ${settings}))`);
      const there = await page.evaluate('[...file]');
      if (!Buffer.from(there as number[]).equals(file)) {
        throw new Error(`${options.codec}: the package writes other bytes in Chromium.`);
      }
      const ways = {
        encode: [
          () => void encodeWav(wav, 'recording', options.codec, options.step),
          () => void codec.encode(samples, given),
          `codec.encode(samples, ${settings})`,
        ],
        decode: [
          () => void parseWav(decodeWav(file), 'recording'),
          () => void codec.decode(file),
          'codec.decode(file)',
        ],
      } as const;
      for (const direction of ['encode', 'decode'] as const) {
        const [lib, node, chromium] = ways[direction];
        const times: { lib: number; node: number; chromium: number }[] = [];
        for (let turn = 0; turn <= turns; turn++) {
          times.push({ lib: cpuSeconds(lib), node: cpuSeconds(node), chromium: await inChromium(chromium) });
        }
        times.shift();
        const median = (of: (time: (typeof times)[number]) => number): number =>
          quantile(times.map(of), 0.5)!;
        speeds.push({
          codec: options.codec,
          direction,
          libSamplesPerSecond: Math.round(samples.length / median((time) => time.lib)),
          nodeRatio: rounded(median((time) => time.lib / time.node)),
          chromiumRatio: rounded(median((time) => time.lib / time.chromium)),
        });
      }
    }
    const code = readdirSync(folder)
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(join(folder, name)));
    return {
      codeBytes: code.reduce((sum, { length }) => sum + length, 0),
      gzippedBytes: code.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0),
      samples: samples.length,
      turns,
      speeds,
    };
  } finally {
    await end();
    rmSync(folder, { recursive: true });
  }
}

function rounded(ratio: number): number {
  return Math.round(100 * ratio) / 100;
}

/** The measurement as a table in Markdown. */
export function packagesTable({
  codeBytes,
  gzippedBytes,
  samples,
  turns,
  speeds,
}: PackageMeasurement): string {
  const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} KB`;
  return [
    `${kilobytes(codeBytes)} of code, ${kilobytes(gzippedBytes)} gzipped; ${samples} samples, ${turns} turns`,
    '',
    '| codec | | library, Msamples a CPU second | package in Node | package in Chromium |',
    '| --- | --- | --: | --: | --: |',
    ...speeds.map(
      ({ codec, direction, libSamplesPerSecond, nodeRatio, chromiumRatio }) =>
        `| \`${codec}\` | ${direction} | ${(libSamplesPerSecond / 1e6).toFixed(2)} | ${nodeRatio.toFixed(2)} | ${chromiumRatio.toFixed(2)} |`,
    ),
  ].join('\n');
}
