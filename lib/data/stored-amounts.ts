import * as z from 'zod';
import { isService } from '../domain/access/caller.ts';
import { StorageFull, type StorageQuotas, type StoredAmount } from '../domain/limits/storage-quota.ts';
import { getMany } from './dynamodb/batch-requests.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import type { FailedConditions } from './dynamodb/transaction.ts';
import { patientAmountKey, uploaderAmountKey } from './keys.ts';

// What the files of each person who uploads, and of each patient, occupy. Each change is a part of the transaction that stores,
// moves or erases files.

/** What somebody's images and DICOM files occupy, with those that are pending or can be restored. */
export const StoredFiles = z.object({
  bytes: z.int(),
  files: z.int(),
  /** Milliseconds since 1970; for the reconciliation, which counts again only what nobody changes meanwhile. */
  changedAt: z.int().optional(),
});

/** Who has uploaded a file, whose it is, and its size; or all files of a study together. */
export interface StoredFile {
  uploadedBy?: string | undefined;
  patientId?: string | null | undefined;
  fileSize: number;
  /** One, if undefined. */
  files?: number;
}

/** An amount, and whose it is. */
interface Total extends StoredAmount {
  whose: keyof StorageQuotas;
  key: { pk: string; sk: string };
}

/**
 * The amounts in which files are counted, with what they add to each.
 *
 * What an API key sends is counted for its patient only: it has no quota, and the parallel transfers of a modality would all wait
 * for its one item.
 */
export function totalsOf(files: Iterable<StoredFile>): Total[] {
  const totals = new Map<string, Total>();
  const add = (whose: Total['whose'], key: Total['key'], { fileSize, files: count = 1 }: StoredFile) => {
    const total = totals.get(key.pk) ?? { whose, key, bytes: 0, files: 0 };
    totals.set(key.pk, { ...total, bytes: total.bytes + fileSize, files: total.files + count });
  };
  for (const file of files) {
    const { uploadedBy, patientId } = file;
    if (uploadedBy !== undefined && !isService(uploadedBy))
      add('uploader', uploaderAmountKey(uploadedBy), file);
    if (patientId) add('patient', patientAmountKey(patientId), file);
  }
  return [...totals.values()];
}

/** The update of one amount. */
const change = (Key: Total['key'], { bytes, files }: StoredAmount) => ({
  Key,
  UpdateExpression: 'ADD #bytes :bytes, #files :files SET changedAt = :now',
  ExpressionAttributeNames: { '#bytes': 'bytes', '#files': 'files' },
  ExpressionAttributeValues: { ':bytes': bytes, ':files': files, ':now': Date.now() },
});

/**
 * Adds new files, if they fit into the quotas.
 *
 * The condition is a part of the write, so that concurrent uploads cannot all find the same room.
 *
 * @throws StorageFull if they would not fit into an empty storage
 */
export const addStored = (files: readonly StoredFile[], quotas: StorageQuotas | undefined) =>
  totalsOf(files).map(({ whose, key, ...added }) => {
    const update = change(key, added);
    const quota = quotas?.[whose];
    if (!quota) return { Update: update };
    const room = { bytes: quota.bytes - added.bytes, files: quota.files - added.files };
    if (room.bytes < 0 || room.files < 0) throw new StorageFull(whose, quota, NOTHING, added);
    return {
      Update: {
        ...update,
        ConditionExpression:
          'attribute_not_exists(pk) OR (#bytes <= :bytesBefore AND #files <= :filesBefore)',
        ExpressionAttributeValues: {
          ...update.ExpressionAttributeValues,
          ':bytesBefore': room.bytes,
          ':filesBefore': room.files,
        },
      },
    };
  });

/**
 * The error if a condition of {@link addStored} failed.
 *
 * @param first the place of its first write in the transaction
 */
export function fullAt(
  failed: FailedConditions,
  first: number,
  files: readonly StoredFile[],
  quotas: StorageQuotas | undefined,
): StorageFull | undefined {
  const totals = totalsOf(files);
  const index = totals.findIndex((_total, place) => failed.has(first + place));
  const found = failed.get(first + index);
  const total = totals[index];
  return total && quotas && found && fullWith(total, quotas, parseItem(StoredFiles, found));
}

const NOTHING = { bytes: 0, files: 0 };

const fullWith = ({ whose, key: _key, ...wanted }: Total, quotas: StorageQuotas, used: StoredAmount) =>
  new StorageFull(whose, quotas[whose], used, wanted);

/**
 * Refuses files for which there is no room now. It reserves nothing: {@link addStored} decides when the files are stored.
 *
 * @throws StorageFull
 */
export async function requireRoom(
  table: Table,
  files: readonly StoredFile[],
  quotas: StorageQuotas | undefined,
): Promise<void> {
  if (!quotas) return;
  const totals = totalsOf(files);
  const items = await getMany(
    table,
    totals.map(({ key }) => key),
  );
  for (const total of totals) {
    const item = items.find(({ pk }) => pk === total.key.pk);
    const used = item ? parseItem(StoredFiles, item) : NOTHING;
    const quota = quotas[total.whose];
    if (used.bytes + total.bytes > quota.bytes || used.files + total.files > quota.files)
      throw fullWith(total, quotas, used);
  }
}

/** Removes files that are erased. */
export const removeStored = (files: readonly StoredFile[]) =>
  totalsOf(files).map(({ key, bytes, files: count }) => ({
    Update: change(key, { bytes: -bytes, files: -count }),
  }));

/**
 * Moves the amounts of files to another patient. No quota refuses this: nothing more is stored, and people put right whose files
 * these are. Those that are the patient's already change nothing.
 */
export function moveStored(files: readonly StoredFile[], patientId: string | null | undefined) {
  const moved = files.filter((file) => (file.patientId ?? null) !== (patientId ?? null));
  const ofOwners = moved.map((file) => ({ ...file, uploadedBy: undefined }));
  return [
    ...removeStored(ofOwners),
    ...addStored(
      ofOwners.map((file) => ({ ...file, patientId })),
      undefined,
    ),
  ];
}
