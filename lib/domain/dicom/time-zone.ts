import type { DicomAttributes } from './dicom-instance.ts';

/** Timezone Offset From UTC, such as `+0200`. */
export const TIMEZONE_OFFSET = '00080201';

/** The time attribute of each stored date attribute. */
export const TIMES_OF_DATES: Readonly<Record<string, string>> = {
  '00080012': '00080013',
  '00080020': '00080030',
  '00080021': '00080031',
  '00080022': '00080032',
  '00080023': '00080033',
  '00400244': '00400245',
};

/** Whether a text is an offset (PS3.3 C.12.1.1.8). The range is that of PS3.5 6.2 for DT. */
export const isOffset = (text: unknown): text is string =>
  typeof text === 'string' &&
  /^[+-](?:0\d|1[0-4])[0-5]\d$/.test(text) &&
  text !== '-0000' &&
  Math.abs(minutesOf(text)) <= 14 * 60;

const minutesOf = (offset: string): number =>
  (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3, 5)));

/**
 * The attributes with a date, and its time, by the clock of another zone. Without an offset of their own, or without a time of
 * day, they are unchanged: the instant is not known then.
 *
 * @param tag of the date or of the time
 */
export function inTimeZone(attributes: DicomAttributes, tag: string, offset: string): DicomAttributes {
  const [date, time] = Object.entries(TIMES_OF_DATES).find((pair) => pair.includes(tag)) ?? [];
  const own = attributes[TIMEZONE_OFFSET]?.Value?.[0];
  if (!date || !time || !isOffset(own)) return attributes;
  const dates = attributes[date]?.Value ?? [];
  const times = attributes[time]?.Value ?? [];
  const moved = dates.map((each, i) =>
    moveClock(String(each), String(times[i] ?? ''), minutesOf(offset) - minutesOf(own)),
  );
  return {
    ...attributes,
    [date]: { vr: 'DA', Value: moved.map(([day]) => day) },
    [time]: { vr: 'TM', Value: moved.map(([, clock]) => clock) },
  };
}

/** `YYYYMMDD` and `HHMM…`, later by the minutes. Older files have separators in both. */
function moveClock(date: string, time: string, minutes: number): [date: string, time: string] {
  const [, year, month, day] = /^(\d{4})\.?(\d\d)\.?(\d\d)$/.exec(date.trim()) ?? [];
  const [, hour, minute, rest = ''] = /^(\d\d):?(\d\d)(.*)$/.exec(time.trim()) ?? [];
  if (!year || !hour) return [date, time];
  const moved = new Date(
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute) + minutes),
  );
  const digits = moved.toISOString().replaceAll(/[-:T]/g, '');
  return [digits.slice(0, 8), digits.slice(8, 12) + rest];
}
