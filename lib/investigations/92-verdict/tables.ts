/**
 * Tables of the verdict.
 */
import { catalog } from '../../catalog/catalog';
import { showMarkdown, showTable } from '../../figures/display';
import type { TableColumn } from '../../figures/table';
import type { Peers } from '../../results/peers';
import { boundAt, psnrAt } from '../../results/curve-at-ratio';
import type { CorpusBoundPoint } from '../../results/curve-details';
import type { CarriesOver } from '../../results/verdict';
import { fixed, percentWithInterval, withInterval } from '../../study/sections/verdict-numbers';
import { VERDICT_RATIOS, type CorpusNumbers } from './corpus-intervals';
import type { PairedTest, Ranks, PairedCodec } from './paired-recordings';
import { KIND_MEANINGS, RECORDING_KINDS, type CodecOfKind, type RecordingKind } from './recording-kinds';

/** A finding counts as one below this probability, corrected. */
export const LEVEL = 0.05;

/** Best first, by the PSNR at a ratio; curves that do not reach it come last. */
export function inOrder(numbers: readonly CorpusNumbers[], ratio: number): CorpusNumbers[] {
  const at = ({ psnr }: CorpusNumbers): number => psnr[VERDICT_RATIOS.indexOf(ratio)]?.estimate ?? -Infinity;
  return [...numbers].sort((a, b) => at(b) - at(a));
}

const codecColumns: TableColumn<CorpusNumbers>[] = [
  { label: 'Codec', value: ({ codec }) => codec.curve.basis },
  { label: 'Learned', value: ({ codec }) => (codec.curve.learned ? 'yes' : 'no') },
];

/** PSNR of every codec at every ratio, with intervals. */
export function showPsnrs(numbers: readonly CorpusNumbers[]): void {
  showTable(numbers, [
    ...codecColumns,
    ...VERDICT_RATIOS.map((ratio, i) => ({
      label: `dB at CR ${ratio}`,
      value: ({ psnr }: CorpusNumbers) => withInterval(psnr[i], 2),
    })),
  ]);
}

/**
 * The stationary Gaussian bound at every ratio, and how far the best codec there stays below it.
 *
 * @param bound - ascending ratio
 */
export function showBound(bound: readonly CorpusBoundPoint[], numbers: readonly CorpusNumbers[]): void {
  const rows = VERDICT_RATIOS.map((ratio, i) => {
    const end = (which: 0 | 1): number | undefined =>
      boundAt(
        bound.flatMap(({ compressionRatio, interval }) =>
          interval ? [{ compressionRatio, psnr: interval[which] }] : [],
        ),
        ratio,
      );
    const reached = numbers.filter(({ psnr }) => psnr[i]);
    const best = reached.length === 0 ? undefined : inOrder(reached, ratio)[0]!;
    return {
      ratio,
      limit: boundAt(bound, ratio),
      lower: end(0),
      upper: end(1),
      best,
      psnr: best?.psnr[i]?.estimate,
    };
  });
  showTable(rows, [
    { label: 'CR', value: ({ ratio }) => ratio },
    { label: 'Bound, dB', value: ({ limit }) => limit, digits: 2 },
    { label: 'from (95%)', value: ({ lower }) => lower, digits: 2 },
    { label: 'to', value: ({ upper }) => upper, digits: 2 },
    { label: 'Best codec', value: ({ best }) => best?.codec.curve.basis },
    {
      label: 'below the bound, dB',
      value: ({ limit, psnr }) => (limit === undefined || psnr === undefined ? undefined : limit - psnr),
      digits: 2,
    },
  ]);
}

/**
 * Bytes against the reference at equal PSNR, with paired intervals; a ring marks differences that a test over recordings
 * does not support.
 *
 * @param tests - of the same codecs in the same order
 */
export function showBytes(
  numbers: readonly CorpusNumbers[],
  tests: ReadonlyMap<string, readonly (PairedTest | null)[]>,
): void {
  showTable(numbers, [
    ...codecColumns,
    ...VERDICT_RATIOS.map((ratio, i) => ({
      label: `bytes at the PSNR of CR ${ratio}`,
      value: ({ codec, bytes }: CorpusNumbers) => {
        const test = tests.get(codec.curve.basis)?.[i];
        return bytes[i] ? percentWithInterval(bytes[i]) + (test && test.p < LEVEL ? '' : ' °') : '–';
      },
    })),
  ]);
}

/**
 * Mean rank and share of first places of every codec.
 *
 * @param ranks - for each ratio those of the codecs, in the order of `paired`
 */
export function showRanks(
  paired: readonly PairedCodec[],
  ratios: readonly number[],
  ranks: readonly (readonly Ranks[])[],
): void {
  const rows = paired
    .map(({ codec }, c) => ({ id: codec.curve.basis, own: ranks.map((ofRatio) => ofRatio[c]!) }))
    .sort((a, b) => a.own[0]!.mean - b.own[0]!.mean);
  showTable(rows, [
    { label: 'Codec', value: ({ id }) => id },
    ...ratios.flatMap((ratio, i): TableColumn<(typeof rows)[number]>[] => [
      { label: `mean rank at CR ${ratio}`, value: ({ own }) => own[i]!.mean, digits: 1 },
      {
        label: 'quartiles',
        value: ({ own }) => `${own[i]!.lowerQuartile.toFixed(0)}–${own[i]!.upperQuartile.toFixed(0)}`,
      },
      { label: 'best for, %', value: ({ own }) => 100 * own[i]!.best, digits: 1 },
    ]),
  ]);
}

/** Codecs on each kind of recordings; a ring marks what a test does not support. */
export function showKinds(rows: readonly CodecOfKind[], kinds: readonly RecordingKind[]): void {
  const ids = [...new Set(rows.map(({ id }) => id))];
  const present = RECORDING_KINDS.filter((kind) => kinds.includes(kind));
  showTable(present, [
    { label: 'Kind', value: (kind) => kind },
    { label: 'Recordings', value: (kind) => kinds.filter((one) => one === kind).length },
    { label: 'Meaning', value: (kind) => KIND_MEANINGS[kind] },
  ]);
  showTable(ids, [
    { label: 'Codec', value: (id) => id },
    ...present.map((kind) => ({
      label: `${kind}, bytes`,
      value: (id: string) => {
        const row = rows.find((one) => one.id === id && one.kind === kind);
        return row?.bytes
          ? percentWithInterval(row.bytes) + (row.p !== null && row.p < LEVEL ? '' : ' °')
          : '–';
      },
    })),
  ]);
}

/** For each kind of recordings the codec that needs the fewest bytes, as a sentence. */
export function bestOfKind(rows: readonly CodecOfKind[], kind: RecordingKind): string | undefined {
  const known = rows.filter((row) => row.kind === kind && row.bytes !== null);
  if (known.length === 0) return undefined;
  const best = known.reduce((a, b) => (b.bytes!.estimate < a.bytes!.estimate ? b : a));
  const sure = best.p !== null && best.p < LEVEL && best.bytes!.upper < 0;
  return `${kind} (${best.recordings}): ${best.id}, ${percentWithInterval(best.bytes)}${sure ? '' : ', which no test tells from the reference'}`;
}

/** Sentences of the verdict on every dataset, then why some cannot be tested. */
export function showCarriesOver({ datasets, rows }: CarriesOver): void {
  showTable(rows, [
    { label: 'Sentence', value: ({ sentence }) => sentence.replace(/`/g, '') },
    { label: 'Number', value: ({ quantity }) => quantity },
    ...datasets.map((dataset, i) => ({
      label: dataset,
      value: ({ cells, digits }: CarriesOver['rows'][number]) => {
        const { value, holds } = cells[i]!;
        return value === null ? '–' : `${holds ? 'holds' : 'does not'}, ${fixed(value, digits)}`;
      },
    })),
    {
      label: 'Holds elsewhere',
      value: ({ cells }) => {
        const tested = cells.slice(1).filter(({ holds }) => holds !== null);
        return tested.length === 0
          ? '–'
          : `${tested.filter(({ holds }) => holds).length} of ${tested.length}`;
      },
    },
  ]);
  const untested = new Map<string, Set<string>>();
  for (const { cells } of rows) {
    cells.forEach(({ reason }, i) => {
      if (reason) untested.set(reason, (untested.get(reason) ?? new Set()).add(datasets[i]!));
    });
  }
  if (untested.size > 0) {
    const reasons = [...untested].map(([reason, where]) => `${reason} (${[...where].join(', ')})`);
    console.log(`Not tested: ${reasons.join('; ')}.`);
  }
}

/** Compressors of other projects, and what could not run. */
export function showPeers(peers: Peers | undefined): void {
  if (!peers) {
    console.log(
      'No compressors of other projects were compared on these recordings: "npm run compare" does it.',
    );
    return;
  }
  const lossless = peers.peers.filter((peer) => peer.lossless !== undefined);
  const lossy = peers.peers.filter(({ points }) => points.length > 0);
  showTable(
    [...lossless].sort((a, b) => b.lossless!.compressionRatio - a.lossless!.compressionRatio),
    [
      { label: 'Without loss', value: ({ name }) => name },
      { label: 'Version', value: ({ version }) => version },
      { label: 'Settings', value: ({ settings }) => settings },
      { label: 'Recordings', value: ({ recordings }) => recordings },
      { label: 'CR', value: (peer) => peer.lossless!.compressionRatio, digits: 3 },
      {
        label: 'CR of lossless-best on the same',
        value: (peer) => peer.lossless!.ownCompressionRatio,
        digits: 3,
      },
    ],
  );
  showTable(
    [...lossy].sort((a, b) => (psnrAt(b, 20) ?? 0) - (psnrAt(a, 20) ?? 0)),
    [
      { label: 'With loss', value: ({ name }) => name },
      { label: 'Version', value: ({ version }) => version },
      { label: 'Settings', value: ({ settings }) => settings },
      { label: 'Recordings', value: ({ recordings }) => recordings },
      ...VERDICT_RATIOS.map((ratio) => ({
        label: `dB at CR ${ratio}`,
        value: (peer: Peers['peers'][number]) => psnrAt(peer, ratio),
        digits: 1,
      })),
    ],
  );
  if (peers.missing.length > 0) {
    console.log(
      `Not compared: ${peers.missing.map(({ name, reason }) => `${name} (${reason})`).join('; ')}.`,
    );
  }
}

/** Links from each basis to its notebook and to the file that does it, relative to the notebooks. */
export function showPlaces(): void {
  const rows = catalog.map(
    ({ title, name, notebook, module }) =>
      `| ${title} | \`${name}\` | [${notebook.replace(/\.ipynb$/, '')}](${notebook}) | [${module}](../${module}) |`,
  );
  showMarkdown(['| basis | name | notebook | file |', '| --- | --- | --- | --- |', ...rows].join('\n'));
}
