import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { epochSeconds } from '../../domain/epoch-seconds.ts';
import { Id } from '../../domain/identifiers.ts';
import type { Image } from '../../domain/images/image.ts';
import { keysIn, writeMany } from '../dynamodb/batch-requests.ts';
import { putNew } from '../dynamodb/put-once.ts';
import type { Table } from '../dynamodb/table.ts';
import { transact } from '../dynamodb/transaction.ts';
import { annotationsOf, editsOf, erasureKey, linkKey } from '../keys.ts';
import { removeStored } from '../stored-amounts.ts';

/** Longer than an upload is kept: see `EXPIRE_AFTER_DAYS`. */
const ERASURE_DAYS = 120;

/** An erased image. Nothing of it is kept but its id. */
export const ErasedImage = z.object({
  id: Id,
  /** When the item is removed; seconds since 1970. */
  expiresAt: z.int(),
});

interface ErasableImage {
  id: string;
  uploadedBy?: string | undefined;
  patientId?: string | undefined;
  fileSize?: number | undefined;
}

/** The images that were erased, and what is left of them. */
export class ErasedImages {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Remembers that an image was erased, so that an upload that arrives later is known to belong to nobody, and takes it out of
   * what its uploader and its patient have stored. Repeating this changes nothing.
   *
   * @param image without its uploader, patient or size, if these are damaged
   */
  async remember(image: ErasableImage, now: Date): Promise<void> {
    const { id, fileSize } = image;
    const expiresAt = epochSeconds(now) + ERASURE_DAYS * 86_400;
    await transact(this.#table, [
      putNew({ ...erasureKey(id), id, expiresAt }),
      ...(fileSize === undefined ? [] : removeStored([{ ...image, fileSize }])),
    ]);
  }

  /** Forgets the erasure of an image that a restore has brought back. */
  async forget(id: string): Promise<void> {
    await writeMany(this.#table, [{ DeleteRequest: { Key: erasureKey(id) } }]);
  }

  /** Whether an image with this id was erased. */
  async has(id: string): Promise<boolean> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: erasureKey(id), ConsistentRead: true }),
    );
    return Item !== undefined;
  }

  /** Deletes the links of an erased image, its edits and its annotations. Until then they refer to no image, which does no harm. */
  async deleteDependents({ id, links = {} }: Pick<Image, 'id' | 'links'>): Promise<void> {
    const keys = [
      ...Object.entries(links).map(([type, recordId]) => linkKey(id, type, recordId)),
      ...(await keysIn(this.#table, editsOf(id))),
      ...(await keysIn(this.#table, annotationsOf(id))),
    ];
    await writeMany(
      this.#table,
      keys.map((Key) => ({ DeleteRequest: { Key } })),
    );
  }
}
