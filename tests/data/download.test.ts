import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { download, DownloadError, type DownloadOptions, removeDownload } from '../../tools/data/download';

const root = mkdtempSync(join(tmpdir(), 'download-'));
const target = join(root, 'cache', 'data.zip.part');
const FILE = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let handlers: Handler[] = [];
let ranges: (string | undefined)[] = [];

// The nth request goes to the nth handler, the last one serves all that follow.
const server = createServer((request, response) => {
  ranges.push(request.headers.range);
  const handler = handlers.length > 1 ? handlers.shift()! : handlers[0]!;
  handler(request, response);
});
const listening = new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = async (): Promise<string> => {
  await listening;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/data.zip`;
};

after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

beforeEach(() => {
  removeDownload(target);
  ranges = [];
});

async function get(options: Partial<DownloadOptions> = {}): Promise<number> {
  return download({ url: await address(), target, firstWaitMs: 1, ...options });
}

interface Serving {
  readonly file?: Buffer;
  readonly etag?: string | null;
  readonly ranges?: boolean;
  /** The connection is cut after so many bytes of the answer. */
  readonly cutAfter?: number;
  /** After so many bytes of the answer nothing more comes. */
  readonly stallAfter?: number;
  readonly length?: boolean;
}

/** A server of one file. */
function serve(serving: Serving = {}): Handler {
  const { file = FILE, etag = '"one"', cutAfter, stallAfter } = serving;
  return (request, response) => {
    const match = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const same = etag !== null && request.headers['if-range'] === etag;
    const start = match && same && serving.ranges !== false ? Number(match[1]) : 0;
    const body = file.subarray(start);
    if (etag !== null) response.setHeader('etag', etag);
    if (serving.length !== false) response.setHeader('content-length', body.length);
    if (start > 0) response.setHeader('content-range', `bytes ${start}-${file.length - 1}/${file.length}`);
    response.writeHead(start > 0 ? 206 : 200);
    if (cutAfter !== undefined && cutAfter < body.length) {
      response.write(body.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 20));
    } else if (stallAfter !== undefined) {
      response.write(body.subarray(0, stallAfter));
    } else {
      response.end(body);
    }
  };
}

const refuse =
  (status: number): Handler =>
  (_, response) => {
    response.writeHead(status).end('no');
  };

function assertDownloaded(): void {
  assert.ok(readFileSync(target).equals(FILE), 'the file is not the one of the server');
}

test('a file is downloaded whole, with its progress', async () => {
  handlers = [serve()];
  const reports: [number, number][] = [];
  assert.equal(await get({ onBytes: (done, total) => reports.push([done, total]) }), FILE.length);
  assertDownloaded();
  assert.deepEqual(reports[0], [0, FILE.length]);
  assert.deepEqual(reports.at(-1), [FILE.length, FILE.length]);
});

test('a download goes on after the connection dropped midway, and again', async () => {
  handlers = [serve({ cutAfter: 100_000 }), serve({ cutAfter: 70_000 }), serve()];
  const problems: string[] = [];
  await get({ onRetry: (problem) => problems.push(problem) });
  assertDownloaded();
  assert.equal(problems.length, 2);
  assert.equal(ranges.length, 3);
  assert.equal(ranges[0], undefined);
  const starts = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range!)![1]));
  assert.ok(starts[0]! > 0 && starts[1]! > starts[0]!, `the starts were ${starts}`);
});

test('a download that was given up is gone on with by the next run', async () => {
  handlers = [serve({ cutAfter: 100_000 }), refuse(503)];
  await assert.rejects(get({ attempts: 2 }), DownloadError);
  const size = statSync(target).size;
  assert.ok(size > 0 && size < FILE.length);
  handlers = [serve()];
  ranges = [];
  await get();
  assertDownloaded();
  assert.deepEqual(ranges, [`bytes=${size}-`]);
});

test('a download that is whole is not asked for again', async () => {
  handlers = [serve()];
  await get();
  ranges = [];
  assert.equal(await get(), FILE.length);
  assert.deepEqual(ranges, []);
});

test('a server without ranges is asked for the whole file again', async () => {
  handlers = [serve({ ranges: false, cutAfter: 100_000 }), serve({ ranges: false })];
  await get();
  assertDownloaded();
});

test('a server that does not say which version it has is asked for the whole file again', async () => {
  handlers = [serve({ etag: null, cutAfter: 100_000 }), serve({ etag: null })];
  await get();
  assertDownloaded();
  assert.deepEqual(ranges, [undefined, undefined]);
});

test('a server that does not say the length is believed', async () => {
  handlers = [serve({ length: false })];
  assert.equal(await get(), FILE.length);
  assertDownloaded();
});

test('a file that changed on the server meanwhile is downloaded anew', async () => {
  const old = Buffer.alloc(FILE.length + 5000, 1);
  handlers = [serve({ file: old, etag: '"old"', cutAfter: 200_000 }), serve()];
  await get();
  assertDownloaded();
});

test('a file on disk that nothing is known of is not gone on with', async () => {
  handlers = [serve()];
  await get();
  rmSync(`${target}.json`);
  writeFileSync(target, Buffer.alloc(FILE.length + 1000, 1));
  await get();
  assertDownloaded();
});

test('a server that sends a wrong part, or says that there is none, does not spoil the file', async () => {
  const wrongPart: Handler = (_, response) => {
    response.writeHead(206, { 'content-range': `bytes 5-99/${FILE.length}`, etag: '"one"' });
    response.end(FILE.subarray(5, 100));
  };
  const changedPart: Handler = (request, response) => {
    const start = Number(/\d+/.exec(request.headers.range!)![0]);
    response.writeHead(206, { 'content-range': `bytes ${start}-${start + 9}/999999`, etag: '"one"' });
    response.end(Buffer.alloc(10));
  };
  for (const wrong of [wrongPart, changedPart, refuse(416)]) {
    removeDownload(target);
    handlers = [serve({ cutAfter: 100_000 }), wrong, serve()];
    await get();
    assertDownloaded();
  }
});

test('a connection over which nothing comes is given up and tried again', async () => {
  handlers = [serve({ stallAfter: 100_000 }), serve()];
  const problems: string[] = [];
  await get({ stallMs: 150, onRetry: (problem) => problems.push(problem) });
  assertDownloaded();
  assert.deepEqual(problems, ['nothing arrived for 0.15 s']);
});

test('a server in trouble is tried again, with longer and longer waits', async () => {
  handlers = [refuse(503), refuse(429), refuse(500), serve()];
  const waits: number[] = [];
  await get({ onRetry: (_, wait) => waits.push(wait) });
  assertDownloaded();
  assert.deepEqual(waits, [1, 2, 4]);
});

test('a download that brings nothing is given up with what to do', async () => {
  handlers = [refuse(503)];
  await assert.rejects(get({ attempts: 3 }), (error: unknown) => {
    assert.ok(error instanceof DownloadError);
    assert.match(error.message, /data\.zip could not be downloaded: the server answered 503/);
    assert.match(error.message, /--from <archive>/);
    return true;
  });
  assert.equal(ranges.length, 3);
});

test('a file that is not there is an error at once', async () => {
  handlers = [refuse(404)];
  await assert.rejects(
    get(),
    (error: unknown) => error instanceof DownloadError && /answered 404/.test(error.message),
  );
  assert.equal(ranges.length, 1);
});

test('an address where nobody answers is an error that says so', async () => {
  const vacant = createServer();
  await new Promise<void>((resolve) => vacant.listen(0, '127.0.0.1', resolve));
  const { port } = vacant.address() as AddressInfo;
  await new Promise((resolve) => vacant.close(resolve));
  await assert.rejects(get({ url: `http://127.0.0.1:${port}/data.zip`, attempts: 2 }), /ECONNREFUSED/);
});

test('a download can be removed with all that is known of it', async () => {
  handlers = [serve()];
  await get();
  removeDownload(target);
  assert.equal(existsSync(target) || existsSync(`${target}.json`), false);
});

test('what no further attempt changes is an error at once', async () => {
  const base = await address();
  const redirect: Handler = (_, response) => response.writeHead(302, { location: base }).end();
  for (const [url, handler, said] of [
    [base, redirect, /redirects in a circle/],
    ['nowhere', refuse(404), /this is no address/],
    ['ftp://127.0.0.1/data.zip', refuse(404), /begins with https/],
    ['http://no-such-server.invalid/data.zip', refuse(404), /no server of this name|EAI_AGAIN/],
    // Encryption is asked of a server that has none: as with a certificate, no attempt changes that.
    [base.replace('http:', 'https:'), refuse(404), /not to be trusted/],
  ] as const) {
    removeDownload(target);
    handlers = [handler];
    const problems: string[] = [];
    await assert.rejects(get({ url, attempts: 2, onRetry: (problem) => problems.push(problem) }), (error) => {
      assert.ok(error instanceof DownloadError);
      assert.match(error.message, said);
      return true;
    });
    // Where names cannot be looked up at all, that may pass.
    if (!problems.some((problem) => problem.includes('EAI_AGAIN'))) assert.deepEqual(problems, [], url);
  }
});
