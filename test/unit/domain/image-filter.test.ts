import { describe, expect, test } from 'vitest';
import { type ImageFilter, matchesFilter } from '../../../lib/domain/images/image-filter.ts';
import { dayOf } from '../../../lib/domain/images/local-time.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';

const image = {
  ...newImage(
    { id: 'i', patientId: 'P', batchId: 'b', fileName: 'Knöchel.JPG', mimeType: 'image/jpeg', fileSize: 1 },
    { role: 'doctor', subject: 'd' },
    new Date('2025-11-06T23:30:00Z'),
  ),
  caption: 'Linker Schuh',
};

test('The day of an image is the one that a person entered, else the camera’s, else that of its upload', () => {
  expect(dayOf(image)).toBe('2025-11-06');
  // By the clock of the camera: in Greenwich it was the sixth at that moment.
  const taken = { ...image, capturedLocal: '2025-11-05T23:30:00', captureOffset: '-02:00' };
  expect(dayOf(taken)).toBe('2025-11-05');
  expect(dayOf({ ...taken, dateTaken: '2024-01-01' })).toBe('2024-01-01');
});

test.each([
  ['Pacific/Auckland', '2025-11-07T12:30:00', '2025-11-07'],
  ['America/New_York', '2025-11-06T18:30:00', '2025-11-06'],
])('An upload has the day of the time zone of a clinic in %s', (timeZone, uploadedLocal, day) => {
  const uploaded = newImage(
    image,
    { role: 'doctor', subject: 'd' },
    new Date('2025-11-06T23:30:00Z'),
    timeZone,
  );
  expect(uploaded).toMatchObject({ uploadedAt: '2025-11-06T23:30:00.000Z', uploadedLocal });
  expect(dayOf(uploaded)).toBe(day);
});

test('The capture time that a person gives replaces that of the file, and its offset too', () => {
  const file = { capturedLocal: '2024-01-01T00:00:00', captureOffset: '-05:00' };
  const given = { ...image, ...file, capturedAt: '2025-11-06T00:30' };
  const made = newImage(given, { role: 'doctor', subject: 'd' }, new Date());
  expect(made).toMatchObject({ capturedLocal: '2025-11-06T00:30:00', captureOffset: undefined });
  expect(made).not.toHaveProperty('capturedAt');
  const { capturedAt: _capturedAt, ...silent } = given;
  expect(newImage(silent, { role: 'doctor', subject: 'd' }, new Date())).toMatchObject(file);
});

describe('An image matches a filter', () => {
  test.each<[ImageFilter, boolean]>([
    [{}, true],
    [{ category: 'other' }, true],
    [{ category: 'casts' }, false],
    [{ dateFrom: '2025-11-06', dateTo: '2025-11-06' }, true],
    [{ dateFrom: '2025-11-07' }, false],
    [{ dateTo: '2025-11-05' }, false],
    [{ text: 'SCHUH' }, true],
    [{ text: 'kno\u0308chel.jpg' }, true],
    [{ text: 'Ferse' }, false],
    [{ text: 'schuh', category: 'casts' }, false],
  ])('%j: %s', (filter, expected) => {
    expect(matchesFilter(filter)(image)).toBe(expected);
  });
});
