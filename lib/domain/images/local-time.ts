/**
 * What the clock showed that a timestamp was read from: `2025-11-06T00:30:00+02:00` is half past midnight on 6 November,
 * wherever it is read.
 */
export const localTimeOf = (timestamp: string): string => timestamp.slice(0, 19);

/** What a clock in a time zone (IANA) shows at an instant. */
export const localTimeIn = (timeZone: string, instant: Date): string =>
  // Swedish writes date and time as ISO 8601 does, but for the T.
  instant.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T');

/** The timestamp with milliseconds; the offset and what the clock shows stay as they were written. */
export function withMilliseconds(timestamp: string): string {
  const [, local, offset = 'Z'] = /^(.+?)(Z|[+-]\d\d:\d\d)$/.exec(timestamp) ?? [];
  return new Date(`${local}Z`).toISOString().slice(0, -1) + offset;
}

/** The time that a picture is shown with and sorted by: that of the camera's clock, else its upload's by the clinic's. */
export const shownTimeOf = ({ capturedAt, uploadedLocal }: Timed): string =>
  localTimeOf(capturedAt ?? uploadedLocal);
interface Timed {
  capturedAt?: string | undefined;
  uploadedLocal: string;
}
