/**
 * Makes the page on which a recording is dropped: one file beside the gallery, which lends it plotly and the results.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { RECORDING_PAGE } from '../../lib/figures/gallery/gallery';
import { GALLERY_STYLE } from '../../lib/figures/gallery/gallery-style';
import { projectRoot } from '../../lib/files/project-root';
import { writeWhole } from '../../lib/files/write-whole';
import { hashKernel } from '../../lib/kernels/runtime/webassembly';
import { kernelsOf } from '../../lib/measuring/code-fingerprint';
import { embeddedKernels, standInsOf } from './stand-ins';

/** Digits that tell a page from one of other sources. */
const KEY_DIGITS = 16;

const STAND_INS: readonly (readonly [filter: RegExp, module: string])[] = [
  [/^node:fs$/, 'files'],
  [/^node:path$/, 'paths'],
  [/^(node:(child_process|crypto|module|url|vm|worker_threads|os)|esbuild)$/, 'unavailable'],
];

const withFiles: Plugin = {
  name: 'files of a page',
  setup(bundler) {
    for (const [filter, module] of STAND_INS) {
      bundler.onResolve({ filter }, () => ({
        path: join(projectRoot(), 'packages/page/stand-ins', `${module}.ts`),
      }));
    }
  },
};

function bundle(define: Record<string, string>): ReturnType<typeof build> {
  return build({
    absWorkingDir: projectRoot(),
    entryPoints: ['packages/page/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    define: { 'process.env': '{}', ...define },
    logLevel: 'silent',
    plugins: [withFiles, standInsOf()],
  });
}

const STYLE = `
#drop { display: block; border: 2px dashed var(--edge); border-radius: 8px; padding: 22px 18px; text-align: center; background: var(--surface); margin: 14px 0; }
#drop.over { border-color: var(--accent); background: color-mix(in srgb, var(--accent) 10%, var(--surface)); }
#drop label { display: inline-block; margin: 4px; padding: 5px 14px; border: 1px solid var(--edge); border-radius: 5px; cursor: pointer; }
#drop input { position: absolute; opacity: 0; width: 1px; height: 1px; }
#drop label:focus-within { outline: 3px solid #e69f00; outline-offset: 2px; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 18px; }
.pair .card, #waveform-card { margin-bottom: 18px; }
.controls input[type="range"] { width: 190px; }
#facts { font-weight: 600; }
#about { margin-bottom: 2px; overflow-wrap: anywhere; }
#waveform { height: 380px; }
#spectrum, #curve { height: 340px; }
@media (max-width: 820px) { .pair { grid-template-columns: minmax(0, 1fr); gap: 0; } }
@media (max-width: 600px) { .controls input[type="range"] { width: 60%; } .controls select { width: 100%; margin-left: 0; } #work .modebar-container { display: none; } }
`;

/** Nothing may be fetched or sent: scripts are in the page, and beside it. */
const POLICY =
  "default-src 'none'; script-src 'self' file: 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; " +
  "img-src data: blob:; font-src data:; connect-src 'none'; form-action 'none'; base-uri 'none'";

/**
 * Writes the page into the folder of a gallery, if it is not there as it should be.
 *
 * @param folder - `figures/<dataset>`
 * @returns its name
 */
export async function writeRecordingPage(folder: string): Promise<string> {
  const path = join(folder, RECORDING_PAGE);
  const { metafile, outputFiles } = await bundle(embeddedKernels([]));
  const inputs = Object.keys(metafile!.inputs);
  // Kernels are compiled only for a page that is not there yet.
  const kernels = kernelsOf(inputs).map(hashKernel);
  const content = [outputFiles![0]!.text, html('', ''), ...kernels].join();
  const key = createHash('sha256').update(content).digest('hex').slice(0, KEY_DIGITS);
  if (existsSync(path) && readFileSync(path, 'utf8').includes(`<!-- ${key} -->`)) return RECORDING_PAGE;
  const whole = await bundle(embeddedKernels(inputs));
  // Escaped, since "</script" could end the script element.
  const code = whole.outputFiles![0]!.text.trim().replace(/<\/(script)/gi, '<\\/$1');
  writeWhole(path, html(code, key));
  return RECORDING_PAGE;
}

function html(code: string, key: string): string {
  return `<!doctype html>
<!-- ${key} -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>Neurobasis: your recording</title>
<style>${GALLERY_STYLE}${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the recording</a>
<header>
<div class="theme" role="group" aria-label="Colors">${['system', 'light', 'dark']
    .map((choice) => `<button type="button" data-theme-choice="${choice}">${choice}</button>`)
    .join('')}</div>
<h1>Your recording, in a basis</h1>
<p>Drop a recording: see what is left of it at any rate, and beside the recordings of the study. It stays on this machine; the page works offline. <a href="index.html">All results</a></p>
</header>
<main id="main" tabindex="-1">
<div id="drop">
<p>Drop a file or a folder here: WAV, SpikeGLX (.bin with .meta), Open Ephys, NumPy .npy, Intan, Neuralynx, Blackrock, EDF, or .nbz</p>
<label>Choose files <input type="file" id="files" multiple></label>
<label>Choose a folder <input type="file" id="folder" webkitdirectory></label>
</div>
<p id="status" class="note" role="status">Nothing is open.</p>
<section id="work" aria-labelledby="about" hidden>
<h2 id="about" tabindex="-1"></h2>
<p id="format" class="note"></p>
<div class="controls">
<label>Channel <select id="channel"></select></label>
<label class="range">from <input type="range" id="start" min="0" max="0" step="1" value="0"> <output id="start-text" for="start"></output></label>
<label>Basis <select id="basis"></select></label>
<label class="range">Rate <input type="range" id="rate" min="0" step="1"> <output id="rate-text" for="rate"></output></label>
<button type="button" id="save">Save this stretch as .nbz</button>
</div>
<p id="facts" role="status"></p>
<p id="saved" class="note"></p>
<div class="card" id="waveform-card"><h3>Waveform: decoded over original</h3><div class="frame"><div id="waveform" class="chart" role="img" aria-label="Waveform of the original and of what was decoded, with the error"></div></div></div>
<div class="pair">
<div class="card"><h3>Spectrum</h3><div class="frame"><div id="spectrum" class="chart" role="img" aria-label="Spectrum of the original and of what was decoded"></div></div></div>
<div class="card"><h3>Quality over rate</h3><div class="frame"><div id="curve" class="chart" role="img" aria-label="Signal-to-noise ratio over compression ratio, of this stretch and of the recordings of the study"></div></div></div>
</div>
<p class="note">Each point is a file that was decoded again. The ratio counts 16-bit samples over bytes of the file, header included, and short stretches compress less than long ones. SNR is the variance of the samples over the squared error, in digitizer codes.</p>
</section>
</main>
<script src="plotly.min.js" defer></script>
<script src="results.js" defer></script>
<script>${code}</script>
</body>
</html>
`;
}
