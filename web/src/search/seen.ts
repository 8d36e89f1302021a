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

async function hashOf(subject: string, thing: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${subject}\n${thing}`));
  return [...new Uint8Array(bytes, 0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Remembers that a person views a thing now. */
export async function markSeen(subject: string, thing: string): Promise<void> {
  const now = Date.now();
  const hash = await hashOf(subject, thing);
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
    things.map(async (thing) => [thing, seen[await hashOf(subject, thing)]] as const),
  );
  return new Map(times.flatMap(([thing, at]) => (at === undefined ? [] : [[thing, at] as const])));
}
