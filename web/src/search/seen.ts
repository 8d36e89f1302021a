import { hashOf } from '../parts/hash-of.ts';

const KEY = 'negatoscope.seen';
const KEPT_MS = 2 * 86_400_000;

/**
 * When a person last viewed something, in this browser: milliseconds since 1970 by a hash of person and thing. So that who uses
 * the computer next learns neither who it was nor what.
 */
function readSeen(): Record<string, number> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, number>) : {};
  } catch {
    return {};
  }
}

const keyOf = (subject: string, thing: string): Promise<string> => hashOf(`${subject}\n${thing}`, 12);

/** Remembers that a person views a thing now. */
export async function markSeen(subject: string, thing: string): Promise<void> {
  const now = Date.now();
  const hash = await keyOf(subject, thing);
  const recent = Object.entries(readSeen()).filter(([, at]) => now - at < KEPT_MS);
  localStorage.setItem(KEY, JSON.stringify({ ...Object.fromEntries(recent), [hash]: now }));
}

/** Tells when a person viewed these things; those never viewed are missing. */
export async function seenTimes(
  subject: string,
  things: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const seen = readSeen();
  const times = await Promise.all(
    things.map(async (thing) => [thing, seen[await keyOf(subject, thing)]] as const),
  );
  return new Map(times.flatMap(([thing, at]) => (at === undefined ? [] : [[thing, at] as const])));
}
