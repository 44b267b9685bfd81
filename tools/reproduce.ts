/**
 * `npm run reproduce`: runs the notebooks and keeps their figures, results and outputs.
 */
import { audit } from './reproduce/audit';
import { parseOptions, USAGE } from './reproduce/options';
import { reproduce, reproduceGallery } from './reproduce/reproduce';

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(USAGE);
    return 0;
  }
  if (options.gallery) return reproduceGallery(options, process.stdout);
  if (options.audit !== undefined) return audit({ ...options, audit: options.audit }, process.stdout);
  return reproduce(options, process.stdout);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
