import fc from 'fast-check';
import { v7 as newId } from 'uuid';
import { beforeAll, expect, test } from 'vitest';
import { Batches } from '../../lib/data/batches.ts';
import { Cases } from '../../lib/data/cases.ts';
import { DeletedImages } from '../../lib/data/deleted-images.ts';
import { Images } from '../../lib/data/images.ts';
import { deletionBy } from '../../lib/domain/deletion.ts';
import { DomainError } from '../../lib/domain/errors.ts';
import type { Image } from '../../lib/domain/images/image.ts';
import { newImage } from '../../lib/domain/images/new-image.ts';
import { Limits } from '../../lib/domain/limits/limits.ts';
import { useOwnDatabase } from '../support/own-database.ts';
import { PATIENT_1 } from '../support/people.ts';

const database = useOwnDatabase();
let own: { images: Images; deletedImages: DeletedImages; batches: Batches; cases: Cases };
beforeAll(() => {
  const { table } = database;
  own = {
    images: new Images(table),
    deletedImages: new DeletedImages(table),
    batches: new Batches(table),
    cases: new Cases(table),
  };
});

const doctor = { role: 'doctor', subject: 'd' } as const;
const facts = (image: Image) => ({
  mimeType: 'image/png',
  fileSize: 1,
  crc32: 'AAAAAA==',
  width: 1,
  height: 1,
  thumbnailBytes: 1,
  hasPreview: false,
  key: `images/${image.id}.png`,
});

/** All events of an image, any number of times and in any order. */
const Step = fc.record({
  image: fc.nat(99),
  what: fc.oneof(
    { weight: 40, arbitrary: fc.constant('arrive') },
    { weight: 5, arbitrary: fc.constant('reject') },
    { weight: 20, arbitrary: fc.constant('delete') },
    { weight: 20, arbitrary: fc.constant('restore') },
    { weight: 3, arbitrary: fc.constant('erase') },
    { weight: 10, arbitrary: fc.constant('relabel') },
    { weight: 1, arbitrary: fc.constant('delete batch') },
    { weight: 3, arbitrary: fc.constant('restore batch') },
  ),
});

const deletion = () => deletionBy(doctor, new Date(), Limits.parse({}));

/** As requests do: each step looks, and then changes what it saw. */
async function take({ images, deletedImages, batches }: typeof own, image: Image, what: string) {
  const { id, batchId = '' } = image;
  switch (what) {
    case 'arrive':
      return images.markReady(image, facts(image), new Date());
    case 'reject':
      return images.markRejected(image, 'no picture', new Date());
    case 'relabel':
      return images.change(image, { order: image.fileName.length }, new Date());
    case 'delete': {
      const seen = await images.get(id);
      return seen && images.delete(seen, deletion());
    }
    case 'restore': {
      const seen = await deletedImages.get(id, new Date());
      return seen && deletedImages.restore(seen, new Date()).catch(unlessConflict);
    }
    case 'erase': {
      const seen = await images.get(id);
      if (seen) return images.erase(seen);
      const deleted = await deletedImages.get(id, new Date());
      return deleted && deletedImages.erase(deleted).catch(unlessConflict);
    }
    case 'delete batch': {
      const seen = await batches.get(batchId);
      if (!seen) return;
      await batches.delete(seen, deletion());
      return images.deleteAllIn(batchId, deletion());
    }
    default:
      return restoreBatch(batchId);
  }
}

async function restoreBatch(batchId: string) {
  const { batches, deletedImages } = own;
  const seen = await batches.getDeleted(batchId, new Date());
  if (!seen) return;
  await batches.restore(seen, new Date());
  await deletedImages.restoreAllOf(batchId, new Date());
}

function unlessConflict(error: unknown) {
  if (!(error instanceof DomainError && error.code === 'CONFLICT')) throw error;
}

/** A hundred pending images. */
const newImages = (place: { batchId: string } | { caseId: string }) =>
  Array.from({ length: 100 }, (_value, i) => {
    const known = { id: newId(), patientId: PATIENT_1, fileName: `${i}.png` };
    return { ...newImage({ ...known, mimeType: 'image/png', fileSize: 1 }, doctor, new Date()), ...place };
  });

/**
 * Runs this number of steps with the images that `begin` creates, sixteen at a time, and compares the result
 * of `counted`.
 */
const holds = (
  length: number,
  begin: (id: string) => Promise<Image[]>,
  counted: (id: string) => Promise<{ count: number | undefined; left: Image[] }>,
) => {
  const steps = fc.array(Step, { minLength: length, maxLength: length, size: 'max' });
  const property = fc.asyncProperty(steps, async (script) => {
    const id = newId();
    const all = await begin(id);
    const waiting = [...script];
    const worker = async () => {
      for (let step = waiting.pop(); step; step = waiting.pop())
        await take(own, all[step.image] as Image, step.what);
    };
    await Promise.all(Array.from({ length: 16 }, worker));

    const { count, left } = await counted(id);
    expect(count).toBe(left.filter(({ status }) => status === 'ready').length);
  });
  return fc.assert(property, { numRuns: 1, endOnFailure: true });
};

const LONG = { timeout: 300_000 };

test('The count of a batch is right after two thousand steps, sixteen at a time', LONG, async () => {
  const begin = async (id: string) => {
    const createdAt = new Date().toISOString();
    const known = { patientId: PATIENT_1, name: 'x', imageCount: 0 };
    await own.batches.create({ id, ...known, createdAt, updatedAt: createdAt });
    const all = newImages({ batchId: id });
    await own.images.createPending(all, new Date(Date.now() + 60_000));
    return all;
  };
  await holds(2000, begin, async (id) => {
    await restoreBatch(id);
    return {
      count: (await own.batches.get(id))?.imageCount,
      left: await Array.fromAsync(own.images.allInBatch(id)),
    };
  });
});

test('The count of a case is right after a thousand', LONG, async () => {
  const begin = async (caseId: string) => {
    const all = newImages({ caseId });
    await own.images.createPending(all, new Date(Date.now() + 60_000));
    return all;
  };
  await holds(1000, begin, async (caseId) => {
    const { items } = await own.cases.listOfPatient(PATIENT_1, { limit: 100 });
    return {
      // A case without an image is in no list.
      count: items.find(({ id }) => id === caseId)?.imageCount ?? 0,
      left: (await own.images.listInCase(caseId, { limit: 200 })).items,
    };
  });
});
