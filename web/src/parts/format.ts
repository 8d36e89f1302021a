const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

export const formatTime = (iso: string): string => dateTime.format(new Date(iso));
/** To the second, for what is looked into closely. */
export const formatMoment = (iso: string): string => moment.format(new Date(iso));
/** Of a moment, or of a day as `2025-11-06`, which is the same day everywhere. */
export const formatDate = (iso: string): string =>
  date.format(new Date(iso.length > 10 ? iso : `${iso}T12:00`));
export const formatDay = (day: Date): string => date.format(day);

/** Bytes as people say them. */
export const formatBytes = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

/** `1 image`, `5,000 images`. */
export const count = (number: number, thing: string): string =>
  `${number.toLocaleString()} ${thing}${number === 1 ? '' : 's'}`;
