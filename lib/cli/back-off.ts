import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs } from '../domain/back-off.ts';

/** Attempts after a network or service failure: about a minute in all. */
export const ATTEMPTS = 7;

/** Waits before the next attempt: exponential back-off with jitter. */
export const backOff = (failures: number, signal: AbortSignal): Promise<void> =>
  sleep(backOffMs(failures, 1000, 20_000), undefined, { signal });

/** Returns the milliseconds of a `Retry-After` header (RFC 9110, 10.2.3: seconds or a date), or undefined. */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
