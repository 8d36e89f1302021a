import * as z from 'zod';
import type { Image } from '../domain/images/image.ts';
import { type StoredAmount, storageFull } from '../domain/limits/storage-quota.ts';
import { parseItem } from './dynamodb/table.ts';
import { storedAmountKey } from './keys.ts';

// Updates of what the images of each uploader occupy. Each is a part of the transaction that stores or erases images.

/** What the images of an uploader occupy, with those that are pending or can be restored. */
export const StoredImages = z.object({ bytes: z.int(), files: z.int() });

type Counted = Pick<Image, 'uploadedBy' | 'fileSize'>;

const amountOf = (images: readonly Counted[]): StoredAmount => ({
  bytes: images.reduce((sum, { fileSize }) => sum + fileSize, 0),
  files: images.length,
});

const change = (subject: string, { bytes, files }: StoredAmount) => ({
  Key: storedAmountKey(subject),
  UpdateExpression: 'ADD #bytes :bytes, #files :files',
  ExpressionAttributeNames: { '#bytes': 'bytes', '#files': 'files' },
  ExpressionAttributeValues: { ':bytes': bytes, ':files': files },
});

/**
 * Adds new images of one uploader, if they fit into the quota.
 *
 * The condition is a part of the write, so that concurrent uploads cannot all find the same room.
 *
 * @throws DomainError PAYLOAD_TOO_LARGE if they would not fit into an empty storage
 */
export function addStored(subject: string, images: readonly Counted[], quota: StoredAmount | undefined) {
  const added = amountOf(images);
  const update = change(subject, added);
  if (!quota) return { Update: update };
  const room = { bytes: quota.bytes - added.bytes, files: quota.files - added.files };
  if (room.bytes < 0 || room.files < 0) throw storageFull(quota, undefined, added);
  return {
    Update: {
      ...update,
      ConditionExpression: 'attribute_not_exists(pk) OR (#bytes <= :bytesBefore AND #files <= :filesBefore)',
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ':bytesBefore': room.bytes,
        ':filesBefore': room.files,
      },
    },
  };
}

/** The error if the condition of {@link addStored} failed with this item. */
export const fullWith = (
  found: Record<string, unknown> | undefined,
  images: readonly Counted[],
  quota: StoredAmount | undefined,
) => {
  const used = found && parseItem(StoredImages, found);
  return storageFull(quota ?? { bytes: 0, files: 0 }, used, amountOf(images));
};

/** Removes an image that is erased. */
export const removeStored = ({ uploadedBy, fileSize }: Counted) => ({
  Update: change(uploadedBy, { bytes: -fileSize, files: -1 }),
});
