import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DicomInstance } from '../domain/dicom/dicom-instance.ts';
import { alreadyRegistered, ExamImage, linkedToInstance } from '../domain/exams/exam-image.ts';
import { type Page, type PageRequest, queryPage } from './dynamodb/page.ts';
import { putNew } from './dynamodb/put-once.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { transact } from './dynamodb/transaction.ts';
import { examImageKey, examImageListKey, examOfInstanceKey, examsOfInstance, imagesOfExam } from './keys.ts';

/** The registered exam images in the table. */
export class ExamImages {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Stores the metadata of an exam image. Its id is derived from the exam and the SOP Instance UID: see `examImageId`.
   * An image that an earlier attempt of the same registration has stored stays the same.
   *
   * @throws DomainError CONFLICT if the SOP Instance UID is already registered in the exam
   */
  async register(image: ExamImage): Promise<void> {
    const Item = { ...image, ...examImageKey(image.id), ...examImageListKey(image) };
    const failed = await transact(this.#table, [putNew(Item), { Put: { Item: examOfInstanceKey(image) } }]);
    if (failed.size > 0 && failed.get(0)?.registration !== image.registration) throw alreadyRegistered(image);
  }

  /**
   * Links the stored instance to every exam image that is registered for it.
   *
   * Registration writes the exam image and then reads the instance; storing writes the instance and then reads the exam
   * images. Both reads are strongly consistent, so that of two concurrent requests at least one sees the other's write.
   */
  async linkInstance(instance: DicomInstance): Promise<void> {
    const { name: TableName, client } = this.#table;
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :instance',
          ExpressionAttributeValues: { ':instance': examsOfInstance(instance.sopUid) },
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const { sk } of Items) {
        const image = await this.get(String(sk));
        if (image && !image.storedBy) await this.#linkOne(linkedToInstance(image, instance));
      }
      start = LastEvaluatedKey;
    } while (start);
  }

  async #linkOne({ id, storedBy }: ExamImage): Promise<void> {
    if (!storedBy) return;
    const { name: TableName, client } = this.#table;
    await client.send(
      new UpdateCommand({
        TableName,
        Key: examImageKey(id),
        UpdateExpression: 'SET storedBy = :source',
        ExpressionAttributeValues: { ':source': storedBy },
      }),
    );
  }

  async get(id: string): Promise<ExamImage | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: examImageKey(id), ConsistentRead: true }),
    );
    return Item && parseItem(ExamImage, Item);
  }

  /** Lists one page of the exam's images that pass the filter, in the order of their registration. */
  async listInExam(
    examId: string,
    page: PageRequest,
    keep?: (image: ExamImage) => Promise<boolean>,
  ): Promise<Page<ExamImage>> {
    const partition = imagesOfExam(examId);
    return queryPage(
      this.#table,
      { partition, schema: ExamImage, keyOf: examImageKey, ...(keep && { keep }) },
      page,
    );
  }
}
