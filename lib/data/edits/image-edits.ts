import type { ReadyImage } from '../../domain/images/image.ts';
import type { ImageEdit } from '../../domain/images/image-edit.ts';
import { equals } from '../dynamodb/condition-expression.ts';
import type { Table } from '../dynamodb/table.ts';
import { transact } from '../dynamodb/transaction.ts';
import { updateImage } from '../images/image-writes.ts';
import { editKey } from '../keys.ts';

/** The edits of images: the newest one is an attribute of its image, and every version an item of its own. */
export class ImageEdits {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Adds a version to the edits of the image.
   *
   * @returns false if the image was edited, moved or deleted since it was read
   */
  async add(image: ReadyImage, edit: ImageEdit): Promise<boolean> {
    const { version, steps, at } = edit;
    const values = { edit: { version, steps }, updatedAt: at };
    const failed = await transact(this.#table, [
      updateImage(image, ['ready'], values, equals('edit', image.edit)),
      { Put: { Item: { ...edit, ...editKey(edit.imageId, version) } } },
    ]);
    return failed.size === 0;
  }
}
