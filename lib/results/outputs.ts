/**
 * Name of the environment variable with the folder that a notebook saves its figures and curves to. `npm run
 * reproduce` sets it; without it, as in JupyterLab, a notebook saves nothing, so that exploring changes no
 * kept result.
 */
export const FIGURES_VARIABLE = 'NEUROBASIS_FIGURES';

/** Results of other laboratories' recordings, a file beside those of the Neuralink recordings. */
export const LABORATORY_FILE = 'other-laboratories.json';

/**
 * Environment variable with the name of the running notebook, without `.ipynb`; without it nothing is saved.
 */
export const NOTEBOOK_VARIABLE = 'NEUROBASIS_NOTEBOOK';
