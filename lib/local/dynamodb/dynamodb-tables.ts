import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';
import type { PartitionKeys } from './partition-throughput.ts';

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const Projection = z.object({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const TableProperties = z
  .object({
    AttributeDefinitions: z.array(
      z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
    ),
    KeySchema,
    GlobalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema, Projection })).default([]),
    LocalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema, Projection })).default([]),
    StreamSpecification: z
      .object({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) })
      .loose()
      .optional(),
    TimeToLiveSpecification: z
      .object({ AttributeName: z.string().optional(), Enabled: z.boolean() })
      .loose()
      .optional(),
  })
  .loose();

/** The partition keys of the template's tables and of their indexes, by the name of the table. */
export const partitionKeys = (template: Template): PartitionKeys =>
  new Map(
    template.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map((resource) => {
      const { KeySchema, GlobalSecondaryIndexes } = template.properties(resource, TableProperties);
      const ofTable = { IndexName: '', KeySchema };
      const keys = [ofTable, ...GlobalSecondaryIndexes].map(({ IndexName, KeySchema: schema }) => ({
        index: IndexName,
        attribute: schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '',
      }));
      return [template.physicalName(resource), keys] as const;
    }),
  );

/** Creates the template's tables if they do not exist, and refuses to start if a table has another schema. */
export async function ensureTables(template: Template, client: DynamoDBClient): Promise<void> {
  for (const resource of template.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')) {
    const properties = template.properties(resource, TableProperties);
    const input: CreateTableCommandInput = {
      TableName: template.physicalName(resource),
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: properties.AttributeDefinitions,
      KeySchema: properties.KeySchema,
      ...(properties.GlobalSecondaryIndexes.length > 0 && {
        GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes.map(
          ({ IndexName, KeySchema: keys, Projection: projection }) => ({
            IndexName,
            KeySchema: keys,
            Projection: projection,
          }),
        ),
      }),
      ...(properties.LocalSecondaryIndexes.length > 0 && {
        LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
      }),
      ...(properties.StreamSpecification && {
        StreamSpecification: {
          StreamEnabled: true,
          StreamViewType: properties.StreamSpecification.StreamViewType,
        },
      }),
    };
    const existing = await describe(client, `${input.TableName}`);
    if (!existing) {
      await client.send(new CreateTableCommand(input));
      await waitUntilTableExists(
        { client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
        { TableName: input.TableName },
      );
    } else if (shapeOf(existing) !== shapeOf(input)) {
      throw new StartError(
        `The table ${input.TableName} exists with other keys or indexes than the template's: start with another --data, or remove its data.`,
      );
    }
    const ttl = properties.TimeToLiveSpecification;
    if (ttl?.Enabled && ttl.AttributeName) await enableTtl(client, `${input.TableName}`, ttl.AttributeName);
  }
}

async function describe(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function enableTtl(client: DynamoDBClient, TableName: string, AttributeName: string) {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  // DynamoDB returns an error if it is enabled twice.
  if (TimeToLiveDescription?.TimeToLiveStatus?.startsWith('ENABL')) return;
  const TimeToLiveSpecification = { AttributeName, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}

/** The properties that can't be changed later, in a comparable form. */
function shapeOf({
  KeySchema: keys,
  GlobalSecondaryIndexes,
  LocalSecondaryIndexes,
}: TableDescription | CreateTableCommandInput): string {
  const sorted = (schema: typeof keys) =>
    (schema ?? []).map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`).sort();
  const indexes = [...(GlobalSecondaryIndexes ?? []), ...(LocalSecondaryIndexes ?? [])]
    .map(({ IndexName, KeySchema: indexKeys }) => `${IndexName}: ${sorted(indexKeys)}`)
    .sort();
  return JSON.stringify([sorted(keys), indexes]);
}
