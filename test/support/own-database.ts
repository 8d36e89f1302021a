import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, inject } from 'vitest';
import { connectTable, type Table } from '../../lib/data/dynamodb/table.ts';
import { ensureTables } from '../../lib/local/dynamodb/dynamodb-tables.ts';
import { type Dynoxide, startDynoxide } from '../../lib/local/dynamodb/dynoxide.ts';
import { loadFunctions } from '../../lib/local/lambda/functions.ts';
import { loadTemplate, region } from '../../lib/local/template.ts';
import { newDataFolder } from './data-folder.ts';

/** A DynamoDB with the tables of the stack for the tests of one file; nothing reads its streams. */
export function useOwnDatabase(): { readonly table: Table; readonly auditTable: Table } {
  const dir = newDataFolder('data');
  let dynoxide: Dynoxide | undefined;
  let table: Table | undefined;
  let auditTable: Table | undefined;
  beforeAll(async () => {
    dynoxide = await startDynoxide(join(dir, 'dynamodb.sqlite'), () => {}, console.error);
    Object.assign(process.env, {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: dynoxide.endpoint,
    });
    const template = loadTemplate(inject('cdkOut'), 'http://localhost');
    const client = new DynamoDBClient({});
    await ensureTables(template, client);
    client.destroy();
    const environments = loadFunctions(template, Buffer.alloc(32)).map(({ environment }) => environment);
    const { TABLE_NAME = '', AUDIT_TABLE_NAME = '' } = Object.assign({}, ...environments);
    table = connectTable(TABLE_NAME);
    auditTable = connectTable(AUDIT_TABLE_NAME);
  });
  afterAll(async () => {
    await dynoxide?.close();
    rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  return {
    get table() {
      if (!table) throw new Error('the database is not started');
      return table;
    },
    get auditTable() {
      if (!auditTable) throw new Error('the database is not started');
      return auditTable;
    },
  };
}
