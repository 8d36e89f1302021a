import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { archiveOf } from '../../lib/domain/archive.ts';
import { patientOfCase } from '../../lib/domain/case.ts';
import { CATEGORY_LABELS } from '../../lib/domain/category.ts';
import { describeIssues } from '../../lib/domain/describe-issues.ts';
import { DomainError, type ErrorCode } from '../../lib/domain/errors.ts';
import { type Image, storedFileName } from '../../lib/domain/image.ts';
import { Limits } from '../../lib/domain/limits.ts';
import { newImage } from '../../lib/domain/new-image.ts';
import { isWelcome, RECORD_TYPES, requireFileCount, requireUploadable } from '../../lib/domain/upload.ts';

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

test('The categories are the clinic’s twenty-three, and other', () => {
  expect(Object.keys(CATEGORY_LABELS)).toHaveLength(24);
  for (const [value, label] of Object.entries(CATEGORY_LABELS)) {
    expect(value).toBe(label.toLowerCase().replace(/[ -]/g, '_'));
  }
});

describe('A file before its upload', () => {
  const check = (...files: { mimeType: string; fileSize: number }[]) =>
    refusal(() => requireUploadable(files, limits, (index, field) => `files[${index}].${field}`));

  test('may be as large as the limit, to the byte', () => {
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

  test('may be a scan or a document only at the doors that take those', () => {
    for (const mimeType of ['image/bmp', 'application/pdf']) {
      expect(check({ mimeType, fileSize: 1 })?.code).toBe('UNSUPPORTED_MEDIA_TYPE');
      const ofRecords = () => requireUploadable([{ mimeType, fileSize: 1 }], limits, String, RECORD_TYPES);
      expect(refusal(ofRecords)).toBeUndefined();
    }
  });

  test('must have been announced where not every door takes its type', () => {
    expect(isWelcome('image/png', 'image/jpeg')).toBe(true);
    expect(isWelcome('application/pdf', 'application/pdf')).toBe(true);
    expect(isWelcome('application/pdf', 'image/jpeg')).toBe(false);
  });

  test('comes with at most two hundred others', () => {
    expect(refusal(() => requireFileCount(200, limits))).toBeUndefined();
    expect(refusal(() => requireFileCount(201, limits))?.code).toBe('BAD_REQUEST');
  });
});

describe("The patient of a case's image", () => {
  const known = { id: 'C-1', patientId: 'P-1001' };

  test("is a patient's own, whatever they leave out", () => {
    expect(patientOfCase(patient, undefined, undefined)).toBe('P-1001');
    expect(patientOfCase(patient, known, 'P-1001')).toBe('P-1001');
  });

  test("is refused to a patient in another's name or case, as if it did not exist", () => {
    expect(refusal(() => patientOfCase(patient, undefined, 'P-1002'))?.code).toBe('NOT_FOUND');
    expect(refusal(() => patientOfCase(patient, { id: 'C-1', patientId: 'P-1002' }, undefined))?.code).toBe(
      'NOT_FOUND',
    );
  });

  test("is the case's where staff name nobody, and must be named for a new case", () => {
    expect(patientOfCase(staff, known, undefined)).toBe('P-1001');
    expect(refusal(() => patientOfCase(staff, undefined, undefined))?.code).toBe('BAD_REQUEST');
  });

  test('can be no second one', () => {
    expect(refusal(() => patientOfCase(staff, known, 'P-1002'))?.code).toBe('CONFLICT');
  });
});

describe('What goes into an archive', () => {
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

  test('is all that is ready', () => {
    const images = [image('1'), image('2', { status: 'pending' }), image('3', { status: 'rejected' })];
    expect(archiveOf(batch, images, undefined, limits).map(({ id }) => id)).toEqual(['1']);
  });

  test('is never less than what was asked for', () => {
    for (const missing of [image('2', { status: 'pending' }), image('2', { batchId: 'another' })]) {
      expect(refusal(() => archiveOf(batch, [image('1'), missing], ['1', '2'], limits))?.code).toBe(
        'NOT_FOUND',
      );
    }
    expect(refusal(() => archiveOf(batch, [], undefined, limits))?.code).toBe('NOT_FOUND');
  });

  test('holds an image once, however often it is asked for', () => {
    expect(archiveOf(batch, [image('1'), image('1')], ['1', '1'], limits)).toHaveLength(1);
  });

  test('is at most what can be streamed', () => {
    const small = { ...limits, zipBytes: 20 };
    expect(archiveOf(batch, [image('1'), image('2')], undefined, small)).toHaveLength(2);
    expect(
      refusal(() => archiveOf(batch, [image('1'), image('2'), image('3')], undefined, small))?.code,
    ).toBe('PAYLOAD_TOO_LARGE');
  });
});

describe('A stored file name', () => {
  test('is what was given, up to 255 characters', () => {
    expect(storedFileName('Ferse links.JPG')).toBe('Ferse links.JPG');
    expect(storedFileName(`${'x'.repeat(300)}.jpeg`)).toBe(`${'x'.repeat(250)}.jpeg`);
  });

  test('is not cut in the middle of a character', () => {
    const name = storedFileName(`${'x'.repeat(250)}${'🦶'.repeat(20)}.jpg`);
    expect(name.isWellFormed()).toBe(true);
    expect(name.endsWith('.jpg')).toBe(true);
  });
});

describe('What is wrong with a request is said field by field', () => {
  const schema = z.strictObject({
    id: z.uuid(),
    count: z.int().min(1),
    kind: z.enum(['a', 'b']),
    tags: z.array(z.string()).max(1),
  });
  const faultsOf = (input: unknown) =>
    describeIssues(schema.safeParse(input, { reportInput: true }).error as z.ZodError);

  test.each([
    [{ id: 'x', count: 1, kind: 'a', tags: [] }, 'id must be a valid UUID; received "x"'],
    [{ count: 1, kind: 'a', tags: [] }, 'id is required'],
    [{ id: crypto.randomUUID(), count: 0, kind: 'a', tags: [] }, 'count must be at least 1; received 0'],
    [{ id: crypto.randomUUID(), count: '1', kind: 'a', tags: [] }, 'count must be a number; received "1"'],
    [{ id: crypto.randomUUID(), count: 1, kind: 'c', tags: [] }, 'kind must be one of a, b; received "c"'],
    [{ id: crypto.randomUUID(), count: 1, kind: 'a', tags: ['', ''] }, 'tags must be at most 1 items long'],
    [{ id: crypto.randomUUID(), count: 1, kind: 'a', tags: [1] }, 'tags[0] must be a string; received 1'],
    [{ id: crypto.randomUUID(), count: 1, kind: 'a', tags: [], more: 1 }, 'more is not a known field'],
    [[], 'body must be an object; received an array'],
  ])('%j: %s', (input, fault) => {
    expect(faultsOf(input)).toEqual([fault]);
  });
});
