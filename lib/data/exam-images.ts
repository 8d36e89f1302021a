import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { alreadyRegistered, ExamImage } from '../domain/exams/exam-image.ts';
import { type Page, type PageRequest, queryPage } from './dynamodb/page.ts';
import { putNew } from './dynamodb/put-once.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { transact } from './dynamodb/transaction.ts';
import { examImageKey, examImageListKey, examOfInstanceKey, imagesOfExam } from './keys.ts';

export async function getExamImage(
  { name: TableName, client }: Table,
  id: string,
): Promise<ExamImage | undefined> {
  const Key = examImageKey(id);
  const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  return Item && parseItem(ExamImage, Item);
}

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

  async get(id: string): Promise<ExamImage | undefined> {
    return getExamImage(this.#table, id);
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
