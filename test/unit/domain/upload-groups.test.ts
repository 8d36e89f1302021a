import { expect, test } from 'vitest';
import type { Image } from '../../../lib/domain/images/image.ts';
import { groupUploads } from '../../../lib/domain/images/upload-groups.ts';

const image = (own: Partial<Image>): Image => ({
  id: crypto.randomUUID(),
  patientId: 'P-1',
  fileName: 'a.jpg',
  mimeType: 'image/jpeg',
  fileSize: 1,
  hasPreview: false,
  eyeSide: 'unknown',
  category: 'other',
  caption: '',
  order: 0,
  status: 'ready',
  uploadedAt: '2026-11-29T09:00:00.000Z',
  uploadedLocal: '2026-11-29T10:00:00',
  uploadedBy: 'sam',
  source: 'clinic',
  updatedAt: '2026-11-29T09:00:00.000Z',
  ...own,
});

test('A visit of many images is one line for each person who uploads, with what waits and what was refused; the last upload is first', () => {
  const later = '2026-11-29T10:00:00.000Z';
  const groups = groupUploads([
    image({ batchId: 'b1' }),
    image({ batchId: 'b1', status: 'pending' }),
    image({ batchId: 'b1', status: 'scanning' }),
    image({ batchId: 'b1', status: 'rejected' }),
    image({ batchId: 'b1', uploadedBy: 'dana', uploadedAt: later }),
    image({ caseId: 'C-7', status: 'expired' }),
  ]);
  expect(
    groups.map(({ kind, id, uploadedBy, images, pending, refused }) => [
      kind,
      id,
      uploadedBy,
      images,
      pending,
      refused,
    ]),
  ).toEqual([
    ['batch', 'b1', 'dana', 1, 0, 0],
    ['batch', 'b1', 'sam', 4, 2, 1],
    ['case', 'C-7', 'sam', 1, 0, 1],
  ]);
  expect(groups[0]?.lastAt).toBe(later);
});

test('Images of records are one line for each patient, and one for each image without a patient', () => {
  const groups = groupUploads([
    image({}),
    image({}),
    image({ id: 'x', patientId: undefined }),
    image({ id: 'y', patientId: undefined }),
  ]);
  expect(groups.map(({ patientId, images }) => [patientId, images])).toEqual([
    ['P-1', 2],
    [undefined, 1],
    [undefined, 1],
  ]);
});
