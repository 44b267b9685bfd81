import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { BrowserNotFoundError, findBrowser, launchBrowser } from '../../lib/figures/browser';
import { closeExport, FigureExportError, renderPictures, renderSvg } from '../../lib/figures/export';
import { FIGURE_HEIGHT, FIGURE_WIDTH, type Figure } from '../../lib/figures/figure';
import { thisProcess } from '../../lib/files/process-identity';
import { projectRoot } from '../../lib/files/project-root';
import { EXAMPLES } from './examples';
import { browserTest } from './with-browser';

const artifacts = join(projectRoot(), 'tests', 'artifacts');

after(closeExport);

/** Runs with an environment variable set, and sets it back. */
async function withVariable(name: string, value: string, body: () => Promise<void>): Promise<void> {
  const before = process.env[name];
  process.env[name] = value;
  try {
    await body();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}

/** Runs a script in TypeScript. Returns its exit code and output, and whether it had to be killed. */
function runScript(script: string, timeout: number): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--require', './tools/loader.cjs', '-e', script], {
      cwd: projectRoot(),
      timeout,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

browserTest(
  'Every kind of chart is drawn, and its SVG has the same bytes whatever was drawn before.',
  async () => {
    const forward = await Promise.all(EXAMPLES.map(renderSvg));
    await closeExport();
    const backward = (await Promise.all([...EXAMPLES].reverse().map(renderSvg))).reverse();
    EXAMPLES.forEach((figure, index) => {
      assert.ok(forward[index]?.startsWith('<svg'), figure.name);
      assert.ok(forward[index]?.includes('</svg>'), figure.name);
      assert.equal(forward[index], backward[index], figure.name);
    });
  },
);

browserTest('Every kind of chart is drawn as PNG of the size asked for.', async () => {
  await mkdir(artifacts, { recursive: true });
  for (const figure of EXAMPLES) {
    const { svg, png: bytes } = await renderPictures(figure, 1.5);
    const png = Buffer.from(bytes);
    assert.equal(svg, await renderSvg(figure));
    await writeFile(join(artifacts, `${figure.name}.png`), png);
    assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG');
    assert.equal(png.readUInt32BE(16), FIGURE_WIDTH * 1.5);
    assert.equal(png.readUInt32BE(20), Math.round((figure.layout.height ?? FIGURE_HEIGHT) * 1.5));
    // An empty white page of this size takes less than 15 KB.
    assert.ok(png.length > 20_000, `${figure.name}: ${png.length} bytes`);
  }
});

browserTest(
  'A PNG has the pixels of the size at its scale, rounded, and half a pixel is a whole one.',
  async () => {
    const [example] = EXAMPLES;
    assert.ok(example);
    for (const [height, scale, pixels] of [
      [301, 1.25, 376],
      [303, 1.25, 379],
      [301, 1.5, 452],
    ] as const) {
      const { png } = await renderPictures({ ...example, layout: { ...example.layout, height } }, scale);
      assert.equal(Buffer.from(png).readUInt32BE(20), pixels);
      assert.equal(Buffer.from(png).readUInt32BE(16), FIGURE_WIDTH * scale);
    }
  },
);

browserTest('An SVG says in words what it shows, whatever characters the words have.', async () => {
  const [example] = EXAMPLES;
  assert.ok(example);
  const svg = await renderSvg({ ...example, title: 'a < b & c', subtitle: '"d"' });
  assert.ok(svg.includes('<title>a &lt; b &amp; c. "d"</title>'));
});

browserTest(
  'A figure that plotly refuses is a named error, and the next figure is drawn all the same.',
  async () => {
    const [example] = EXAMPLES;
    assert.ok(example);
    const broken: Figure = {
      ...example,
      name: 'broken',
      data: [{ type: 'scatter3d', x: [1], y: [1], z: [1] }],
    };
    const [refused, drawn] = await Promise.allSettled([renderSvg(broken), renderSvg(example)]);
    assert.equal(drawn.status, 'fulfilled');
    assert.equal(refused.status, 'rejected');
    assert.ok(refused.status === 'rejected' && refused.reason instanceof FigureExportError);
    assert.match(refused.reason.message, /"broken": .*no traces of type scatter3d/);
  },
);

browserTest('Node exits by itself after a figure, and the browser with it.', async () => {
  const script = `
    const { renderSvg } = require('./lib/figures/export');
    renderSvg({ name: 'a', title: 'a', subtitle: 'b', data: [{ y: [1, 2] }], layout: {} })
      .then((svg) => console.log('drawn', svg.length));`;
  const own = await runScript(script, 30_000);
  assert.match(own.output, /drawn \d{4}/);
  assert.equal(own.code, 0);
});

browserTest('The browser listens nowhere, and its profile is for this user alone.', async () => {
  const session = await launchBrowser();
  try {
    const child = session.browser.process()!;
    const flags = child.spawnargs;
    assert.ok(flags.includes('--remote-debugging-pipe'));
    assert.ok(!flags.some((flag) => flag.startsWith('--remote-debugging-port')));
    assert.equal(flags.includes('--no-sandbox'), process.getuid?.() === 0, 'sandboxed unless root');
    const data = flags.find((flag) => flag.startsWith('--user-data-dir='))!.slice('--user-data-dir='.length);
    const profile = dirname(data);
    assert.equal(dirname(profile), join(projectRoot(), '.cache', 'browsers'));
    if (process.platform !== 'win32') assert.equal(statSync(profile).mode & 0o777, 0o700);
    assert.ok(!existsSync(join(data, 'DevToolsActivePort')));
    assert.deepEqual(listeningSockets(child.pid!), []);
    await session.end();
    assert.ok(!existsSync(profile));
  } finally {
    await session.end();
  }
});

/** Inodes of TCP sockets that a process listens on; none where there is no /proc. */
function listeningSockets(pid: number): string[] {
  const tables = ['tcp', 'tcp6'].map((name) => `/proc/${pid}/net/${name}`).filter((path) => existsSync(path));
  const listening = new Set(
    tables
      .flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(1))
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map((fields) => `socket:[${fields[9]}]`),
  );
  const folder = `/proc/${pid}/fd`;
  return (existsSync(folder) ? readdirSync(folder) : [])
    .map((name) => {
      try {
        return readlinkSync(join(folder, name));
      } catch {
        return '';
      }
    })
    .filter((link) => listening.has(link));
}

browserTest(
  'Profiles of browsers whose process was killed are removed, those of others are left.',
  async () => {
    const folder = join(projectRoot(), '.cache', 'browsers');
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const owners = {
      ended: { ...thisProcess(), pid },
      running: thisProcess(),
      elsewhere: { ...thisProcess(), pid, host: 'another-host' },
    };
    const paths = Object.entries(owners).map(([name, owner]) => {
      const path = join(folder, `test-${process.pid}-${name}`);
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'owner.json'), JSON.stringify(owner));
      return path;
    });
    try {
      await (await launchBrowser()).end();
      assert.deepEqual(
        paths.map((path) => existsSync(path)),
        [false, true, true],
      );
    } finally {
      for (const path of paths) rmSync(path, { recursive: true, force: true });
    }
  },
);

test('A CHROME that is no program is refused by name, and no other browser is used silently.', async () => {
  await withVariable('CHROME', '/nowhere/chromium', async () => {
    await assert.rejects(findBrowser(), (error: Error) => {
      assert.ok(error instanceof BrowserNotFoundError);
      assert.match(error.message, /CHROME is set to "\/nowhere\/chromium"/);
      assert.match(error.message, /Install Chromium/);
      return true;
    });
  });
});

test(
  'A browser that does not start is refused by name.',
  { skip: process.platform === 'win32' && 'needs sh' },
  async () => {
    await withVariable('CHROME', '/bin/false', async () => {
      await assert.rejects(launchBrowser(), (error: Error) => {
        assert.ok(error instanceof BrowserNotFoundError);
        assert.match(error.message, /\/bin\/false does not start/);
        return true;
      });
    });
  },
);
