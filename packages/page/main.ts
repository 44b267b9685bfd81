/**
 * The page on which a recording is dropped: what it looks like, and what is left of it in a basis at a rate. Nothing
 * leaves the machine.
 */
import type { ExplorerData } from '../../lib/figures/gallery/explorer-data';
import { RESULTS_VARIABLE } from '../../lib/figures/gallery/explorer-data';
import { byId, fillSelect, leftInPage } from '../../lib/figures/page/elements';
import { draw, onRedraw } from '../../lib/figures/page/plotly';
import { startThemeSwitch } from '../../lib/figures/page/theme-switch';
import type { SampleArray } from '../../lib/recordings/recording-file';
import { encode, type Samples } from '../neurobasis-codec/src/index';
import { curveChart, spectrumChart, waveformChart, type PageChart } from './charts';
import { CHOICES, codedPoint, STEPS, stretchOf, type CodedPoint, type Stretch } from './coded-stretch';
import { openDropped, type DroppedFile, type OpenedRecording, type PageChannel } from './opened-recording';

/** Seconds that are looked at, and samples at most. */
const SECONDS = 2;
const MOST_SAMPLES = 65_536;

interface View {
  readonly recording: OpenedRecording;
  channel: PageChannel;
  from: number;
  samples?: SampleArray;
  stretch?: Stretch | undefined;
  point?: CodedPoint | undefined;
  points: CodedPoint[];
}

let view: View | undefined;
/** Work that is out of date stops when this has changed. */
let turn = 0;

const status = (text: string): void => void (byId('status').textContent = text);
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const choice = (): string => byId<HTMLSelectElement>('basis').value;
const stepIndex = (): number => Number(byId<HTMLInputElement>('rate').value);

function chart(id: string, { data, layout }: PageChart): void {
  draw(byId(id), data, { ...layout, autosize: true }).catch((error: unknown) => status(messageOf(error)));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function show(): void {
  if (!view?.samples) return;
  const { channel, from, samples, point, points } = view;
  chart('waveform', waveformChart(channel, from, samples, point?.decoded));
  chart('spectrum', spectrumChart(channel, samples, point?.decoded));
  chart('curve', curveChart(choice(), points, point, leftInPage<ExplorerData>(RESULTS_VARIABLE)));
  const facts = point
    ? `${point.bytes.toLocaleString('en-US')} bytes for ${samples.length.toLocaleString('en-US')} samples: ` +
      `ratio ${point.compressionRatio.toFixed(2)}, ` +
      (Number.isFinite(point.snr)
        ? `SNR ${point.snr.toFixed(1)} dB, step ${point.step.toFixed(2)} codes`
        : 'nothing lost')
    : '';
  byId('facts').textContent = facts;
}

/** Codes the stretch at the chosen rate, then at all others. */
async function code(): Promise<void> {
  if (!view?.stretch) return;
  const mine = ++turn;
  const current = view;
  const { stretch } = view;
  const id = choice();
  const lossless = id.startsWith('lossless');
  byId<HTMLInputElement>('rate').disabled = lossless;
  status('Coding …');
  await pause();
  if (mine !== turn) return;
  try {
    current.point = codedPoint(stretch, id, STEPS[stepIndex()]!);
    current.points = [current.point];
    show();
    const chosen = stepIndex();
    const curve = new Map([[chosen, current.point]]);
    for (let i = 0; i < STEPS.length && !lossless; i++) {
      if (i === chosen) continue;
      await pause();
      if (mine !== turn) return;
      curve.set(i, codedPoint(stretch, id, STEPS[i]!));
      current.points = [...curve].sort(([a], [b]) => a - b).map(([, point]) => point);
    }
    show();
    status('Done.');
  } catch (error) {
    status(messageOf(error));
  }
}

/** Reads the stretch that is chosen. */
async function look(): Promise<void> {
  if (!view) return;
  const mine = ++turn;
  const current = view;
  const { channel } = view;
  const count = Math.min(
    channel.samples,
    MOST_SAMPLES,
    Math.max(1024, Math.round(SECONDS * channel.sampleRate)),
  );
  const start = byId<HTMLInputElement>('start');
  start.max = String(Math.max(0, channel.samples - count));
  const from = Math.min(Number(start.value), Number(start.max));
  byId('start-text').textContent = `${(from / channel.sampleRate).toFixed(2)} s`;
  try {
    const { samples, type } = await channel.read(from, count);
    if (mine !== turn) return;
    byId('saved').textContent = savedText(current.recording, channel, from, samples.length);
    Object.assign(current, { from, samples, point: undefined, points: [], stretch: undefined });
    show();
    current.stretch = stretchOf(samples, type, channel.sampleRate);
    await code();
  } catch (error) {
    status(messageOf(error));
  }
}

async function open(files: Promise<readonly DroppedFile[]> | readonly DroppedFile[]): Promise<void> {
  status('Reading …');
  try {
    const recording = await openDropped(await files);
    const [channel] = recording.channels;
    if (!channel || channel.samples === 0) throw new RangeError(`${recording.name} has no samples.`);
    view = { recording, channel, from: 0, points: [] };
    byId('about').textContent = recording.name;
    const { length } = recording.channels;
    byId('format').textContent =
      `${recording.format}, ${length} ${length === 1 ? 'channel' : 'channels'}, ` +
      `${(channel.samples / channel.sampleRate).toFixed(1)} s at ${channel.sampleRate.toLocaleString('en-US')} Hz. ` +
      recording.notes.join(' ');
    const labels = recording.channels.map(({ label }, i): [string, string] => [String(i), label]);
    fillSelect(byId<HTMLSelectElement>('channel'), labels, '0');
    byId<HTMLInputElement>('start').value = '0';
    byId('work').hidden = false;
    await look();
  } catch (error) {
    status(messageOf(error));
  }
}

/** Files of dropped entries, folders walked through. */
async function filesOf(
  entries: readonly (FileSystemEntry | null)[],
  loose: FileList,
): Promise<DroppedFile[]> {
  if (entries.length === 0 || entries.some((entry) => entry === null)) return listed(loose);
  const found: DroppedFile[] = [];
  const visit = async (entry: FileSystemEntry, path: string): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      );
      found.push({ path, file });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (part.length === 0) return;
      for (const child of part) await visit(child, `${path}/${child.name}`);
    }
  };
  for (const entry of entries) await visit(entry!, entry!.name);
  return found;
}

function listed(files: FileList): DroppedFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Hands a file to the reader. */
function save(bytes: Uint8Array, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(
    new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }),
  );
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** What the button saves: a page holds a stretch of one channel at a time. */
function savedText(
  { channels }: OpenedRecording,
  { label, samples, sampleRate }: PageChannel,
  from: number,
  count: number,
): string {
  const seconds = (sample: number): string => (sample / sampleRate).toFixed(2);
  const of = channels.length;
  if (count === samples && of === 1) return 'Saved is the whole recording.';
  return (
    `Saved is what is shown: ${seconds(from)} to ${seconds(from + count)} s of ${seconds(samples)} s, of channel ` +
    `${label}${of === 1 ? '' : `, one of ${of}`}. A whole recording: npm run encode -- FILE FILE.nbz`
  );
}

/** Name of a saved file: that of the recording, with channel and first sample where it is a part of it. */
function savedName({ recording, channel, from, samples }: View): string {
  const name = recording.name.replace(/\.[^.]*$/, '');
  if (samples!.length === channel.samples && recording.channels.length === 1) return `${name}.nbz`;
  const place = recording.channels.length === 1 ? '' : `-${channel.label.replace(/[^\w.-]+/g, '_')}`;
  return `${name}${place}-from-${from}.nbz`;
}

async function saveStretch(): Promise<void> {
  if (!view?.samples) return;
  const { channel, samples, point } = view;
  status('Coding …');
  await pause();
  try {
    const { unit, gain, offset, sampleRate, label } = channel;
    const options = {
      codec: choice(),
      step: point?.step ?? 0,
      names: [label],
      unit,
      gain,
      offset,
      sampleRate,
    };
    const bytes = encode([samples as Samples], options);
    save(bytes, savedName(view));
    status(`Saved: ${bytes.length.toLocaleString('en-US')} bytes.`);
  } catch (error) {
    status(messageOf(error));
  }
}

function start(): void {
  startThemeSwitch();
  onRedraw(() => show());
  fillSelect(byId<HTMLSelectElement>('basis'), CHOICES, CHOICES[0]![0]);
  const rate = byId<HTMLInputElement>('rate');
  rate.max = String(STEPS.length - 1);
  rate.value = '5';
  const rateText = (): void => {
    const text = `step ${STEPS[stepIndex()]} × noise`;
    byId('rate-text').textContent = text;
    rate.setAttribute('aria-valuetext', text);
  };
  rateText();
  rate.addEventListener('input', rateText);
  for (const id of ['basis', 'rate']) byId(id).addEventListener('change', () => void code());
  byId('start').addEventListener('change', () => void look());
  byId('channel').addEventListener('change', () => {
    if (!view) return;
    view.channel = view.recording.channels[Number(byId<HTMLSelectElement>('channel').value)]!;
    void look();
  });
  byId('save').addEventListener('click', () => void saveStretch());
  for (const id of ['files', 'folder']) {
    const input = byId<HTMLInputElement>(id);
    input.addEventListener('change', () => input.files && void open(listed(input.files)));
  }
  const drop = byId('drop');
  addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  addEventListener('dragleave', () => drop.classList.remove('over'));
  addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    const { items, files } = event.dataTransfer!;
    const entries = [...items].filter(({ kind }) => kind === 'file').map((item) => item.webkitGetAsEntry());
    void open(filesOf(entries, files));
  });
}

addEventListener('DOMContentLoaded', start);
