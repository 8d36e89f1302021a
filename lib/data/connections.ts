import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import { Connection } from '../domain/sockets/connection.ts';
import { queryAll } from './dynamodb/page.ts';
import { parseItem, parseReadable, type Table } from './dynamodb/table.ts';
import {
  CLINIC_CONNECTIONS,
  CONNECTION_OF_PERSON,
  CONNECTIONS,
  connectionEnd,
  connectionEndKey,
  connectionKey,
  connectionListKey,
  connectionsOfPerson,
  connectionsShowing,
} from './keys.ts';

/** What messages are about, and who waits for them. */
export interface Addressees {
  /** The patient whose images they are about; undefined if they belong to nobody. */
  patientId?: string | undefined;
  /** The person who waits for them, whatever that person's page shows. */
  awaitedBy?: string | undefined;
}

/** Seconds from a token's expiry to the expiry of its item. The delay lets `end-connections` find the item. */
const EXPIRY_GRACE_SECONDS = 86_400;

/** The open WebSocket connections, in a table of their own. */
export class Connections {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async add(connection: Connection): Promise<void> {
    const { name: TableName, client } = this.#table;
    const parsed = parseItem(Connection, connection);
    const Item = {
      ...parsed,
      ...connectionKey(parsed),
      ...connectionListKey(parsed),
      ...connectionEndKey(parsed),
      expiresAt: parsed.until + EXPIRY_GRACE_SECONDS,
    };
    await client.send(new PutCommand({ TableName, Item }));
  }

  /** Records what the client shows; undefined if it is to receive all that its caller may see. */
  async show(connection: Pick<Connection, 'id' | 'caller'>, shows: Connection['shows']): Promise<void> {
    const { name: TableName, client } = this.#table;
    const { gsi1pk } = connectionListKey({ ...connection, shows });
    const update = new UpdateCommand({
      TableName,
      Key: connectionKey(connection),
      UpdateExpression: `SET gsi1pk = :list${shows === undefined ? ' REMOVE shows' : ', shows = :shows'}`,
      // A message may be processed after `$disconnect` has removed the item.
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':list': gsi1pk, ':shows': shows },
    });
    await client.send(update).catch((error: unknown) => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }

  async remove(connection: Pick<Connection, 'id' | 'caller'>): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new DeleteCommand({ TableName, Key: connectionKey(connection) }));
  }

  /**
   * The connections that may receive the messages: those that show the patient, those that have not said what they show, and
   * those of the person who waits for them. The caller of each connection must still be checked.
   *
   * The indexes are eventually consistent and may lack a connection that has just been opened, or shows something else since a
   * moment ago: clients read the lists after that.
   */
  async listFor({ patientId, awaitedBy }: Addressees): Promise<Connection[]> {
    const lists = [CLINIC_CONNECTIONS, connectionsShowing(patientId ?? null)];
    const found = await Promise.all([
      ...lists.map((partition) => Array.fromAsync(this.#all(partition))),
      awaitedBy === undefined ? [] : this.#ofPerson(awaitedBy),
    ]);
    return [...new Map(found.flat().map((each) => [each.id, each])).values()];
  }

  /** The connections whose token has expired. */
  ended(now: Date): AsyncGenerator<Connection> {
    const between = [connectionEnd(0), connectionEnd(epochSeconds(now) + 1)] as const;
    return queryAll(this.#table, { ...query, index: 'gsi2', partition: CONNECTIONS, between });
  }

  /** All connections of a person. They are few (`socketsAtOnce`), so that one Query reads them. */
  async #ofPerson(subject: string): Promise<Connection[]> {
    const { name: TableName, client } = this.#table;
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :person AND begins_with(sk, :connection)',
        ExpressionAttributeValues: {
          ':person': connectionsOfPerson(subject),
          ':connection': CONNECTION_OF_PERSON,
        },
      }),
    );
    return parseReadable(Connection, Items);
  }

  #all(partition: string): AsyncGenerator<Connection> {
    return queryAll(this.#table, { ...query, partition });
  }
}

/** A damaged item must not keep the messages from all other connections; it expires by itself. */
const query = {
  schema: Connection,
  // Nobody continues these lists at a cursor.
  keyOf: () => ({ pk: '', sk: '' }),
  leavesOutDamaged: true,
};
