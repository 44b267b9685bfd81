/** The Python environment that runs pcodec, which has no program of its own. */
import type { PythonEnvironment } from '../../tools/python-environment';

export const PCODEC: PythonEnvironment = {
  purpose: 'pcodec',
  folder: '.cache/compressors-python',
  requirements: 'bench/compressors/requirements.txt',
  alternative: 'Everything but this comparison works without Python.',
};
