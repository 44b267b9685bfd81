/** How titles name a recording. */

/** "8-4-4-4-12" hexadecimal digits: names of Neuralink's files. */
const UUID = /^([0-9a-f]{8})-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/**
 * A short name of a recording: the start of a UUID, any other name whole, without the ending of the file.
 *
 * @param name - file name: `"3fa85f64-5717-4562-b3fc-2c963f66afa6.wav"` gives `"3fa85f64"`, `"synthetic-05.wav"` gives
 *   `"synthetic-05"`
 */
export function recordingLabel(name: string): string {
  const stem = name.replace(/\.[^.]*$/, '');
  return UUID.exec(stem)?.[1] ?? stem;
}
