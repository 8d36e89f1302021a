import { expect, test } from 'vitest';
import { rowsOf, type UploadState } from '../../../web/src/uploads/upload-rows.ts';

const items = (counts: Partial<Record<UploadState, number>>) =>
  (Object.entries(counts) as [UploadState, number][]).flatMap(([state, count]) =>
    Array.from({ length: count }, () => ({ state })),
  );

test.each<[string, Partial<Record<UploadState, number>>, number]>([
  ['none while all have a row', { sending: 5, waiting: 7 }, 0],
  ['those that wait', { sending: 5, waiting: 20 }, 13],
  ['no file that is stored', { stored: 100, sending: 5, waiting: 20 }, 13],
  ['nothing at the end', { stored: 100, sending: 2 }, 0],
  ['refused and failed files without a row', { refused: 10, failed: 5, waiting: 1 }, 3],
])('“and N more” counts what is left: %s', (_name, counts, more) => {
  expect(rowsOf(items(counts)).more).toBe(more);
});

test('What needs attention has rows of its own; of the others, first what is sent', () => {
  const { bad, others } = rowsOf(items({ stored: 20, waiting: 9, sending: 2, failed: 1 }));
  expect(bad).toEqual([{ state: 'failed' }]);
  expect(others.slice(0, 3).map(({ state }) => state)).toEqual(['sending', 'sending', 'waiting']);
  expect(others.at(-1)?.state).toBe('stored');
});
