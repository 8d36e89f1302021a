import type { DatabaseSync } from 'node:sqlite';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import * as z from 'zod';
import { compileFilters } from '../eventbridge/filter-criteria.ts';
import type { Faults } from '../faults/faults.ts';
import { decide } from '../iam/iam.ts';
import type { Queues } from '../sqs/queues.ts';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';
import type { LambdaFunction } from './lambda.ts';
import { QueueConsumer } from './queue-consumer.ts';
import { type PutObject, StreamConsumer } from './stream-consumer.ts';

const MappingProperties = z
  .object({
    EventSourceArn: z.string(),
    FunctionName: z.string(),
    Enabled: z.boolean().default(true),
    BatchSize: z.number().optional(),
    MaximumBatchingWindowInSeconds: z.number().default(0),
    FunctionResponseTypes: z.array(z.string()).default([]),
    ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
    FilterCriteria: z
      .object({ Filters: z.array(z.object({ Pattern: z.string() })) })
      .default({ Filters: [] }),
    BisectBatchOnFunctionError: z.boolean().default(false),
    MaximumRetryAttempts: z.number().default(-1),
    DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).optional(),
  })
  .loose();

/** Concurrent invocations of a queue's function if the template sets no limit. */
export const defaultQueueConcurrency = 2;

/** The limit of a function's concurrency for its queues (`ScalingConfig`). */
export function queueConcurrency(template: Template, functionArn: string): number | undefined {
  const bounds = template
    .ofType('AWS::Lambda::EventSourceMapping')
    .map((resource) => template.properties(resource, MappingProperties))
    .filter(({ FunctionName }) => functionArn === FunctionName || functionArn.endsWith(`:${FunctionName}`))
    .map(({ ScalingConfig }) => ScalingConfig?.MaximumConcurrency ?? defaultQueueConcurrency);
  return bounds.length > 0 ? Math.max(...bounds) : undefined;
}

interface EventSourceContext {
  template: Template;
  queues: Queues;
  db: DatabaseSync;
  dynamoDb: DynamoDBClient;
  streams: DynamoDBStreamsClient;
  faults: Faults;
  lambdaByArn(arn: string): LambdaFunction;
  putObject: PutObject;
  log(line: string): void;
}

/** Starts the template's event source mappings. */
export async function startEventSources({
  template,
  queues,
  db,
  dynamoDb,
  streams,
  faults,
  lambdaByArn,
  putObject,
  log,
}: EventSourceContext) {
  const queueConsumers: QueueConsumer[] = [];
  const streamConsumers: StreamConsumer[] = [];
  const streamOf = async (source: string, logicalId: string) => {
    const table = /table\/([^/]+)\/stream/.exec(source)?.[1] ?? '';
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: table }));
    if (Table?.LatestStreamArn) return { table, streamArn: Table.LatestStreamArn };
    throw new StartError(`The table ${table} has no stream for ${logicalId}.`);
  };
  for (const resource of template.ofType('AWS::Lambda::EventSourceMapping')) {
    const properties = template.properties(resource, MappingProperties);
    if (!properties.Enabled) continue;
    const lambda = lambdaByArn(properties.FunctionName);
    const mappingLog = (line: string) => log(`${lambda.definition.name}: ${line}`);
    const reportsItemFailures = properties.FunctionResponseTypes.includes('ReportBatchItemFailures');
    const { EventSourceArn: source } = properties;
    const filters = properties.FilterCriteria.Filters.map(({ Pattern }) => Pattern);
    if (source.startsWith('arn:aws:sqs:')) {
      if (filters.length > 0)
        throw new StartError(`The local stack filters no queues (${resource.logicalId}).`);
      const mapping = {
        queueArn: source,
        batchSize: properties.BatchSize ?? 10,
        maxConcurrency: properties.ScalingConfig?.MaximumConcurrency ?? defaultQueueConcurrency,
        batchingWindowSeconds: properties.MaximumBatchingWindowInSeconds,
        reportsItemFailures,
      };
      queueConsumers.push(new QueueConsumer(mapping, queues, lambda, faults, mappingLog));
    } else if (source.startsWith('arn:aws:dynamodb:')) {
      const mapping = {
        id: resource.logicalId,
        ...(await streamOf(source, resource.logicalId)),
        batchSize: properties.BatchSize ?? 100,
        batchingWindowSeconds: properties.MaximumBatchingWindowInSeconds,
        maxRetries:
          properties.MaximumRetryAttempts < 0 ? Number.POSITIVE_INFINITY : properties.MaximumRetryAttempts,
        bisects: properties.BisectBatchOnFunctionError,
        reportsItemFailures,
        accepts: compileFilters(filters, resource.logicalId),
        onFailure: failureBucketOf(properties, lambda, resource.logicalId),
      };
      const receiver = {
        arn: lambda.definition.arn,
        invoke: (event: object) => lambda.invoke(event),
        functionId: lambda.definition.id,
      };
      streamConsumers.push(
        new StreamConsumer(mapping, streams, db, queues, receiver, faults, mappingLog, putObject),
      );
    } else {
      throw new StartError(`The local stack knows no event source ${source} (${resource.logicalId}).`);
    }
  }
  for (const consumer of queueConsumers) consumer.pump();
  for (const consumer of streamConsumers) consumer.start();
  return {
    /** Called after a write to a table. */
    tableWritten: (table: string) => {
      for (const consumer of streamConsumers) consumer.notify(table);
    },
    async close() {
      for (const consumer of queueConsumers) consumer.close();
      await Promise.all(streamConsumers.map((consumer) => consumer.close()));
    },
  };
}

/** The ARN of the bucket for the records that are given up. Lambda writes to it with the function's role. */
function failureBucketOf(
  { DestinationConfig }: z.infer<typeof MappingProperties>,
  { definition }: LambdaFunction,
  logicalId: string,
): string | undefined {
  const bucketArn = DestinationConfig?.OnFailure?.Destination;
  if (bucketArn === undefined) return undefined;
  if (!bucketArn.startsWith('arn:aws:s3:'))
    throw new StartError(`The local stack keeps failed stream records in S3 only (${logicalId}).`);
  for (const access of [
    { action: 's3:PutObject', resource: `${bucketArn}/aws/lambda/${logicalId}` },
    { action: 's3:ListBucket', resource: bucketArn },
  ]) {
    if (decide(definition.statements, access) === 'allowed') continue;
    throw new StartError(`The role of ${definition.name} does not allow ${access.action} on ${bucketArn}.`);
  }
  return bucketArn;
}
