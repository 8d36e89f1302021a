import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { Connection } from '../domain/connection.ts';
import {
  CLINIC_CONNECTIONS,
  CONNECTIONS,
  connectionEnd,
  connectionKey,
  connectionListKey,
  connectionsOfPatient,
} from './keys.ts';
import { queryAll } from './page.ts';
import { parseItem, type Table } from './table.ts';

/** For items that nobody took away; not at their end, or who ends connections would not find them any more. */
const KEPT_SECONDS = 86_400;

/** The open sockets, in a table of their own. */
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
      expiresAt: until + KEPT_SECONDS,
    };
    await client.send(new PutCommand({ TableName, Item }));
  }

  async remove(id: string): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new DeleteCommand({ TableName, Key: connectionKey(id) }));
  }

  /**
   * Those that may know of what is this patient's, or nobody's: of one patient, and of the clinic. What is theirs to
   * know is still to be asked of each one's caller.
   *
   * The index may lack one that was opened a moment ago: who connects looks at what there is afterwards.
   */
  async around(patientId: string | undefined): Promise<Connection[]> {
    const patients = patientId === undefined ? [] : [connectionsOfPatient(patientId)];
    const lists = [CLINIC_CONNECTIONS, ...patients].map((partition) => Array.fromAsync(this.#all(partition)));
    return (await Promise.all(lists)).flat();
  }

  /** Those whose person's token has ended. */
  ended(now: Date): AsyncGenerator<Connection> {
    const between = [connectionEnd(0), connectionEnd(Math.floor(now.getTime() / 1000) + 1)] as const;
    return queryAll(this.#table, { ...query, list: 'patient', partition: CONNECTIONS, between });
  }

  #all(partition: string): AsyncGenerator<Connection> {
    return queryAll(this.#table, { ...query, partition });
  }
}

const query = { schema: Connection, keyOf: connectionKey };
