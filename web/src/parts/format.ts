import { localTimeOf } from '../../../lib/domain/images/local-time.ts';
import { pageConfig } from '../page-config.ts';

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

export const formatTime = (iso: string): string => dateTime.format(new Date(iso));
/** Formats a time to the second. */
export const formatMoment = (iso: string): string => moment.format(new Date(iso));
/** Formats the day of a time, or a day such as `2025-11-06`, which is the same day in every time zone. */
export const formatDate = (iso: string): string =>
  date.format(new Date(iso.length > 10 ? iso : `${iso}T12:00`));
export const formatDay = (day: Date): string => date.format(day);

/** Formats the local time of the camera, independent of the browser's time zone. */
export const formatCaptureTime = (iso: string): string => cameraTime.format(asShown(iso));
export const formatCaptureDay = (iso: string): string => cameraDay.format(asShown(iso));
const cameraTime = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});
const cameraDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const asShown = (iso: string) => new Date(`${localTimeOf(iso)}Z`);

/** Formats a time in the clinic's time zone. */
export const formatClinicTime = (iso: string): string =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', ...pageZone() }).format(
    new Date(iso),
  );
export const formatClinicDay = (iso: string): string =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', ...pageZone() }).format(new Date(iso));
const pageZone = () => ({ timeZone: pageConfig().timeZone });

/** Formats a number of bytes. */
export const formatBytes = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

/** `1 image`, `5,000 images`. */
export const count = (number: number, thing: string): string =>
  `${number.toLocaleString()} ${thing}${number === 1 ? '' : 's'}`;
