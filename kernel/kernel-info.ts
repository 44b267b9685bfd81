import { cellTypeScriptVersion } from './typescript';

/** What a notebook says of the language of its cells, and the kernel of itself. */
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
