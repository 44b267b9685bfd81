/**
 * Compressors of other projects on the same recordings: the contents of `figures/<dataset>/peers.json`, which
 * `npm run compare` writes.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { jsonOfShape, objectsOnLines } from '../files/json-text';
import { projectRoot } from '../files/project-root';
import { writeWhole } from '../files/write-whole';
import type { OperatingPoint } from './results';

/** One compressor. */
export interface Peer {
  /** `"FLAC"`. */
  readonly name: string;
  /** Of the program or package that ran. */
  readonly version: string;
  /** What it was given and told: `"10-bit codes as WAV, -8 -e -p"`. */
  readonly settings: string;
  /** Recordings that it was measured on: all of the run, or a stratified part where it is slow. */
  readonly recordings: number;
  /** Where it gives every sample back: of all WAV bytes and of this project's lossless codec on the same recordings. */
  readonly lossless?: {
    readonly compressedBytes: number;
    readonly compressionRatio: number;
    /** Ratio of `lossless-best` on the same recordings. */
    readonly ownCompressionRatio: number;
  };
  /** Its operating points, `step` being its own setting; empty where it only works without loss. */
  readonly points: readonly OperatingPoint[];
}

/** A compressor that could not run. */
export interface MissingPeer {
  readonly name: string;
  /** What would have to be there. */
  readonly reason: string;
}

/** All compressors of one run. */
export interface Peers {
  /** The recordings: their label, their number and the hash of all names and bytes. */
  readonly dataset: { readonly label: string; readonly recordings: number; readonly sha256: string };
  readonly peers: readonly Peer[];
  readonly missing: readonly MissingPeer[];
}

/** A file of peers is damaged. */
export class PeersFormatError extends Error {
  override readonly name = 'PeersFormatError';
}

/** What the file holds: peers, and a check of them, which files of earlier versions lack. */
interface CheckedPeers extends Peers {
  readonly check?: string;
}

/** SHA-256 of peers. */
function checkOf({ dataset, peers, missing }: Peers): string {
  return createHash('sha256')
    .update(JSON.stringify([dataset, peers, missing]))
    .digest('hex');
}

/** Name of the file, beside the results. */
export const PEERS_FILE = 'peers.json';

/** Absolute path of the peers of a dataset. */
export function peersPath(datasetName: string): string {
  return join(projectRoot(), 'figures', datasetName, PEERS_FILE);
}

/**
 * Reads the peers of a dataset.
 *
 * @returns undefined where none were compared
 * @throws PeersFormatError when the file is none of peers, or was changed since it was written
 */
export function readPeers(path: string): Peers | undefined {
  if (!existsSync(path)) return undefined;
  const found = jsonOfShape<CheckedPeers>(
    path,
    ({ dataset, peers, missing }) =>
      typeof dataset.sha256 === 'string' && Array.isArray(peers) && Array.isArray(missing),
  );
  if (!found) {
    throw new PeersFormatError(`${path} is no file of peers: remove it, then run "npm run compare".`);
  }
  const { check, ...peers } = found;
  if (check === undefined || check === checkOf(peers)) return peers;
  throw new PeersFormatError(
    `${path} was changed since it was written: restore it from the repository, or run "npm run compare".`,
  );
}

/** Writes peers, all or nothing. */
export function writePeers(path: string, peers: Peers): void {
  const checked: CheckedPeers = { ...peers, check: checkOf(peers) };
  writeWhole(path, `${objectsOnLines(JSON.stringify(checked, null, 2))}\n`);
}
