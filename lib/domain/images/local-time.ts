/**
 * Returns the local time of a timestamp, without its offset: `2025-11-06T00:30:00+02:00` is half past midnight on 6
 * November in every time zone.
 */
export const localTimeOf = (timestamp: string): string => timestamp.slice(0, 19);

/** Returns the local time of an instant in a time zone (IANA). */
export const localTimeIn = (timeZone: string, instant: Date): string =>
  // The Swedish format is ISO 8601 with a space instead of the T.
  instant.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T');

/** Adds milliseconds to the timestamp. The offset and the local time stay the same. */
export function withMilliseconds(timestamp: string): string {
  const [, local, offset = 'Z'] = /^(.+?)(Z|[+-]\d\d:\d\d)$/.exec(timestamp) ?? [];
  return new Date(`${local}Z`).toISOString().slice(0, -1) + offset;
}

/**
 * The local time by which an image is displayed and sorted: the camera's, else that of its upload in the clinic's time
 * zone.
 */
export const shownTimeOf = ({ capturedAt, uploadedLocal }: Timed): string =>
  localTimeOf(capturedAt ?? uploadedLocal);
interface Timed {
  capturedAt?: string | undefined;
  uploadedLocal: string;
}
