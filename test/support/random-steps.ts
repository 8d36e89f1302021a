import fc from 'fast-check';
import { v7 as newId } from 'uuid';
import { expect } from 'vitest';
import { Batches } from '../../lib/data/batches.ts';
import { Cases } from '../../lib/data/cases.ts';
import { getMany } from '../../lib/data/dynamodb/batch-requests.ts';
import type { Table } from '../../lib/data/dynamodb/table.ts';
import { Exports } from '../../lib/data/exports.ts';
import { DeletedImages } from '../../lib/data/images/deleted-images.ts';
import { ImageDecisions } from '../../lib/data/images/image-decisions.ts';
import { ImageIntake } from '../../lib/data/images/image-intake.ts';
import { ImageMoves } from '../../lib/data/images/image-moves.ts';
import { ImageRemovals } from '../../lib/data/images/image-removals.ts';
import { ImageUpdates } from '../../lib/data/images/image-updates.ts';
import { Images } from '../../lib/data/images/images.ts';
import { imageKey, patientAmountKey } from '../../lib/data/keys.ts';
import { LegalHolds } from '../../lib/data/legal-holds.ts';
import { deletionBy } from '../../lib/domain/deletion.ts';
import { DomainError } from '../../lib/domain/errors.ts';
import { type Image, isReady } from '../../lib/domain/images/image.ts';
import { newImage } from '../../lib/domain/images/new-image.ts';
import { Limits } from '../../lib/domain/limits/limits.ts';
import { settleCase } from '../../lib/services/cases/settle-case.ts';
import { settleBatch } from '../../lib/services/images/settle-batch.ts';

/** The stores of a table, as functions get them. */
export function storesOf(table: Table) {
  return {
    table,
    images: new Images(table),
    imageIntake: new ImageIntake(table),
    imageDecisions: new ImageDecisions(table),
    imageRemovals: new ImageRemovals(table),
    imageUpdates: new ImageUpdates(table),
    deletedImages: new DeletedImages(table),
    imageMoves: new ImageMoves(table),
    legalHolds: new LegalHolds(table),
    batches: new Batches(table),
    cases: new Cases(table),
    exports: new Exports(table),
    now: () => new Date(),
  };
}

type Stores = ReturnType<typeof storesOf>;

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
const deletion = () => deletionBy(doctor, new Date(), Limits.parse({}));
const assignment = () => ({ by: 'd', at: new Date().toISOString(), reason: 'x' });

/** Two patients, with a batch and a case each, and pending images in all of them. */
interface World {
  patients: readonly [string, string];
  batches: readonly [string, string];
  cases: readonly [string, string];
  images: readonly string[];
}

async function newWorld(own: Stores, imagesEach: number): Promise<World> {
  const ids = () => [newId(), newId()] as const;
  const patients = [`P-${newId().toUpperCase()}`, `P-${newId().toUpperCase()}`] as const;
  const world = { patients, batches: ids(), cases: ids() };
  const createdAt = new Date().toISOString();
  const images = await Promise.all(
    world.patients.map(async (patientId, index) => {
      const batchId = world.batches[index] ?? '';
      await own.batches.create({
        id: batchId,
        patientId,
        name: 'x',
        imageCount: 0,
        createdAt,
        updatedAt: createdAt,
      });
      const places = [{ batchId }, { caseId: world.cases[index] ?? '' }];
      const created = places.flatMap((place) =>
        Array.from({ length: imagesEach }, (_value, i) => {
          const known = { id: newId(), patientId, fileName: `${i}.png`, mimeType: 'image/png', fileSize: 1 };
          return { ...newImage(known, doctor, new Date()), ...place };
        }),
      );
      await own.imageIntake.createPending(created);
      return created.map(({ id }) => id);
    }),
  );
  return { ...world, images: images.flat() };
}

const WEIGHTS = {
  arrive: 40,
  reject: 4,
  relabel: 8,
  delete: 16,
  restore: 16,
  erase: 2,
  hold: 4,
  release: 4,
  'move image': 12,
  'delete batch': 2,
  'restore batch': 4,
  'move batch': 4,
  'move case': 4,
};
/** One request or event, for one of the images or its patients. */
export const Step = fc.record({
  what: fc.oneof(
    ...Object.entries(WEIGHTS).map(([what, weight]) => ({
      weight,
      arbitrary: fc.constant(what as keyof typeof WEIGHTS),
    })),
  ),
  image: fc.nat(),
  /** A patient, a batch and a case. */
  side: fc.constantFrom(0, 1),
  place: fc.constantFrom('batch', 'case', 'none'),
});
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never;

/** As requests do: each step reads, and then changes what it read. */
async function perform(own: Stores, { what, image, side, place }: Step, world: World): Promise<unknown> {
  const { images, imageDecisions, imageRemovals, imageUpdates, imageMoves } = own;
  const { deletedImages, legalHolds, batches, cases, now } = own;
  const id = world.images[image % world.images.length] ?? '';
  const batchId = world.batches[side] ?? '';
  switch (what) {
    case 'arrive': {
      const found = await images.get(id);
      return found && imageDecisions.markReady(found, facts(found), now());
    }
    case 'reject': {
      const found = await images.get(id);
      return found && imageDecisions.markRejected(found, 'no picture', now());
    }
    case 'relabel': {
      const found = await images.get(id);
      return found && imageUpdates.change(found, { order: image % 7 }, now());
    }
    case 'delete': {
      const found = await images.get(id);
      return found && imageRemovals.delete(found, deletion());
    }
    case 'restore': {
      const found = await deletedImages.get(id, now());
      return found && deletedImages.restore(found, now());
    }
    case 'erase': {
      const found = await images.get(id);
      if (found) return imageRemovals.erase(found);
      const deleted = await deletedImages.get(id, now());
      return deleted && deletedImages.erase(deleted);
    }
    case 'hold':
    case 'release': {
      const found = await images.get(id);
      const hold = what === 'hold' ? assignment() : null;
      return found && isReady(found) && legalHolds.set(found, hold);
    }
    case 'move image': {
      const found = await images.get(id);
      if (!found || !isReady(found)) return;
      const batch = place === 'batch' ? await batches.get(batchId) : undefined;
      const known = place === 'case' ? await cases.get(world.cases[side] ?? '', now()) : undefined;
      if (place !== 'none' && !batch && !known) return;
      const patientId = (batch ?? known)?.patientId ?? world.patients[side] ?? '';
      return imageMoves.moveImage(found, { patientId, batchId: batch?.id, caseId: known?.id }, assignment());
    }
    case 'delete batch': {
      const found = await batches.get(batchId);
      const deleted = found && (await batches.delete(found, deletion()));
      return deleted && settleBatch(deleted, own);
    }
    case 'restore batch': {
      const found = await batches.getDeleted(batchId, now());
      const restored = found && (await batches.restore(found, now()));
      return restored && settleBatch(restored, own);
    }
    case 'move batch': {
      const found = await batches.get(batchId);
      const to = world.patients[image % 2] ?? '';
      const from = found?.patientId ?? '';
      const moved = found && (await batches.move(found, to, { ...assignment(), from }));
      return moved && settleBatch(moved, own);
    }
    case 'move case': {
      const found = await cases.get(world.cases[side] ?? '', now());
      const to = world.patients[image % 2] ?? '';
      const moved = found && (await cases.move(found, to, { ...assignment(), from: found.patientId }));
      return moved && settleCase(moved, own);
    }
  }
}

/** As the stream's function does after the last change. */
async function settle(own: Stores, { batches, cases }: World) {
  for (const id of batches) {
    const batch = await own.batches.find(id, new Date());
    if (batch?.unsettledSince) await settleBatch(batch, own);
  }
  for (const id of cases) {
    const known = await own.cases.get(id, new Date());
    if (known?.unsettledSince) await settleCase(known, own);
  }
}

const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id).sort();

/** What must be true whatever was done. */
async function check(own: Stores, { patients, batches, cases, images }: World) {
  const found = (await Promise.all(images.map((id) => own.images.get(id)))).filter(
    (image) => image !== undefined,
  );
  const deleted = await Promise.all(images.map((id) => own.deletedImages.get(id, new Date())));
  for (const image of deleted) expect(image && isReady(image as unknown as Image)).not.toBe(true);
  const isReadyIn = (place: Partial<Image>) => (image: Image) =>
    isReady(image) && image.batchId === place.batchId && image.caseId === place.caseId;

  for (const batchId of batches) {
    const batch = await own.batches.find(batchId, new Date());
    const listed = await Array.fromAsync(own.images.allInBatch(batchId));
    if (batch?.deletedAt) {
      expect(listed.filter(isReady)).toEqual([]);
      continue;
    }
    const inBatch = found.filter((image) => image.batchId === batchId);
    expect(idsOf(listed), 'the list of the batch').toEqual(idsOf(inBatch));
    expect(batch?.imageCount, 'the count of the batch').toBe(inBatch.filter(isReadyIn({ batchId })).length);
    expect(batch?.heldImages ?? 0).toBe(inBatch.filter(({ legalHold }) => legalHold).length);
    expect(inBatch.filter(({ patientId }) => patientId !== batch?.patientId)).toEqual([]);
  }
  for (const caseId of cases) {
    const known = await own.cases.get(caseId, new Date());
    const inCase = found.filter((image) => image.caseId === caseId);
    expect(idsOf(await Array.fromAsync(own.images.allInCase(caseId))), 'the list of the case').toEqual(
      idsOf(inCase),
    );
    expect(known?.imageCount ?? 0, 'the count of the case').toBe(inCase.filter(isReadyIn({ caseId })).length);
    const decided = inCase.filter(isReady);
    if (known) expect(decided.filter(({ patientId }) => patientId !== known.patientId)).toEqual([]);
  }
  await checkAmounts(own, patients, images);
  for (const patientId of patients) {
    const { items } = await own.images.listOfPatient(patientId, { limit: 200 });
    expect(idsOf(items), 'the list of the patient').toEqual(
      idsOf(found.filter((image) => image.patientId === patientId)),
    );
  }
}

/** What is moved is counted for its new patient. Of what was removed, the amounts wait for the stream, which these tests do not have. */
async function checkAmounts({ table }: Stores, patients: readonly string[], images: readonly string[]) {
  const items = await getMany(table, images.map(imageKey));
  const amounts = await getMany(table, patients.map(patientAmountKey));
  const removed = patients.map((patientId) => {
    const amount = amounts.find(({ pk }) => pk === patientAmountKey(patientId).pk);
    const files = Number(amount?.files) - items.filter((item) => item.patientId === patientId).length;
    expect(files, `the amount of ${patientId}`).toBeGreaterThanOrEqual(0);
    return files;
  });
  expect(removed.reduce((sum, files) => sum + files, 0)).toBe(images.length - items.length);
}

/** A conflict is an answer to a request whose resource was changed at the same time. */
function unlessConflict(error: unknown) {
  if (!(error instanceof DomainError && error.code === 'CONFLICT')) throw error;
}

/**
 * Performs the steps with new images, this many at a time, and checks the result.
 *
 * @param imagesEach how many images each of the two batches and the two cases has in the beginning
 */
export async function holds(own: Stores, steps: readonly Step[], imagesEach: number, atOnce: number) {
  const world = await newWorld(own, imagesEach);
  const waiting = [...steps];
  const worker = async () => {
    for (let step = waiting.pop(); step; step = waiting.pop())
      await perform(own, step, world).catch(unlessConflict);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await settle(own, world);
  await check(own, world);
}
