import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Erasure } from '../domain/patients/erasure.ts';
import { equals, updateIf } from './dynamodb/condition-expression.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './dynamodb/page.ts';
import { putOnce } from './dynamodb/put-once.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { updateOf } from './dynamodb/update-expression.ts';
import { PATIENT_ERASURES, patientErasureKey, patientErasureListKey } from './keys.ts';

/** The erasures of patients in the table, which are kept as their certificates. */
export class PatientErasures {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Orders an erasure, and starts it: the table's stream continues it until it has ended. In two writes, because the functions behind
   * the stream act on changed items. If the second one fails, nothing is erased.
   */
  async start(erasure: Erasure): Promise<Erasure> {
    await putOnce(this.#table, {
      ...erasure,
      status: 'ordered',
      ...patientErasureKey(erasure.id),
      ...patientErasureListKey(erasure),
    });
    const started = await this.#update(erasure, 'ordered', { status: 'running', unsettledSince: erasure.at });
    return started ?? erasure;
  }

  /** Ends a running erasure. Returns undefined if it has ended before. */
  end(erasure: Erasure, status: 'done' | 'stopped', now: Date): Promise<Erasure | undefined> {
    return this.#update(erasure, 'running', { status, endedAt: now.toISOString(), unsettledSince: null });
  }

  async get(id: string): Promise<Erasure | undefined> {
    const { name: TableName, client } = this.#table;
    const Key = patientErasureKey(id);
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item && parseItem(Erasure, Item);
  }

  /** Lists one page of all erasures, newest first, or of those of a patient. */
  list(page: PageRequest, patientId?: string): Promise<Page<Erasure>> {
    const keep = patientId !== undefined && { keep: (each: Erasure) => each.patientId === patientId };
    return queryPage(this.#table, { ...LIST, ...keep }, page);
  }

  /** The erasure of the patient that runs, if there is one. */
  async runningOf(patientId: string): Promise<Erasure | undefined> {
    for await (const each of queryAll(this.#table, LIST))
      if (each.patientId === patientId && each.status === 'running') return each;
    return undefined;
  }

  async #update(
    { id }: Erasure,
    before: Erasure['status'],
    values: Record<string, unknown>,
  ): Promise<Erasure | undefined> {
    const { name: TableName, client } = this.#table;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: patientErasureKey(id),
          ...updateIf([equals('status', before)], updateOf(values)),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return parseItem(Erasure, Attributes ?? {});
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}

const LIST = { partition: PATIENT_ERASURES, schema: Erasure, keyOf: patientErasureKey, newestFirst: true };
