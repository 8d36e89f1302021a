import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DicomInstance } from '../domain/dicom/dicom-instance.ts';
import { type ExamImage, linkedToInstance } from '../domain/exams/exam-image.ts';
import type { Table } from './dynamodb/table.ts';
import { getExamImage } from './exam-images.ts';
import { examImageKey, examsOfInstance } from './keys.ts';

/** The links of exam images to the stored instances that they were registered for. */
export class ExamLinks {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
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
        const image = await getExamImage(this.#table, String(sk));
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
}
