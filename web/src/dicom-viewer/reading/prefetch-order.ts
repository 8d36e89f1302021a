/** Where a reader is in a list, and which way they go: 1 onwards, -1 backwards. */
export interface Reading {
  count: number;
  index: number;
  direction: 1 | -1;
}

/** Readers go on more often than they turn back: of four frames, three are ahead. */
const AHEAD_OF_EACH_BEHIND = 3;

/**
 * The indexes of the frames to load, the next one first: around the reader, more of them in the direction of the last step. Where
 * the list ends on one side, the other side has its share.
 *
 * @param most the number of frames, without the one at the index
 */
export function prefetchOrder({ count, index, direction }: Reading, most: number): number[] {
  const order: number[] = [];
  let [ahead, behind] = [1, 1];
  const lies = (at: number) => at >= 0 && at < count;
  while (order.length < Math.min(most, count - 1)) {
    const [next, before] = [index + ahead * direction, index - behind * direction];
    const isTurn = ahead > behind * AHEAD_OF_EACH_BEHIND;
    if (lies(next) && !(isTurn && lies(before))) {
      order.push(next);
      ahead++;
    } else if (lies(before)) {
      order.push(before);
      behind++;
    } else break;
  }
  return order;
}

const MOST_FRAMES = 16;
const LEAST_FRAMES = 2;
const MOST_BYTES = 128 * 1024 * 1024;

/** How many frames of this size are loaded ahead; two of the largest ones. */
export const prefetchCount = (bytesOfFrame: number): number =>
  Math.max(LEAST_FRAMES, Math.min(MOST_FRAMES, Math.floor(MOST_BYTES / Math.max(1, bytesOfFrame))));
