import { cellTypeScriptVersion } from './typescript';

/** Metadata: the language of cells in a notebook, and the description of the kernel. */
export const languageInfo = {
  codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
  file_extension: '.ts',
  mimetype: 'text/typescript',
  name: 'typescript',
  version: cellTypeScriptVersion,
};

/** How a notebook names its kernel. */
export const kernelSpec = {
  display_name: 'TypeScript (Neurobasis)',
  language: 'typescript',
  name: 'neurobasis',
};
