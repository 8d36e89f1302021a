import { DomainError } from './errors.ts';
import type { Limits } from './limits.ts';

/**
 * What one caller may have so many of: as many slots, each of them taken until a time.
 *
 * A slot that is taken for a minute makes "so many within any 60 seconds", also around the full minute, where a counter
 * for each minute would let twice as many through.
 */
export interface Allowance {
  name: string;
  slots: number;
  /** How long a slot is taken. */
  seconds: number;
  /** Whether it comes back when the request ends; the time above is then for those that never end. */
  returned: boolean;
}

/** The slots of a caller that were ever taken: until when, in milliseconds since 1970, by allowance and number. */
export type Slots = Readonly<Record<string, number>>;

/** The name of a slot. */
export const slotName = ({ name }: Allowance, index: number): string => `${name}-${index}`;

/** What a request counts against. */
export function allowancesOf(
  { rate, timeoutSeconds }: { rate: 'upload' | 'metadata' | 'none'; timeoutSeconds: number },
  limits: Limits,
): Allowance[] {
  const allowances = {
    upload: [
      { name: 'upload', slots: limits.uploadsPerMinute, seconds: 60, returned: false },
      { name: 'uploads-at-once', slots: limits.uploadsAtOnce, seconds: timeoutSeconds, returned: true },
    ],
    metadata: [{ name: 'metadata', slots: limits.metadataPerMinute, seconds: 60, returned: false }],
    none: [],
  }[rate];
  return allowances.flatMap(({ slots, ...rest }) => (slots === null ? [] : [{ slots, ...rest }]));
}

/** The numbers of the slots that nobody has at this time. */
export const freeSlots = (allowance: Allowance, slots: Slots, now: Date): number[] =>
  Array.from({ length: allowance.slots }, (_, index) => index).filter(
    (index) => (slots[slotName(allowance, index)] ?? 0) <= now.getTime(),
  );

/** Seconds until one of the slots is free. */
function secondsUntilFree(allowance: Allowance, slots: Slots, now: Date): number {
  const until = Array.from({ length: allowance.slots }, (_, index) => slots[slotName(allowance, index)] ?? 0);
  return Math.max(0, Math.ceil((Math.min(...until) - now.getTime()) / 1000));
}

/**
 * The headers that tell a client what it has left (draft-ietf-httpapi-ratelimit-headers-10): `q` of the policy is the
 * quota, `w` its window in seconds, `r` what remains, `t` the seconds until there is one again.
 */
export function rateHeaders(
  allowances: readonly Allowance[],
  slots: Slots,
  now: Date,
): Record<string, string> {
  const policies = allowances.map(({ name, slots: quota, seconds, returned }) =>
    returned ? `"${name}";q=${quota};qu="concurrent-requests"` : `"${name}";q=${quota};w=${seconds}`,
  );
  const states = allowances.map((allowance) => {
    const remaining = freeSlots(allowance, slots, now).length;
    const wait = remaining > 0 ? '' : `;t=${secondsUntilFree(allowance, slots, now)}`;
    return `"${allowance.name}";r=${remaining}${wait}`;
  });
  return { 'ratelimit-policy': policies.join(', '), ratelimit: states.join(', ') };
}

/** What is said to a caller who has none left. */
export function tooMany(allowances: readonly Allowance[], slots: Slots, now: Date): DomainError {
  const used = allowances.filter((allowance) => freeSlots(allowance, slots, now).length === 0);
  const wait = Math.max(1, ...used.map((allowance) => secondsUntilFree(allowance, slots, now)));
  return new DomainError('TOO_MANY_REQUESTS', 'Too many requests', {
    details: used.map(({ name, slots: quota, seconds, returned }) =>
      returned
        ? `at most ${quota} upload requests at the same time`
        : `at most ${quota} ${name} requests in ${seconds} seconds`,
    ),
    headers: { 'retry-after': String(wait) },
  });
}
