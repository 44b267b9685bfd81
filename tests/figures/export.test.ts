import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import {
  BROWSER_ENDPOINT_VARIABLE,
  BrowserNotFoundError,
  connectBrowser,
  findBrowser,
  launchBrowser,
} from '../../lib/figures/browser';
import { closeExport, FigureExportError, renderPictures, renderSvg } from '../../lib/figures/export';
import { FIGURE_HEIGHT, FIGURE_WIDTH, type Figure } from '../../lib/figures/figure';
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

/** Runs a script under tsx and gives its exit code, what it wrote, and whether it had to be killed. */
function runScript(script: string, timeout: number): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], { cwd: projectRoot(), timeout });
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
    // Half a pixel goes either way.
    assert.ok(Math.abs(png.readUInt32BE(20) - (figure.layout.height ?? FIGURE_HEIGHT) * 1.5) <= 0.5);
    // An empty white page of this size takes less than 15 KB.
    assert.ok(png.length > 20_000, `${figure.name}: ${png.length} bytes`);
  }
});

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

browserTest('Many processes can draw in one browser, which outlives them.', async () => {
  const session = await launchBrowser();
  try {
    await closeExport();
    await withVariable(BROWSER_ENDPOINT_VARIABLE, session.endpoint, async () => {
      const [example] = EXAMPLES;
      assert.ok(example);
      const joined = await connectBrowser();
      assert.equal(joined.owned, false);
      await joined.end();
      assert.ok((await renderSvg(example)).startsWith('<svg'));
      await closeExport();
    });
    assert.ok(session.browser.connected);
  } finally {
    await session.end();
  }
});

browserTest(
  'Node exits by itself after a figure, with a browser of its own and with a shared one.',
  async () => {
    const script = `
    const { renderSvg } = require('./lib/figures/export');
    renderSvg({ name: 'a', title: 'a', subtitle: 'b', data: [{ y: [1, 2] }], layout: {} })
      .then((svg) => console.log('drawn', svg.length));`;
    const own = await runScript(script, 30_000);
    assert.match(own.output, /drawn \d{4}/);
    assert.equal(own.code, 0);
    const session = await launchBrowser();
    try {
      await withVariable(BROWSER_ENDPOINT_VARIABLE, session.endpoint, async () => {
        const shared = await runScript(script, 30_000);
        assert.match(shared.output, /drawn \d{4}/);
        assert.equal(shared.code, 0);
      });
    } finally {
      await session.end();
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

test('A shared browser that does not answer is refused by name.', async () => {
  await withVariable(BROWSER_ENDPOINT_VARIABLE, 'ws://127.0.0.1:9/devtools/browser/none', async () => {
    await assert.rejects(connectBrowser(), (error: Error) => {
      assert.ok(error instanceof BrowserNotFoundError);
      assert.match(error.message, /does not answer/);
      return true;
    });
  });
});
