import { GET_AGAIN, RecordingFormatError } from '../../recording-file';

/** More gaps than this are no recording that was interrupted, but damage. */
const MOST_GAPS = 1_000_000;

/** @throws RecordingFormatError when nearly every sample seems to follow a gap */
export function refuseManyGaps(path: string, gaps: readonly unknown[]): void {
  if (gaps.length > MOST_GAPS) {
    throw new RecordingFormatError(path, `its times jump more than ${MOST_GAPS} times`, GET_AGAIN);
  }
}
