import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Trigger } from '../api/trigger.ts';
import type { Queues } from './queues.ts';
import type { Storage } from './storage.ts';

const READ_STREAM = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

/**
 * What an event function may do with its event source, as Lambda polls it with the function's role (Lambda developer guide, "Using
 * Lambda with Amazon SQS" and "with Amazon DynamoDB", execution role permissions), and with the queues that it sends to.
 *
 * They are part of the role. CDK would add a policy to each, which is one more resource of the stack.
 */
export function eventStatements(
  { source, permissions }: Trigger,
  { table, audit, key, failedRecords }: Storage,
  queues: Queues | undefined,
  queuesOf: (triggerId: string) => Queues | undefined,
): PolicyStatement[] {
  const targets = (permissions.queues ?? []).flatMap((id) => queuesOf(id)?.queue ?? []);
  const sent = [...(queues ? [queues.deadLetters] : []), ...targets].map(({ queueArn }) => queueArn);
  return [
    ...(sent.length > 0 ? [new PolicyStatement({ actions: ['sqs:SendMessage'], resources: sent })] : []),
    ...(queues?.queue
      ? [
          new PolicyStatement({
            actions: [
              'sqs:ReceiveMessage',
              'sqs:DeleteMessage',
              'sqs:ChangeMessageVisibility',
              'sqs:GetQueueAttributes',
            ],
            resources: [queues.queue.queueArn],
          }),
        ]
      : []),
    ...(queues && !queues.queue
      ? [
          new PolicyStatement({
            actions: READ_STREAM,
            resources: [('auditChanged' in source ? audit : table).tableStreamArn ?? ''],
          }),
          new PolicyStatement({
            actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
            resources: [key.keyArn],
          }),
          // Lambda writes the records that it gives up.
          new PolicyStatement({ actions: ['s3:ListBucket'], resources: [failedRecords.bucketArn] }),
          new PolicyStatement({ actions: ['s3:PutObject'], resources: [failedRecords.arnForObjects('*')] }),
        ]
      : []),
  ];
}

/** The URLs of all queues by the ids of their functions, and the permission to read how many messages they have. */
export const queueLengths = (all: ReadonlyMap<string, Queues>) => ({
  urls: Object.fromEntries(
    [...all].map(([id, { queue, deadLetters }]) => [
      id,
      { ...(queue && { queue: queue.queueUrl }), deadLetters: deadLetters.queueUrl },
    ]),
  ),
  statements: [
    new PolicyStatement({
      actions: ['sqs:GetQueueAttributes'],
      resources: [...all.values()].flatMap(({ queue, deadLetters }) => [
        ...(queue ? [queue.queueArn] : []),
        deadLetters.queueArn,
      ]),
    }),
  ],
});
