import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { imageListKey } from '../../../lib/data/keys.ts';
import { TakenAt } from '../../../lib/domain/identifiers.ts';
import { matchesFilter } from '../../../lib/domain/images/image-filter.ts';
import { capturedAtOf, captureTimeOf, dayOf, shownTimeOf } from '../../../lib/domain/images/local-time.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { describeDay, describeTime } from '../../../web/src/parts/format.ts';

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

test.each([
  // As it was given, its local time, its offset, and as a timestamp.
  ['2025-11-06T00:30:00+02:00', '2025-11-06T00:30:00', '+02:00', '2025-11-06T00:30:00+02:00'],
  ['2025-11-06T10:00:00Z', '2025-11-06T10:00:00', '+00:00', '2025-11-06T10:00:00Z'],
  ['2025-11-06T10:00:00-00:00', '2025-11-06T10:00:00', '-00:00', '2025-11-06T10:00:00-00:00'],
  ['2025-11-06T10:00:00', '2025-11-06T10:00:00', undefined, '2025-11-06T10:00:00Z'],
  ['2025-11-06T10:00', '2025-11-06T10:00:00', undefined, '2025-11-06T10:00:00Z'],
  ['2025-11-06T10:00:00.25-03:30', '2025-11-06T10:00:00.250', '-03:30', '2025-11-06T10:00:00.250-03:30'],
  ['2025-11-06T10:00:00.1239999', '2025-11-06T10:00:00.123', undefined, '2025-11-06T10:00:00.123Z'],
])('%s keeps its local time and its offset', (given, capturedLocal, captureOffset, timestamp) => {
  const taken = captureTimeOf(TakenAt.parse(given));
  expect(taken).toEqual({ capturedLocal, captureOffset });
  expect(capturedAtOf(taken)).toBe(timestamp);
});

test.each(['2025-11-06', '2025-11-06T25:00:00', '2025-02-30T10:00:00', 'yesterday'])(
  '"%s" is not a time of capture',
  (given) => {
    expect(TakenAt.safeParse(given).error?.issues[0]?.message).toBe('must be an ISO 8601 time');
  },
);

const ZONES = ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Australia/Adelaide', 'Europe/Athens'];
const OFFSETS = [undefined, 'Z', '+14:00', '-11:00', '+05:45', '-00:30'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number: number) => String(number).padStart(2, '0');
const local = fc
  .record({
    year: fc.integer({ min: 1990, max: 2090 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
    time: fc.constantFrom('00:00:00', '00:30:00', '02:30:00', '12:00:00', '23:30:00', '23:59:59'),
    fraction: fc.option(fc.integer({ min: 0, max: 999 }), { nil: undefined }),
  })
  .map(({ year, month, day, time, fraction }) => ({
    day: `${year}-${two(month)}-${two(day)}`,
    time: `${time}${fraction === undefined ? '' : `.${String(fraction).padStart(3, '0')}`}`,
    // The date format depends on the locale, but names these parts in each of English.
    words: [MONTHS[month - 1] as string, String(day), String(year)],
  }));

test('The day shown, searched and sorted by is that of the camera, whatever the time zones of server and browser', () => {
  fc.assert(
    fc.property(
      local,
      fc.constantFrom(...OFFSETS),
      fc.constantFrom(...ZONES),
      fc.constantFrom(...ZONES),
      fc.constantFrom(...ZONES),
      ({ day, time, words }, offset = '', server, clinic, browser) => {
        process.env.TZ = server;
        expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(server);
        const image = newImage(
          {
            id: 'i',
            caseId: 'C-1',
            fileName: 'a.jpg',
            mimeType: 'image/jpeg',
            fileSize: 1,
            capturedAt: `${day}T${time}${offset}`,
          },
          { role: 'doctor', subject: 'd' },
          new Date(),
          clinic,
        );
        expect(dayOf(image)).toBe(day);
        expect(matchesFilter({ dateFrom: day, dateTo: day })(image)).toBe(true);
        expect(imageListKey(image).gsi1sk).toBe(`${day}T${time}#i`);
        process.env.TZ = browser;
        for (const shown of [describeDay(image), describeTime(image)]) {
          expect(shown).toMatch(/^captured /);
          expect(shown.match(/\w+/g)).toEqual(expect.arrayContaining(words));
        }
        expect(describeTime(image)).toContain(time.slice(3, 5));
      },
    ),
  );
});

test('Without a time of capture it is the day of the upload in the time zone of the clinic, and says so', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.constantFrom(...ZONES), (server, browser) => {
      process.env.TZ = server;
      const given = { id: 'i', fileName: 'a.jpg', mimeType: 'image/jpeg', fileSize: 1 };
      const now = new Date('2025-11-06T23:30:00Z');
      const image = newImage(given, { role: 'doctor', subject: 'd' }, now, 'Pacific/Auckland');
      expect(shownTimeOf(image)).toBe('2025-11-07T12:30:00');
      process.env.TZ = browser;
      expect(describeDay(image).match(/\w+/g)).toEqual(
        expect.arrayContaining(['uploaded', 'Nov', '7', '2025']),
      );
    }),
  );
});

test('Times with and without milliseconds sort as text in the order of time', () => {
  const times = ['10:00:00', '10:00:00.001', '10:00:00.010', '10:00:00.900', '10:00:01'];
  const keyOf = (time: string, index: number) =>
    imageListKey({
      id: String(9 - index),
      order: 0,
      caseId: 'C-1',
      capturedLocal: `2025-11-06T${time}`,
      uploadedLocal: '',
    }).gsi1sk;
  const keys = times.map(keyOf);
  expect(keys.toSorted()).toEqual(keys);
});
