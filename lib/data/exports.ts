import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Export, type ExportedArchive, StoredExport } from '../domain/exports/export.ts';
import { queryAll } from './dynamodb/page.ts';
import { hasExpired, parseItem, type Table } from './dynamodb/table.ts';
import { exportKey, exportListKey, exportsOfBatch, exportsOfPatient } from './keys.ts';

/** Three attempts of 15 minutes, and the pauses between them; for each archive, as they may wait for each other. */
export const STALE_SECONDS = 2 * 3600;

/** The exports in the table. DynamoDB's time to live removes them. */
export class Exports {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Starts the export, or returns the current one of the same selection. */
  async begin(wanted: StoredExport, now: Date): Promise<Export> {
    const { name: TableName, client } = this.#table;
    const known = await this.#find(wanted.id);
    if (known && !isEnded(known, now)) return known;
    try {
      await client.send(
        new PutCommand({
          TableName,
          Item: { ...wanted, ...exportKey(wanted.id), ...exportListKey(wanted) },
          // Another request, or an attempt that succeeds late, may have changed it since.
          ConditionExpression: known ? 'run = :run AND archives = :archives' : 'attribute_not_exists(pk)',
          ...(known && { ExpressionAttributeValues: { ':run': known.run, ':archives': known.archives } }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      return parseItem(Export, unmarshall(error.Item));
    }
    return Export.parse(wanted);
  }

  async get(id: string, now: Date): Promise<Export | undefined> {
    const found = await this.#find(id);
    return found && !hasExpired(found, now) ? found : undefined;
  }

  /**
   * Ends all exports that contain images of this batch, or everything of this patient: something of them was deleted, or given to
   * another patient. The table's stream then deletes the objects of the exports.
   */
  async endAllOf({ batchId, patientId }: ExportedPlace): Promise<void> {
    await Promise.all([
      batchId !== undefined && this.#endAllIn(exportsOfBatch(batchId)),
      patientId !== undefined && this.#endAllIn(exportsOfPatient(patientId)),
    ]);
  }

  async #endAllIn(partition: string): Promise<void> {
    const { name: TableName, client } = this.#table;
    const query = {
      partition,
      schema: StoredExport.pick({ id: true }),
      keyOf: exportKey,
    };
    for await (const { id } of queryAll(this.#table, query)) {
      await client.send(new DeleteCommand({ TableName, Key: exportKey(id) }));
    }
  }

  /** Records that an archive is being written, its size, and the id of its multipart upload. */
  async markRunning(run: Export, archive: number, uploadId: string): Promise<boolean> {
    const bytes = run.archives[archive]?.bytes ?? 0;
    return this.#note(run, archive, { status: 'running', uploadId, bytes, bytesDone: 0 });
  }

  async markProgress(run: Export, archive: number, bytesDone: number): Promise<boolean> {
    return this.#note(run, archive, { bytesDone });
  }

  async markReady(run: Export, archive: number): Promise<boolean> {
    return this.#note(run, archive, { status: 'ready', bytesDone: run.archives[archive]?.bytes ?? 0 });
  }

  async markFailed(run: Export, archive: number, reason: string): Promise<boolean> {
    return this.#note(run, archive, { status: 'failed', reason });
  }

  /** Updates an archive of a run. Returns false if it is ready, or if the run has ended or another one has replaced it. */
  async #note({ id, run }: Export, archive: number, values: Partial<ExportedArchive>): Promise<boolean> {
    const { name: TableName, client } = this.#table;
    const entries = Object.entries(values);
    const place = `archives[${archive}]`;
    try {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: exportKey(id),
          UpdateExpression: `SET ${entries.map(([name]) => `${place}.#${name} = :${name}`).join(', ')}`,
          ConditionExpression: `run = :run AND ${place}.#status <> :final`,
          ExpressionAttributeNames: {
            '#status': 'status',
            ...Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
          },
          ExpressionAttributeValues: {
            ':run': run,
            ':final': 'ready',
            ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async #find(id: string): Promise<Export | undefined> {
    const { name: TableName, client } = this.#table;
    const Key = exportKey(id);
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item && parseItem(Export, Item);
  }
}

/** What exports contain: an image with its batch and patient, or anything else of a patient. */
interface ExportedPlace {
  batchId?: string | undefined;
  patientId?: string | undefined;
}

/** Whether an unfinished export is older than all attempts together can take: a function was terminated before it could record a failure. */
export const isAbandoned = ({ status, createdAt, archives }: Export, now: Date): boolean =>
  (status === 'waiting' || status === 'running') &&
  now.getTime() - Date.parse(createdAt) > STALE_SECONDS * 1000 * archives.length;

const isEnded = (found: Export, now: Date): boolean =>
  hasExpired(found, now) || found.status === 'failed' || isAbandoned(found, now);
