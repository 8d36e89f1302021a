/** The state of a file's upload. */
export type UploadState = 'waiting' | 'sending' | 'checking' | 'stored' | 'refused' | 'failed';

/** The maximum number of rows for files that need attention, and for the others. */
const MOST_ROWS = 12;
const TURN: Record<UploadState, number> = {
  refused: 0,
  failed: 0,
  sending: 1,
  checking: 2,
  waiting: 3,
  stored: 4,
};

/** Whether somebody has to look at the file. */
export const isBad = ({ state }: { state: UploadState }): boolean =>
  state === 'refused' || state === 'failed';

/** The files that have a row, and how many have none although they are not stored. */
export function rowsOf<T extends { state: UploadState }>(items: readonly T[]) {
  const bad = items.filter(isBad).slice(0, MOST_ROWS);
  const others = items
    .filter((item) => !isBad(item))
    .toSorted((a, b) => TURN[a.state] - TURN[b.state])
    .slice(0, MOST_ROWS);
  const isLeft = ({ state }: T) => state !== 'stored';
  return { bad, others, more: items.filter(isLeft).length - bad.length - others.filter(isLeft).length };
}
