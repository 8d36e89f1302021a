import { DomainError } from '../errors.ts';
import type { Limits } from './limits.ts';

/**
 * A rate limit of one caller: a number of slots, each of which is occupied until a time.
 *
 * Slots that are occupied for 60 seconds give a sliding window. A counter for each calendar minute would allow twice as
 * many requests around the change of the minute.
 */
export interface RateLimit {
  name: string;
  slots: number;
  /** How long a slot is occupied. */
  seconds: number;
  /** Whether the slot is released when the request ends. `seconds` then bounds requests that never end. */
  isReleased: boolean;
  /** The slots that one request takes, if more than one. */
  take?: number;
  /** What is allowed, for the error, if it is not a number of requests. */
  says?: string;
}

/** When each slot of a caller becomes free, in milliseconds since 1970, by slot name. */
export type Slots = Readonly<Record<string, number>>;

/** The name of a slot. */
export const slotName = ({ name }: RateLimit, index: number): string => `${name}-${index}`;

/** The rate limits that apply to a request. */
export function rateLimitsOf(
  { rate, timeoutSeconds }: { rate: 'upload' | 'metadata' | 'none'; timeoutSeconds: number },
  limits: Limits,
): RateLimit[] {
  const rateLimits = {
    upload: [
      { name: 'upload', slots: limits.uploadsPerMinute, seconds: 60, isReleased: false },
      { name: 'uploads-at-once', slots: limits.uploadsAtOnce, seconds: timeoutSeconds, isReleased: true },
    ],
    metadata: [{ name: 'metadata', slots: limits.metadataPerMinute, seconds: 60, isReleased: false }],
    none: [],
  }[rate];
  return rateLimits.flatMap(({ slots, ...rest }) => (slots === null ? [] : [{ slots, ...rest }]));
}

/** The indexes of the slots that are free at this time. */
export const freeSlots = (rateLimit: RateLimit, slots: Slots, now: Date): number[] =>
  Array.from({ length: rateLimit.slots }, (_value, index) => index).filter(
    (index) => (slots[slotName(rateLimit, index)] ?? 0) <= now.getTime(),
  );

/** Seconds until the slots that a request takes are free. */
function secondsUntilFree(rateLimit: RateLimit, slots: Slots, now: Date): number {
  const until = Array.from(
    { length: rateLimit.slots },
    (_value, index) => slots[slotName(rateLimit, index)] ?? 0,
  ).sort((a, b) => a - b);
  return Math.max(0, Math.ceil(((until[(rateLimit.take ?? 1) - 1] ?? 0) - now.getTime()) / 1000));
}

/**
 * The rate limit headers of a response (draft-ietf-httpapi-ratelimit-headers-10): `q` of the policy is the quota, `w`
 * its window in seconds, `r` the remaining requests, `t` the seconds until the next one is allowed.
 */
export function rateHeaders(
  rateLimits: readonly RateLimit[],
  slots: Slots,
  now: Date,
): Record<string, string> {
  const policies = rateLimits.map(({ name, slots: quota, seconds, isReleased }) =>
    isReleased ? `"${name}";q=${quota};qu="concurrent-requests"` : `"${name}";q=${quota};w=${seconds}`,
  );
  const states = rateLimits.map((rateLimit) => {
    const remaining = freeSlots(rateLimit, slots, now).length;
    const wait = remaining > 0 ? '' : `;t=${secondsUntilFree(rateLimit, slots, now)}`;
    return `"${rateLimit.name}";r=${remaining}${wait}`;
  });
  return { 'ratelimit-policy': policies.join(', '), ratelimit: states.join(', ') };
}

/** The error for a caller without enough free slots. */
export function tooManyRequests(rateLimits: readonly RateLimit[], slots: Slots, now: Date): DomainError {
  const used = rateLimits.filter(
    (rateLimit) => freeSlots(rateLimit, slots, now).length < (rateLimit.take ?? 1),
  );
  const wait = Math.max(1, ...used.map((rateLimit) => secondsUntilFree(rateLimit, slots, now)));
  return new DomainError('TOO_MANY_REQUESTS', 'Too many requests', {
    details: used.map(({ name, slots: quota, seconds, isReleased, says }) =>
      isReleased
        ? `at most ${quota} upload requests at the same time`
        : (says ?? `at most ${quota} ${name} requests in ${seconds} seconds`),
    ),
    headers: { 'retry-after': String(wait) },
  });
}
