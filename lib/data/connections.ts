import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import { Connection } from '../domain/sockets/connection.ts';
import { queryAll } from './dynamodb/page.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import {
  CLINIC_CONNECTIONS,
  CONNECTIONS,
  connectionEnd,
  connectionKey,
  connectionListKey,
  connectionsOfPatient,
} from './keys.ts';

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
    const { id, caller, until } = parseItem(Connection, connection);
    const patientId = caller.role === 'patient' ? caller.patientId : undefined;
    const Item = {
      ...connection,
      ...connectionKey(id),
      ...connectionListKey(id, patientId, until),
      expiresAt: until + EXPIRY_GRACE_SECONDS,
    };
    await client.send(new PutCommand({ TableName, Item }));
  }

  async remove(id: string): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new DeleteCommand({ TableName, Key: connectionKey(id) }));
  }

  /**
   * The connections that may receive messages about this patient: the patient's own and those of the clinic. The caller of
   * each connection must still be checked.
   *
   * The index is eventually consistent and may lack a connection that has just been opened: clients read the lists after
   * they have connected.
   */
  async listFor(patientId: string | undefined): Promise<Connection[]> {
    const patients = patientId === undefined ? [] : [connectionsOfPatient(patientId)];
    const lists = [CLINIC_CONNECTIONS, ...patients].map((partition) => Array.fromAsync(this.#all(partition)));
    return (await Promise.all(lists)).flat();
  }

  /** The connections whose token has expired. */
  ended(now: Date): AsyncGenerator<Connection> {
    const between = [connectionEnd(0), connectionEnd(epochSeconds(now) + 1)] as const;
    return queryAll(this.#table, { ...query, index: 'gsi2', partition: CONNECTIONS, between });
  }

  #all(partition: string): AsyncGenerator<Connection> {
    return queryAll(this.#table, { ...query, partition });
  }
}

/** A damaged item must not keep the messages from all other connections; it expires by itself. */
const query = { schema: Connection, keyOf: connectionKey, leavesOutDamaged: true };
