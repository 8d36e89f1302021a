import type { RateLimits } from '../data/rate-limits.ts';
import type { Caller } from '../domain/access/caller.ts';
import { DomainError } from '../domain/errors.ts';
import { type FrameLimit, frameLimitOf } from '../domain/limits/frame-limit.ts';
import type { Limits } from '../domain/limits/limits.ts';
import { logger } from './http/response.ts';

/** Frames that this process may still decode for a person, and until when; milliseconds since 1970. */
interface Reserved {
  frames: number;
  until: number;
}

/** Persons of whom a process remembers what it reserved. */
const REMEMBERED = 1000;

/**
 * Counts the frames that are decoded for each person.
 *
 * A process reserves a block of them, with one write, and decodes these without asking again: a viewer that plays a series
 * requests hundreds of frames a second, each with a request of its own.
 */
export class FrameAllowance {
  readonly #rateLimits: Pick<RateLimits, 'acquire'>;
  readonly #limit: FrameLimit | undefined;
  readonly #now: () => Date;
  readonly #reserved = new Map<string, Reserved>();

  constructor(rateLimits: Pick<RateLimits, 'acquire'>, limits: Limits, now = () => new Date()) {
    this.#rateLimits = rateLimits;
    this.#limit = frameLimitOf(limits);
    this.#now = now;
  }

  /**
   * Takes frames from the person's allowance, before they are decoded. A request for more than a minute's allowance takes
   * all of it.
   *
   * If the allowance can't be counted, the frames are decoded nevertheless: somebody waits for a diagnosis.
   *
   * @throws DomainError TOO_MANY_REQUESTS
   */
  async take({ subject }: Pick<Caller, 'subject'>, frames: number): Promise<void> {
    const limit = this.#limit;
    if (!limit) return;
    const now = this.#now();
    const known = this.#reserved.get(subject);
    const left = known && known.until > now.getTime() ? known.frames : 0;
    if (known && frames <= left) {
      known.frames -= frames;
      return;
    }
    const blocks = Math.min(limit.slots, Math.ceil((frames - left) / limit.framesPerSlot));
    try {
      for (let rest = blocks; rest > 0; rest -= limit.slotsAtOnce)
        await this.#rateLimits.acquire(subject, [{ ...limit, take: Math.min(rest, limit.slotsAtOnce) }], now);
    } catch (error) {
      if (error instanceof DomainError) throw error;
      logger.error('decoded frames can not be counted', { error: error as Error });
      return;
    }
    if (this.#reserved.size >= REMEMBERED) this.#reserved.clear();
    this.#reserved.set(subject, {
      frames: Math.max(0, left + blocks * limit.framesPerSlot - frames),
      until: now.getTime() + limit.seconds * 1000,
    });
  }
}
