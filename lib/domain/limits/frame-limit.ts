import type { Limits } from './limits.ts';
import type { RateLimit } from './rate-limit.ts';

/** Blocks of frames in a minute. More would be larger items, whose writes cost more. */
const BLOCKS = 200;

/** A DynamoDB expression has at most 300 operators (developer guide, "Expression parameters"): five for each slot. */
const SLOTS_AT_ONCE = 50;

/** The limit of decoded frames: each slot is a block of them. */
export interface FrameLimit extends RateLimit {
  framesPerSlot: number;
  /** The slots that one write acquires. */
  slotsAtOnce: number;
}

/** Returns the limit of the frames that are decoded for one person in a minute; undefined if there is none. */
export function frameLimitOf({ framesPerMinute }: Pick<Limits, 'framesPerMinute'>): FrameLimit | undefined {
  if (framesPerMinute === null) return undefined;
  const slots = Math.min(BLOCKS, framesPerMinute);
  return {
    name: 'frames',
    says: `at most ${framesPerMinute} decoded frames in 60 seconds`,
    slots,
    seconds: 60,
    isReleased: false,
    framesPerSlot: Math.floor(framesPerMinute / slots),
    slotsAtOnce: SLOTS_AT_ONCE,
  };
}
