import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { Annotation } from '../../domain/annotations/annotation.ts';
import { tooManyAnnotations } from '../../domain/annotations/annotation-rules.ts';
import { keysIn, writeMany } from '../dynamodb/batch-requests.ts';
import { equals, onlyIf } from '../dynamodb/condition-expression.ts';
import { type Page, type PageRequest, queryPage } from '../dynamodb/page.ts';
import { putNew } from '../dynamodb/put-once.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { type TransactItem, transact } from '../dynamodb/transaction.ts';
import { annotationKey, annotationsOf, annotationVersionKey, versionsOfAnnotation } from '../keys.ts';
import { countWrite, placeWrites, withPrefix } from './annotation-writes.ts';

/**
 * The annotations of images, batches and studies. Each write is a transaction with a condition on what is annotated, so that nothing
 * is left of what is erased at the same time.
 */
export class Annotations {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(of: string, id: string): Promise<Annotation | undefined> {
    const { name: TableName, client } = this.#table;
    const Key = annotationKey({ of, id });
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item && parseItem(Annotation, Item);
  }

  /** Lists one page of the versions of an annotation, newest first, also of one that was removed. */
  versions(of: string, id: string, page: PageRequest): Promise<Page<Annotation>> {
    const query = {
      index: 'table' as const,
      partition: annotationsOf(of),
      between: withPrefix(versionsOfAnnotation(id)),
      schema: Annotation,
      idOf: ({ version }: Annotation) => String(version),
      keyOf: (version: string) => annotationVersionKey({ of, id, version: Number(version) }),
      newestFirst: true,
    };
    return queryPage(this.#table, query, page);
  }

  /**
   * Stores a new annotation. Returns the one that is stored, which may be that of an earlier attempt of the same request; undefined if
   * what it is of does not exist any more, or if it was removed since that attempt.
   *
   * @throws DomainError CONFLICT if there are too many
   */
  async create(annotation: Annotation): Promise<Annotation | undefined> {
    const item = { ...annotation, ...annotationKey(annotation) };
    const failed = await transact(this.#table, [
      putNew(item),
      countWrite(annotation, 1),
      ...commonWrites(annotation),
    ]);
    const stored = failed.get(0);
    if (stored) return parseItem(Annotation, stored);
    if (failed.has(1)) throw tooManyAnnotations(annotation);
    return failed.size === 0 ? annotation : undefined;
  }

  /** Stores the next version of an annotation. Returns false if it, or what it is of, is not as it was read. */
  change(next: Annotation): Promise<boolean> {
    const condition = onlyIf([isVersionBefore(next)]);
    return this.#write(next, { Put: { Item: { ...next, ...annotationKey(next) }, ...condition } });
  }

  /** Removes an annotation, and stores that as its last version. Returns false if it, or what it is of, is not as it was read. */
  remove(last: Annotation): Promise<boolean> {
    const condition = onlyIf([isVersionBefore(last)]);
    return this.#write(last, { Delete: { Key: annotationKey(last), ...condition } }, countWrite(last, -1));
  }

  async #write(version: Annotation, ...writes: TransactItem[]): Promise<boolean> {
    return (await transact(this.#table, [...writes, ...commonWrites(version)])).size === 0;
  }

  /** Erases everything that was ever annotated of an image, batch or study that does not exist any more. */
  async eraseAllOf(of: string): Promise<void> {
    const keys = await keysIn(this.#table, annotationsOf(of));
    await writeMany(
      this.#table,
      keys.map((Key) => ({ DeleteRequest: { Key } })),
    );
  }
}

/** What each version writes: itself, which never replaces another one, and the condition on what it is of. */
const commonWrites = (annotation: Annotation): TransactItem[] => [
  putNew({ ...annotation, ...annotationVersionKey(annotation) }),
  ...placeWrites(annotation),
];

const isVersionBefore = ({ version }: Annotation) => equals('version', version - 1);
