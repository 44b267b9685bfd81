import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CDPSession, ElementHandle, Page } from 'puppeteer-core';
import { decodeRecordingFile } from '../../lib/codecs/files/recording-encoder';
import { encodeWav } from '../../lib/codecs/files/wav-file';
import { launchBrowser, type BrowserSession } from '../../lib/figures/browser';
import { plotlyScript } from '../../lib/figures/export';
import { RECORDING_PAGE } from '../../lib/figures/gallery/gallery';
import { projectRoot } from '../../lib/files/project-root';
import { uniformNumbers } from '../../lib/numerics/random';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';
import { writeRecordingPage } from '../../tools/build-packages/page';
import { browserTest } from '../figures/with-browser';

const FIXTURES = join(projectRoot(), 'tests', 'fixtures', 'recordings');
const folder = mkdtempSync(join(tmpdir(), 'neurobasis-page-'));
const at = (name: string): string => join(folder, name);
let session: BrowserSession | undefined;

const random = uniformNumbers(3);
const codes = new Uint16Array(30_000).map((_, i) =>
  Math.round(512 + 40 * Math.sin(i / 300) + 20 * (random() + random() - 1)),
);
const wav = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);

/** Results of one curve, as the gallery leaves them. */
const RESULTS = {
  dataset: { label: 'a corpus' },
  curves: [
    {
      basis: 'mdct-256-sine+trellis',
      points: [5, 20, 100].map((compressionRatio) => ({
        compressionRatio,
        snrMedian: 30 - compressionRatio / 10,
      })),
    },
  ],
};

before(async () => {
  writeFileSync(at('wave.wav'), wav);
  const wave = pcm16FromCodes(codes);
  const twice = Int16Array.from({ length: 60_000 }, (_, i) => wave[i % wave.length]!);
  writeFileSync(at('long.wav'), canonicalWav(twice, SAMPLE_RATE));
  writeFileSync(at('wave.nbz'), encodeWav(wav, 'wave', 'lossless-fast', 0));
  const run = join(FIXTURES, 'open-ephys');
  assert.ok(statSync(run).isDirectory());
  // A SpikeGLX run: four channels and a word of lines.
  const samples = new Int16Array(5 * 4000).map((_, i) => (i % 5 === 4 ? 64 : Math.round(90 * random()) - 45));
  writeFileSync(at('run_g0_t0.imec0.ap.bin'), Buffer.from(samples.buffer));
  writeFileSync(
    at('run_g0_t0.imec0.ap.meta'),
    [
      'typeThis=imec',
      'imSampRate=30000',
      'nSavedChans=5',
      'snsApLfSy=4,0,1',
      'snsSaveChanSubset=0:3,384',
      `fileSizeBytes=${samples.byteLength}`,
      `fileTimeSecs=${4000 / 30_000}`,
      'imAiRangeMax=0.6',
      'imAiRangeMin=-0.6',
      'imMaxInt=512',
      'imDatPrb_type=0',
      '~imroTbl=(0,384)(0 0 0 500 250 1)(1 0 0 500 250 1)(2 0 0 500 250 1)(3 0 0 500 250 1)',
      '~snsChanMap=(4,0,1)(AP0;0:0)(AP1;1:1)(AP2;2:2)(AP3;3:3)(SY0;384:4)',
      '',
    ].join('\n'),
  );
  copyFileSync(plotlyScript(), at('plotly.min.js'));
  writeFileSync(at('results.js'), `globalThis.neurobasisResults=${JSON.stringify(RESULTS)};\n`);
  assert.equal(await writeRecordingPage(folder), RECORDING_PAGE);
});
after(async () => {
  await session?.end();
  rmSync(folder, { recursive: true });
});

/** The page, opened from disk; what it asks of the network is noted, and so are its errors. */
async function opened(): Promise<{ page: Page; requests: string[]; errors: string[] }> {
  session ??= await launchBrowser();
  const page = await session.browser.newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) requests.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(pathToFileURL(at(RECORDING_PAGE)).href);
  return { page, requests, errors };
}

/** Gives files to the page and waits until everything is drawn. */
async function give(page: Page, ...names: readonly string[]): Promise<void> {
  await forget(page);
  const input = await inputOf(page, 'files');
  await input.uploadFile(...names.map((name) => (name.startsWith('/') ? name : at(name))));
  await done(page);
}

async function done(page: Page): Promise<void> {
  const status = "document.getElementById('status').textContent";
  await page.waitForFunction(`!['', 'Reading …', 'Coding …'].includes(${status})`, {
    polling: 100,
    timeout: 120_000,
  });
}

/** Empties the line that says how far the page is. */
async function forget(page: Page): Promise<void> {
  await page.evaluate("document.getElementById('status').textContent = ''");
}

/** An input of files. */
async function inputOf(page: Page, id: string): Promise<ElementHandle & { uploadFile: Upload }> {
  return (await page.$(`#${id}`)) as ElementHandle & { uploadFile: Upload };
}
type Upload = (...paths: readonly string[]) => Promise<void>;

const text = (page: Page, id: string): Promise<string> =>
  page.$eval(`#${id}`, (found) => found.textContent ?? '');
/** Numbers of points of the lines of a chart. */
const traces = (page: Page, id: string): Promise<{ name: string; points: number }[]> =>
  page.$eval(`#${id}`, (found) =>
    (found as unknown as { data: { name: string; x: number[] }[] }).data.map(({ name, x }) => ({
      name,
      points: x.length,
    })),
  );

browserTest(
  'a WAV file is shown, coded, compared with the corpus, and nothing leaves the machine',
  async () => {
    const { page, requests, errors } = await opened();
    await give(page, 'wave.wav');
    assert.equal(await text(page, 'status'), 'Done.');
    assert.equal(await text(page, 'about'), 'wave.wav');
    assert.equal(await text(page, 'saved'), 'Saved is the whole recording.');
    assert.match(await text(page, 'format'), /^WAV, 1 channel, 1\.5 s at 19,531 Hz\./);
    assert.match(
      await text(page, 'facts'),
      /^[\d,]+ bytes for 30,000 samples: ratio [\d.]+, SNR [\d.]+ dB, step [\d.]+ codes$/,
    );
    assert.deepEqual(await traces(page, 'waveform'), [
      { name: 'original', points: 30_000 },
      { name: 'decoded', points: 30_000 },
      { name: 'error', points: 30_000 },
    ]);
    assert.deepEqual(
      (await traces(page, 'spectrum')).map(({ name }) => name),
      ['original', 'decoded'],
    );
    assert.deepEqual(await traces(page, 'curve'), [
      { name: 'this stretch', points: 12 },
      { name: 'a corpus, median', points: 3 },
      { name: 'chosen rate', points: 1 },
    ]);
    assert.deepEqual(requests, []);
    assert.deepEqual(errors, []);
    await page.close();
  },
);

browserTest(
  'the keyboard alone chooses basis and rate, and saves a file that the library reads',
  async () => {
    const { page } = await opened();
    const downloads: CDPSession = await page.createCDPSession();
    await downloads.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: at('saved') });
    await give(page, 'wave.wav');
    const before = await text(page, 'facts');
    await page.focus('#rate');
    await forget(page);
    await page.keyboard.press('ArrowRight');
    await done(page);
    const coarser = await text(page, 'facts');
    assert.notEqual(coarser, before);
    assert.match(await text(page, 'rate-text'), /^step 3 × noise$/);
    await page.focus('#basis');
    await forget(page);
    await page.keyboard.type('Nothing lost, best');
    await done(page);
    assert.match(await text(page, 'facts'), /nothing lost$/);
    // From the rate, which is off where nothing is lost, on to the button.
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.id'), 'save');
    await page.keyboard.press('Enter');
    await page.waitForFunction("document.getElementById('status').textContent.startsWith('Saved')", {
      timeout: 60_000,
    });
    for (let i = 0; i < 100 && !readdirSync(folder).includes('saved'); i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    for (let i = 0; i < 100 && !readdirSync(at('saved')).includes('wave.nbz'); i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const found = decodeRecordingFile(readFileSync(join(at('saved'), 'wave.nbz')));
    assert.deepEqual(Buffer.from(found), Buffer.from(pcm16FromCodes(codes).buffer));
    await page.close();
  },
);

browserTest('SpikeGLX, NumPy and .nbz files are read, and what cannot be read is named', async () => {
  const { page, errors } = await opened();
  await give(page, 'run_g0_t0.imec0.ap.bin', 'run_g0_t0.imec0.ap.meta');
  assert.match(await text(page, 'format'), /^SpikeGLX, \d channels, 0\.1 s at 30,000 Hz/);
  assert.match(
    await text(page, 'saved'),
    /of channel imec0\.ap: AP0, one of 5\. A whole recording: npm run encode/,
  );
  assert.equal(await text(page, 'status'), 'Done.');
  await give(page, join(FIXTURES, 'channels.npy'), join(FIXTURES, 'channels.npy.json'));
  assert.match(await text(page, 'format'), /NumPy/);
  await give(page, 'long.wav');
  assert.match(await text(page, 'saved'), /^Saved is what is shown: 0\.00 to 2\.00 s of 3\.07 s, of channel/);
  await give(page, 'wave.nbz');
  assert.match(await text(page, 'format'), /^Neurobasis \.nbz, 1 channel, 1\.5 s at 19,531 Hz/);
  assert.equal(await text(page, 'status'), 'Done.');
  await give(page, RECORDING_PAGE);
  assert.match(await text(page, 'status'), /are of no known format/);
  assert.deepEqual(errors, []);
  await page.close();
});

browserTest('a folder of Open Ephys is read', async () => {
  const { page } = await opened();
  const input = await inputOf(page, 'folder');
  await forget(page);
  await input.uploadFile(join(FIXTURES, 'open-ephys'));
  await done(page);
  assert.match(await text(page, 'format'), /^Open Ephys/);
  await page.close();
});

browserTest('on a phone nothing is wider than the screen, and no chart is cut off', async () => {
  const { page } = await opened();
  await page.setViewport({ width: 375, height: 740 });
  await give(page, 'wave.wav');
  assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 375);
  for (const id of ['waveform', 'spectrum', 'curve']) {
    const [box, svg] = await page.$eval(`#${id}`, (found) => [
      found.getBoundingClientRect().height,
      found.querySelector('svg')!.getBoundingClientRect().height,
    ]);
    assert.ok(box! >= 330 && svg! <= box! + 1, `${id}: ${svg} in ${box}`);
  }
  await page.close();
});
