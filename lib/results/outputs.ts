/**
 * Name of the environment variable with the folder that a notebook saves its figures and curves to. `npm run
 * reproduce` sets it; a notebook that runs without it (in JupyterLab) saves nothing, so that exploring changes no
 * kept result.
 */
export const FIGURES_VARIABLE = 'NEUROBASIS_FIGURES';
