/**
 * Stands in for what a page does not have: processes, packages that are fetched, hashes of files. Formats that need them say
 * so when they are opened.
 */
function unavailable(): never {
  throw new Error('A page cannot read this format: use npm run data -- --inspect, or export the samples.');
}

export const spawnSync = unavailable;
export const createHash = unavailable;
export const createRequire = unavailable;
export const pathToFileURL = unavailable;
export const fileURLToPath = unavailable;
export const randomUUID = unavailable;
export const build = unavailable;
export const transform = unavailable;
export const buildSync = unavailable;
export const runInThisContext = unavailable;
export class Worker {}
export class Script {}
export class SourceTextModule {}
