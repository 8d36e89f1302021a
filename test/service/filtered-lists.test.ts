import { v7 } from 'uuid';
import { beforeAll, describe, expect, test } from 'vitest';
import { FILTERED_BUDGET } from '../../lib/data/dynamodb/page.ts';
import type { Image } from '../../lib/domain/images/image.ts';
import { newImage } from '../../lib/domain/images/new-image.ts';
import { directAccess } from '../support/direct-access.ts';
import { PATIENT_1 } from '../support/people.ts';
import { type Client, createBatch, useService } from '../support/service.ts';

const service = useService();
let doctor: Client;
let batch: string;
let images: Image[];

/** Every 400th is called `heel`, in a batch of a bit more than two read limits. */
beforeAll(async () => {
  doctor = await service.as('doctor');
  const direct = await directAccess(service);
  batch = await createBatch(doctor);
  // On a day of their own: the list of a day's uploads has only its last thousand, which another test reads.
  const tomorrow = new Date(Date.now() + 86_400_000);
  const facts = { patientId: PATIENT_1, batchId: batch, mimeType: 'image/jpeg', fileSize: 1 };
  images = Array.from({ length: 2 * FILTERED_BUDGET + 50 }, (_value, order) =>
    newImage(
      { ...facts, id: v7(), order, fileName: order % 400 === 399 ? `heel-${order}.jpg` : 'toe.jpg' },
      { role: 'doctor', subject: 'd' },
      tomorrow,
    ),
  );
  await direct.imageIntake.createPending(images);
});

async function* pages(query: string) {
  let cursor = '';
  do {
    const page = await doctor.json('GET', `/api/images/?batch_id=${batch}&${query}${cursor}`, 200);
    yield page.images.map(({ original_name }: { original_name: string }) => original_name) as string[];
    cursor = page.next && `&cursor=${page.next}`;
  } while (cursor);
}

describe('A list with a filter that matches few images', () => {
  test('reads at most a thousand images for each page, and finds all matches in the end', async () => {
    const found = await Array.fromAsync(pages('q=heel'));
    expect(found).toEqual([
      ['heel-399.jpg', 'heel-799.jpg'],
      ['heel-1199.jpg', 'heel-1599.jpg', 'heel-1999.jpg'],
      [],
    ]);
  });

  test('has full pages where there are enough matches', async () => {
    const found = await Array.fromAsync(pages('q=heel&limit=1'));
    expect(found.filter(({ length }) => length > 0).map(([name]) => name)).toEqual([
      'heel-399.jpg',
      'heel-799.jpg',
      'heel-1199.jpg',
      'heel-1599.jpg',
      'heel-1999.jpg',
    ]);
    const toes = await Array.fromAsync(pages('q=toe&limit=200'));
    expect(toes.slice(0, -1).every(({ length }) => length === 200)).toBe(true);
    expect(toes.flat()).toHaveLength(images.length - 5);
  });
});
