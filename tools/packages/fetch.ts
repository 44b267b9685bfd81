/**
 * Installs packages before a command that imports them: `fetch.ts <purpose> <package> …`, started by tools/launch.mjs.
 */
import { fetchPackages, PackageFetchError } from '../../lib/files/fetched-packages';

const [purpose, ...names] = process.argv.slice(2);
try {
  fetchPackages(names, purpose!);
} catch (error) {
  if (!(error instanceof PackageFetchError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
