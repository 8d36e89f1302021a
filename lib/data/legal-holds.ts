import { DomainError } from '../domain/errors.ts';
import type { ReadyImage } from '../domain/images/image.ts';
import type { LegalHold } from '../domain/legal-hold.ts';
import { equals } from './dynamodb/condition-expression.ts';
import type { Table } from './dynamodb/table.ts';
import { transact } from './dynamodb/transaction.ts';
import { changeHeldCount } from './images/image-counts.ts';
import { updateImage } from './images/image-writes.ts';

/** The legal holds on images. A batch counts those of its images, because it can't be deleted while there is one. */
export class LegalHolds {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Puts the image under a legal hold, or releases it from the one it is under.
   *
   * @throws DomainError CONFLICT if the image or its batch was changed since it was read
   */
  async set(image: ReadyImage, legalHold: LegalHold | null): Promise<void> {
    const { batchId, legalHold: before } = image;
    const change = (legalHold ? 1 : 0) - (before ? 1 : 0);
    const failed = await transact(this.#table, [
      updateImage(image, ['ready'], { legalHold }, equals('legalHold', before)),
      ...(batchId && change !== 0 ? [changeHeldCount(batchId, change > 0 ? 1 : -1)] : []),
    ]);
    if (failed.size > 0) throw new DomainError('CONFLICT', 'The image was changed at the same time.');
  }
}
