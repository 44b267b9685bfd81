/**
 * `npm run reproduce`: runs the notebooks and keeps their figures, results and outputs.
 */
import { runCommand } from './command-line';
import { prepareCodecKernels } from './kernels';
import { removeLeftovers } from './leftovers';
import { REPRODUCE, reproduceOptions } from './reproduce/options';
import { reproduce, reproduceGallery } from './reproduce/reproduce';

void runCommand(REPRODUCE, async ({ values }) => {
  const options = reproduceOptions(values);
  if (options.gallery) return reproduceGallery(options, process.stdout);
  removeLeftovers();
  await prepareCodecKernels();
  return reproduce(options, process.stdout);
}).then(() => process.exit());
