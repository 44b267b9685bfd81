/**
 * `npm run reproduce`: runs the notebooks and keeps their figures, results and outputs.
 */
import { runCommand } from './command-line';
import { removeLeftovers } from './leftovers';
import { adopt } from './reproduce/adopt';
import { audit } from './reproduce/audit';
import { REPRODUCE, reproduceOptions } from './reproduce/options';
import { reproduce, reproduceGallery } from './reproduce/reproduce';
import { reproduceBySnakemake } from './reproduce/snakemake';

void runCommand(REPRODUCE, async ({ values }) => {
  const options = reproduceOptions(values);
  if (options.gallery) return reproduceGallery(options, process.stdout);
  removeLeftovers();
  if (options.engine) return reproduceBySnakemake(options, options.engine);
  if (options.audit !== undefined) return audit({ ...options, audit: options.audit }, process.stdout);
  if (options.adopt !== undefined) return adopt({ ...options, adopt: options.adopt }, process.stdout);
  return reproduce(options, process.stdout);
}).then(() => process.exit());
