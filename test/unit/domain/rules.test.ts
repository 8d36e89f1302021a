import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { isStreamable, selectForArchive } from '../../../lib/domain/batches/archive.ts';
import { patientOfCase } from '../../../lib/domain/cases/case.ts';
import { DomainError, type ErrorCode } from '../../../lib/domain/errors.ts';
import { DEFAULT_CATEGORIES } from '../../../lib/domain/images/default-categories.ts';
import { type Image, requireInline, storedFileName } from '../../../lib/domain/images/image.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { Limits } from '../../../lib/domain/limits/limits.ts';
import { RECORD_TYPES, requireFileCount, requireUploadable } from '../../../lib/domain/uploads/upload.ts';
import { describeIssues } from '../../../lib/lambda/http/describe-issues.ts';

const limits = Limits.parse({});
const staff = { role: 'staff', subject: 's' } as const;
const patient = { role: 'patient', subject: 'p', patientId: 'P-1001' } as const;
const refusal = (work: () => unknown): { code: ErrorCode; details: readonly string[] } | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
};

test('The categories are the twenty-three of the clinic, and "other"', () => {
  const labels = DEFAULT_CATEGORIES.flatMap(({ categories }) => Object.entries(categories));
  expect(labels).toHaveLength(24);
  for (const [value, label] of labels) {
    expect(value).toBe(label.toLowerCase().replace(/[ -]/g, '_'));
  }
});

describe('A file before its upload', () => {
  const check = (...files: { mimeType: string; fileSize: number }[]) =>
    refusal(() => requireUploadable(files, limits, (index, field) => `files[${index}].${field}`));

  test('may have the size of the limit, to the byte', () => {
    expect(check({ mimeType: 'image/png', fileSize: limits.imageBytes })).toBeUndefined();
    expect(check({ mimeType: 'image/png', fileSize: limits.imageBytes + 1 })?.code).toBe('PAYLOAD_TOO_LARGE');
  });

  test('must be of a type that can become an image', () => {
    const { code, details } =
      check({ mimeType: 'image/png', fileSize: 1 }, { mimeType: 'image/svg+xml', fileSize: 1 }) ?? {};
    expect(code).toBe('UNSUPPORTED_MEDIA_TYPE');
    expect(details).toEqual([
      expect.stringMatching(/^files\[1\]\.mimeType must be one of image\/jpeg, .*received image\/svg\+xml$/),
    ]);
  });

  test('may be a scan or a document, and a record takes fewer types', () => {
    for (const mimeType of ['image/bmp', 'application/pdf']) {
      expect(check({ mimeType, fileSize: 1 })).toBeUndefined();
    }
    const ofRecords = (mimeType: string) => () =>
      requireUploadable([{ mimeType, fileSize: 1 }], limits, String, RECORD_TYPES);
    expect(refusal(ofRecords('application/pdf'))).toBeUndefined();
    expect(refusal(ofRecords('image/gif'))?.code).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  test('may be HEIC only in a clinic that takes it', () => {
    const file = { mimeType: 'image/heic', fileSize: 1 };
    expect(check(file)).toBeUndefined();
    const without = refusal(() => requireUploadable([file], { ...limits, acceptHeic: false }, String));
    expect(without?.code).toBe('UNSUPPORTED_MEDIA_TYPE');
    expect(without?.details[0]).not.toMatch(/one of.*heic.*;/);
  });

  test('may be sent with at most two hundred others', () => {
    expect(refusal(() => requireFileCount(200, limits))).toBeUndefined();
    expect(refusal(() => requireFileCount(201, limits))?.code).toBe('BAD_REQUEST');
  });
});

describe("The patient of a case's image", () => {
  const known = { id: 'C-1', patientId: 'P-1001', usedByPatientOnly: false, imageCount: 1 };

  test('is the patient who calls, if the request names none', () => {
    expect(patientOfCase(patient, undefined, undefined)).toBe('P-1001');
    expect(patientOfCase(patient, known, 'P-1001')).toBe('P-1001');
  });

  test('is refused to a patient in another patient’s name or case, as if it did not exist', () => {
    expect(refusal(() => patientOfCase(patient, undefined, 'P-1002'))?.code).toBe('NOT_FOUND');
    expect(refusal(() => patientOfCase(patient, { ...known, patientId: 'P-1002' }, undefined))?.code).toBe(
      'NOT_FOUND',
    );
  });

  test('is the patient of the case if staff name nobody, and must be named for a new case', () => {
    expect(patientOfCase(staff, known, undefined)).toBe('P-1001');
    expect(refusal(() => patientOfCase(staff, undefined, undefined))?.code).toBe('BAD_REQUEST');
  });

  test('is not taken from a case that a patient opened, or that has no image yet', () => {
    for (const unsure of [
      { ...known, usedByPatientOnly: true },
      { ...known, expiresAt: 4_000_000_000 },
    ]) {
      expect(refusal(() => patientOfCase(staff, unsure, undefined))?.code).toBe('BAD_REQUEST');
      expect(patientOfCase(staff, unsure, 'P-1001')).toBe('P-1001');
    }
  });

  test('can not be a second one', () => {
    expect(refusal(() => patientOfCase(staff, known, 'P-1002'))?.code).toBe('CONFLICT');
  });
});

describe('The content of an archive', () => {
  const batch = { id: 'b', patientId: 'P', name: 'B', imageCount: 0, createdAt: '', updatedAt: '' };
  const image = (id: string, changes: Partial<Image> = {}): Image => ({
    ...newImage(
      { id, patientId: 'P', batchId: 'b', fileName: 'x', mimeType: 'image/png', fileSize: 10 },
      staff,
      new Date(),
    ),
    status: 'ready',
    key: 'k',
    crc32: 'AAAAAA==',
    ...changes,
  });

  test('is every ready image', () => {
    const images = [image('1'), image('2', { status: 'pending' }), image('3', { status: 'rejected' })];
    expect(selectForArchive(batch, images, undefined).map(({ id }) => id)).toEqual(['1']);
  });

  test('is never less than the request names', () => {
    for (const missing of [image('2', { status: 'pending' }), image('2', { batchId: 'another' })]) {
      expect(refusal(() => selectForArchive(batch, [image('1'), missing], ['1', '2']))?.code).toBe(
        'NOT_FOUND',
      );
    }
    expect(refusal(() => selectForArchive(batch, [], undefined))?.code).toBe('NOT_FOUND');
  });

  test('has an image once, however often the request names it', () => {
    expect(selectForArchive(batch, [image('1'), image('1')], ['1', '1'])).toHaveLength(1);
  });

  test('is streamed up to the limit, to the byte', () => {
    const ready = selectForArchive(batch, [image('1'), image('2')], undefined);
    expect(isStreamable(ready, { ...limits, zipBytes: 20 })).toBe(true);
    expect(isStreamable(ready, { ...limits, zipBytes: 19 })).toBe(false);
  });
});

test('An archive has the order of the list, for any order of the request', () => {
  const batch = { id: 'b', patientId: 'P', name: 'B', imageCount: 0, createdAt: '', updatedAt: '' };
  const of = (id: string, order: number) => ({
    ...newImage(
      { id, patientId: 'P', batchId: 'b', fileName: 'x', mimeType: 'image/png', fileSize: 10, order },
      staff,
      new Date(),
    ),
    status: 'ready' as const,
  });
  const ids = (...images: Image[]) => selectForArchive(batch, images, undefined).map(({ id }) => id);
  expect(ids(of('2', 0), of('1', 0), of('0', 1))).toEqual(['1', '2', '0']);
});

test('An original is part of JSON only if it fits', () => {
  const image = (fileSize: number) => ({
    ...newImage(
      { id: '1', patientId: 'P', fileName: 'x', mimeType: 'image/png', fileSize },
      staff,
      new Date(),
    ),
    status: 'ready' as const,
    key: 'k',
    crc32: 'AAAAAA==',
  });
  expect(refusal(() => requireInline(image(4_400_000)))).toBeUndefined();
  expect(refusal(() => requireInline(image(4_400_001)))).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
});

describe('A stored file name', () => {
  test('is the given one, up to 255 characters', () => {
    expect(storedFileName('Ferse links.JPG')).toBe('Ferse links.JPG');
    expect(storedFileName(`${'x'.repeat(300)}.jpeg`)).toBe(`${'x'.repeat(250)}.jpeg`);
  });

  test('is not cut in the middle of a character', () => {
    const name = storedFileName(`${'x'.repeat(250)}${'🦶'.repeat(20)}.jpg`);
    expect(name.isWellFormed()).toBe(true);
    expect(name.endsWith('.jpg')).toBe(true);
  });
});

describe('Each wrong field of a request is named', () => {
  const schema = z.strictObject({
    id: z.uuid(),
    count: z.int().min(1),
    kind: z.enum(['a', 'b']),
    tags: z.array(z.string()).max(1),
  });
  const faultsOf = (input: unknown) =>
    describeIssues(schema.safeParse(input, { reportInput: true }).error as z.ZodError);

  test.each([
    [{ id: 'x', count: 1, kind: 'a', tags: [] }, 'id must be a valid UUID'],
    [{ count: 1, kind: 'a', tags: [] }, 'id is required'],
    [{ id: crypto.randomUUID(), count: 0, kind: 'a', tags: [] }, 'count must be at least 1; received 0'],
    [{ id: crypto.randomUUID(), count: '1', kind: 'a', tags: [] }, 'count must be a number; received "1"'],
    [{ id: crypto.randomUUID(), count: 1, kind: 'c', tags: [] }, 'kind must be one of a, b; received "c"'],
    [{ id: crypto.randomUUID(), count: 1, kind: 'a', tags: ['', ''] }, 'tags must be at most 1 items long'],
    [{ id: crypto.randomUUID(), count: 1, kind: 'a', tags: [1] }, 'tags[0] must be a string; received 1'],
    [{ id: crypto.randomUUID(), count: 1, kind: 'a', tags: [], more: 1 }, 'more is not a known field'],
    [[], 'body must be an object; received an array'],
    [
      { id: crypto.randomUUID(), count: Number.POSITIVE_INFINITY, kind: 'a', tags: [] },
      'count must be a number; received Infinity',
    ],
  ])('%j: %s', (input, fault) => {
    expect(faultsOf(input)).toEqual([fault]);
  });

  test('up to fifty: more are not read, and the answer has a maximum size', () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_value, i) => [`x${i}`, 0]));
    expect(faultsOf(many)).toHaveLength(51);
    expect(faultsOf({ ['x'.repeat(1_000_000)]: 1 }).join('').length).toBeLessThan(1000);
  });
});
