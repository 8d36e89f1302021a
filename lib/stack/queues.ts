import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { isQueued, type Trigger } from '../api/trigger.ts';
import { removalPolicy } from './removal-policy.ts';
import type { Settings } from './settings.ts';
import type { Storage } from './storage.ts';

/** The queue of an event function, if its source has one, and the dead-letter queue of what fails repeatedly. */
export class Queues extends Construct {
  readonly deadLetters: Queue;
  readonly queue: Queue | undefined;

  constructor(
    scope: Construct,
    { id, source, timeoutSeconds }: Trigger,
    storage: Storage,
    settings: Settings,
  ) {
    super(scope, id);
    const kept = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: removalPolicy(settings),
    };
    this.deadLetters = new Queue(this, 'DeadLetters', kept);
    if (!isQueued(source)) return;
    this.queue = new Queue(this, 'Queue', {
      ...kept,
      // Six times the function's timeout, as Lambda recommends (developer guide, "Creating an SQS event source").
      visibilityTimeout: Duration.seconds(
        ('visibilityTimeoutSeconds' in source && source.visibilityTimeoutSeconds) || 6 * timeoutSeconds,
      ),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: source.maximumReceives },
    });
    if ('objectsUnder' in source) storage.sendCreatedTo(this.queue, source.objectsUnder, source.named);
    if ('scanResults' in source) sendScanResults(this, storage, this.queue);
  }
}

/** Sends the results of the malware scans of the bucket's objects to a queue. */
const sendScanResults = (scope: Construct, { bucket }: Storage, queue: Queue) =>
  new Rule(scope, 'ScanResults', {
    eventPattern: {
      source: ['aws.guardduty'],
      detailType: ['GuardDuty Malware Protection Object Scan Result'],
      detail: { s3ObjectDetails: { bucketName: [bucket.bucketName] } },
    },
    targets: [new SqsQueue(queue)],
  });
