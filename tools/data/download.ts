import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteListener } from './archive';

/** A file could not be downloaded. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
}

/** Source and target of a download. */
export interface DownloadOptions {
  readonly url: string;
  /** Path of the file to write; a partial download of an earlier run is resumed. */
  readonly target: string;
  readonly onBytes?: ByteListener;
  /** Told when the connection is lost and will be tried again. */
  readonly onRetry?: (problem: string, waitMs: number) => void;
  /** Attempts in a row that may bring nothing before the download is given up. */
  readonly attempts?: number;
  /** Wait before the second attempt in a row, ms; each further wait is twice as long, to 30 s at most. */
  readonly firstWaitMs?: number;
  /** A connection that brings nothing for so long is given up, ms. */
  readonly stallMs?: number;
}

/** The server's identification of the partial file on disk; the rest must come from the same file. */
interface Origin {
  readonly url: string;
  readonly validator: string | null;
  /** Bytes in all; null when the server does not say. */
  readonly total: number | null;
}

const LONGEST_WAIT = 30_000;

/** Trouble that another attempt may well overcome. */
class LostConnectionError extends Error {
  override readonly name = 'LostConnectionError';
}

/**
 * Downloads a file over HTTP. When the connection breaks, it goes on from the last byte that arrived, in this run or in
 * a later one, provided that the server still has the same file (by its ETag or date) and serves ranges; otherwise it
 * starts over. `<target>.json` names the file on the server of which the target has the beginning.
 *
 * @returns bytes of the whole file
 * @throws DownloadError when the server refuses, or nothing arrives in several attempts in a row
 */
export async function download(options: DownloadOptions): Promise<number> {
  const { url, target, attempts = 7, firstWaitMs = 500, onRetry } = options;
  mkdirSync(dirname(target), { recursive: true });
  const file = openSync(target, existsSync(target) ? 'r+' : 'w+');
  try {
    let failures = 0;
    for (;;) {
      const before = sizeOf(target);
      try {
        return await transfer(options, file);
      } catch (error) {
        if (!(error instanceof LostConnectionError)) throw error;
        failures = sizeOf(target) > before ? 1 : failures + 1;
        if (failures >= attempts) {
          throw new DownloadError(
            `${url} could not be downloaded: ${error.message} (${attempts} attempts in a row brought nothing). ` +
              'Repeat the command to go on from here, or download the archive by other means ' +
              'and import it with: npm run data -- --from <archive>',
          );
        }
        const wait = Math.min(firstWaitMs * 2 ** (failures - 1), LONGEST_WAIT);
        onRetry?.(error.message, wait);
        await sleep(wait);
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Removes a download and its recorded identification. */
export function removeDownload(target: string): void {
  rmSync(target, { force: true });
  rmSync(originFile(target), { force: true });
}

/** One attempt: requests the missing bytes and appends them. */
async function transfer(options: DownloadOptions, file: number): Promise<number> {
  const { url, target, onBytes, stallMs = 60_000 } = options;
  let origin = readOrigin(target, url);
  let size = origin ? sizeOf(target) : 0;
  if (origin && origin.total !== null && size === origin.total) return size;

  const abort = new AbortController();
  const stalled = setTimeout(() => abort.abort(), stallMs);
  try {
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (origin?.validator && size > 0) {
      headers['range'] = `bytes=${size}-`;
      headers['if-range'] = origin.validator;
    }
    const response = await fetch(url, { headers, signal: abort.signal }).catch((error: unknown) => {
      const reason = permanentReason(error, size > 0);
      if (reason !== undefined) throw refused(url, reason);
      throw lost(error, abort.signal, stallMs);
    });
    try {
      checkStatus(response, url, target);
      const start = response.status === 206 ? rangeStart(response) : 0;
      // Another range than asked for, or of another file: only a fresh start is safe.
      const continues = start === size && origin !== null && size > 0;
      if (start > 0 && !continues) {
        removeOrigin(target);
        throw new LostConnectionError('the server sent another part of the file than asked for');
      }
      const total = totalBytes(response);
      if (
        continues &&
        ((origin!.total !== null && origin!.total !== total) || validatorOf(response) !== origin!.validator)
      ) {
        removeOrigin(target);
        throw new LostConnectionError('the file on the server has changed meanwhile');
      }
      if (!continues) {
        ftruncateSync(file, 0);
        size = 0;
        origin = { url, validator: validatorOf(response), total };
        writeFileSync(originFile(target), JSON.stringify(origin));
      }
      onBytes?.(size, total ?? 0);
      if (response.body) {
        const reader = response.body.getReader();
        for (;;) {
          const { done, value } = await reader.read().catch((error: unknown) => {
            throw lost(error, abort.signal, stallMs);
          });
          if (done) break;
          stalled.refresh();
          for (let at = 0; at < value.length;) {
            at += writeSync(file, value, at, value.length - at, size + at);
          }
          size += value.length;
          onBytes?.(size, total ?? 0);
        }
      }
      if (total !== null && size < total) {
        throw new LostConnectionError(`the connection ended after ${size} of ${total} bytes`);
      }
      if (total !== null && size > total) {
        removeOrigin(target);
        throw new LostConnectionError(`the server sent ${size} bytes and had promised ${total}`);
      }
      return size;
    } finally {
      // Nothing more is wanted of this connection, however the attempt ended.
      abort.abort();
    }
  } finally {
    clearTimeout(stalled);
  }
}

function checkStatus(response: Response, url: string, target: string): void {
  if (response.status === 200 || response.status === 206) return;
  const status = `${response.status} ${response.statusText}`.trim();
  if (response.status === 416) {
    removeOrigin(target);
    throw new LostConnectionError('the server no longer has the file whose beginning is here');
  }
  if (response.status >= 500 || response.status === 408 || response.status === 429) {
    throw new LostConnectionError(`the server answered ${status}`);
  }
  throw refused(url, `the server answered ${status}`);
}

/** An error that another attempt would not remove. */
function refused(url: string, reason: string): DownloadError {
  return new DownloadError(
    `${url} cannot be downloaded: ${reason}. Check the address (--url), or get the archive ` +
      'by other means and import it with: npm run data -- --from <archive>',
  );
}

/** Codes by which Node refuses the certificate of a server, or an answer that is not encrypted. */
const UNTRUSTED = /CERT|^ERR_TLS_|^ERR_SSL_|^UNABLE_TO_|SIGNATURE/;

/**
 * Why another attempt would fail as this one did.
 *
 * @param begun - whether the server has sent something before: then its name exists
 * @returns undefined when another attempt may succeed
 */
function permanentReason(error: unknown, begun: boolean): string | undefined {
  const { code: ownCode, cause } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException };
  const { code = ownCode, message = '' } = cause ?? {};
  if (code === 'ERR_INVALID_URL') return 'this is no address';
  if (message === 'unknown scheme') return 'an address begins with https:// or http://';
  if (message === 'bad port') return 'nothing may be downloaded from this port';
  if (message === 'redirect count exceeded') return 'the server redirects in a circle';
  if (code === 'ENOTFOUND' && !begun) return 'there is no server of this name';
  if (code !== undefined && UNTRUSTED.test(code))
    return `the server is not to be trusted (${message || code})`;
  return undefined;
}

/** First byte of the range that the server sends. */
function rangeStart(response: Response): number {
  const match = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  if (!match) throw new LostConnectionError('the server sent a part of the file without saying which');
  return Number(match[1]);
}

/** Bytes of the whole file, as the server says. */
function totalBytes(response: Response): number | null {
  if (response.status === 206) {
    const match = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
    return match ? Number(match[1]) : null;
  }
  const length = response.headers.get('content-length');
  return length === null ? null : Number(length);
}

/** What may stand after If-Range: a strong ETag, else the date of the last change. */
function validatorOf(response: Response): string | null {
  const tag = response.headers.get('etag');
  if (tag !== null && !tag.startsWith('W/')) return tag;
  return response.headers.get('last-modified');
}

function lost(error: unknown, signal: AbortSignal, stallMs: number): LostConnectionError {
  if (signal.aborted) return new LostConnectionError(`nothing arrived for ${stallMs / 1000} s`);
  // fetch says only "fetch failed" or "terminated"; the reason is in the cause.
  const { message, cause } = error as Error;
  const reason = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : undefined;
  return new LostConnectionError(reason ? `${message} (${reason})` : message);
}

function originFile(target: string): string {
  return `${target}.json`;
}

function removeOrigin(target: string): void {
  rmSync(originFile(target), { force: true });
}

/** What is known of the file on disk; null when nothing is, or it is another URL's. */
function readOrigin(target: string, url: string): Origin | null {
  try {
    const origin = JSON.parse(readFileSync(originFile(target), 'utf8')) as Origin;
    return origin.url === url ? origin : null;
  } catch {
    return null;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
