import { dayOf, type ImageTimes, shownEventOf, shownTimeOf } from '../../../lib/domain/images/local-time.ts';
import { LOCALE } from '../messages/language.ts';
import { text } from '../messages/text.ts';
import { pageConfig } from '../page-config.ts';

const dateTime = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });
const moment = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });
const date = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium' });

export const formatTime = (iso: string): string => dateTime.format(new Date(iso));
/** Formats a time to the second. */
export const formatMoment = (iso: string): string => moment.format(new Date(iso));
export const formatDay = (day: Date): string => date.format(day);

/** Formats a time or a day in the clinic's time zone. */
export const formatClinicTime = (iso: string): string =>
  new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short', ...pageZone() }).format(
    new Date(iso),
  );
export const formatClinicDay = (iso: string): string =>
  new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', ...pageZone() }).format(new Date(iso));
const pageZone = () => ({ timeZone: pageConfig().timeZone });

/** Formats a local time, such as that of a camera, or a day. The browser's time zone has no part in it. */
export const formatLocalTime = (local: string): string => localTime.format(new Date(`${local}Z`));
export const formatLocalDay = (day: string): string => localDay.format(new Date(day));
const localTime = new Intl.DateTimeFormat(LOCALE, {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});
const localDay = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeZone: 'UTC' });

/** Says on which day an image was captured; if that is unknown, uploaded: `captured 6 Nov 2025`. */
export const describeDay = (image: ImageTimes): string =>
  text(`day.${shownEventOf(image)}`, { day: formatLocalDay(dayOf(image)) });
/** The same with the time of day, unless a person entered only the day. */
export const describeTime = (image: ImageTimes): string =>
  image.dateTaken
    ? describeDay(image)
    : text(`day.${shownEventOf(image)}`, { day: formatLocalTime(shownTimeOf(image)) });

/** Formats a number of bytes. */
export const formatBytes = (bytes: number): string =>
  bytes < 1_000_000
    ? kilobytes.format(Math.max(1, Math.round(bytes / 1000)))
    : megabytes.format(bytes / 1_000_000);
const kilobytes = new Intl.NumberFormat(LOCALE, { style: 'unit', unit: 'kilobyte' });
const megabytes = new Intl.NumberFormat(LOCALE, {
  style: 'unit',
  unit: 'megabyte',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

export const formatNumber = (number: number): string => number.toLocaleString(LOCALE);
