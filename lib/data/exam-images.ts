import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { alreadyRegistered, ExamImage } from '../domain/exam-image.ts';
import { examImageKey, examImageListKey, imagesOfExam } from './keys.ts';
import { type Page, type PageRequest, queryPage } from './page.ts';
import { parseItem, type Table } from './table.ts';

/** The registered pictures of exams in the table. */
export class ExamImages {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Stores what is known of a picture. Its id is made of its exam and its SOP instance UID: see `examImageId`.
   *
   * @throws DomainError CONFLICT where the exam has the SOP instance already
   */
  async register(image: ExamImage): Promise<void> {
    const { name: TableName, client } = this.#table;
    const Item = { ...image, ...examImageKey(image.id), ...examImageListKey(image) };
    try {
      await client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw alreadyRegistered(image);
      throw error;
    }
  }

  async get(id: string): Promise<ExamImage | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: examImageKey(id), ConsistentRead: true }),
    );
    return Item && parseItem(ExamImage, Item);
  }

  /** A part of the exam's pictures, in the order of their registration. */
  async listInExam(examId: string, page: PageRequest): Promise<Page<ExamImage>> {
    const partition = imagesOfExam(examId);
    return queryPage(this.#table, { partition, schema: ExamImage, keyOf: examImageKey }, page);
  }
}
