import type { DataSet } from './data-set.ts';

const SHARED = '52009229';
const PER_FRAME = '52009230';

/**
 * The data sets in which something of a frame may be said, the most particular first: its functional groups, those that
 * all frames share (PS3.3 C.7.6.16), and the image's own data set.
 */
export function groupsOfFrame(dataSet: DataSet, frame: number, group: string): DataSet[] {
  const itemOf = (sequence: string, index: number) =>
    dataSet.elements.get(sequence)?.items?.[index]?.elements.get(group)?.items?.[0];
  return [itemOf(PER_FRAME, frame), itemOf(SHARED, 0), dataSet].filter((set) => set !== undefined);
}
