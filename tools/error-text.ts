/**
 * Text of an error for the user: the message of an error of this project, words for an error code of the system, or the
 * stack of a defect.
 */

const denied = (path: string): string =>
  `${path} may not be read or written: permission is denied. Make it yours (chown), or work as the user whose it is.`;

/** Meaning of the system's error codes, for a path. */
const REFUSALS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is no file or folder ${path}.`,
  EISDIR: (path) => `${path} is a folder, not a file.`,
  ENOTDIR: (path) => `${path} cannot be there: a part of this path is a file, not a folder.`,
  EACCES: denied,
  EPERM: denied,
  EROFS: (path) => `${path} cannot be written: the disk is read-only.`,
  ENOSPC: (path) => `${path} cannot be written: no space is left on the disk.`,
};

/** The text that a user is shown. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, code, path, syscall, stack } = error as NodeJS.ErrnoException & { dest?: string };
  if (code !== undefined && syscall !== undefined) {
    const about = (error as { dest?: string }).dest ?? path;
    const refusal = REFUSALS[code];
    if (refusal && about !== undefined) return refusal(about);
    // Reading a folder, the system names none.
    if (code === 'EISDIR') return 'A folder was given in the place of a file.';
    return message.replace(/^E[A-Z]+: /, '');
  }
  const isDefect = code === undefined && /^(Type|Range|Reference|Syntax|Eval)?Error$/.test(name);
  return isDefect ? (stack ?? message) : message;
}
