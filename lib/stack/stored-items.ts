import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Trigger } from '../api/trigger.ts';
import { TABLE_SCHEMA } from '../data/keys.ts';
import { READ_STREAM } from './event-statements.ts';
import type { Storage } from './storage.ts';

/**
 * Sends new items of the table to a queue, where they can wait for longer than a stream keeps them.
 *
 * The bucket's events do not serve for this: an object is written before its item, and stays without one if the item's
 * transaction fails. And a second attempt that finds the object already stored causes no event.
 */
export class StoredItems extends Construct {
  /** The number of failed deliveries. They are retried as long as the stream keeps the record, a day. */
  readonly failures: Metric;

  constructor(
    scope: Construct,
    id: string,
    { itemsStored, attributes }: Extract<Trigger['source'], { itemsStored: unknown }>,
    { table, key }: Storage,
    queue: Queue,
  ) {
    super(scope, id);
    const source = table.tableStreamArn ?? '';
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('pipes.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        own: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: READ_STREAM,
              resources: [source],
            }),
            new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] }),
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }),
          ],
        }),
      },
    });
    const isNew = FilterCriteria.filter({
      eventName: FilterRule.isEqual('INSERT'),
      dynamodb: { Keys: { [TABLE_SCHEMA.partitionKey]: { S: FilterRule.beginsWith(itemsStored) } } },
    });
    const pipe = new CfnPipe(this, 'Pipe', {
      description: `What is stored under ${itemsStored}`,
      roleArn: role.roleArn,
      source,
      sourceParameters: {
        // From the beginning: items stored while the pipe is being created are not skipped.
        dynamoDbStreamParameters: { startingPosition: 'TRIM_HORIZON', batchSize: 10 },
        filterCriteria: { filters: [{ pattern: isNew.pattern }] },
      },
      target: queue.queueArn,
      targetParameters: {
        inputTemplate: `{${attributes.map((name) => `"${name}": <$.dynamodb.NewImage.${name}.S>`).join(', ')}}`,
      },
    });
    this.failures = new Metric({
      namespace: 'AWS/EventBridge/Pipes',
      metricName: 'ExecutionFailed',
      dimensionsMap: { PipeName: pipe.ref },
      statistic: 'Sum',
      period: Duration.minutes(5),
    });
  }
}
