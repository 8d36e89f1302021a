import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Trigger } from '../api/trigger.ts';
import { requireDataFormat } from './data-format.ts';
import { MalwareProtection } from './malware-protection.ts';
import { People } from './people.ts';
import { Queues } from './queues.ts';
import type { Settings } from './settings.ts';
import { Storage } from './storage.ts';

interface DataStackProps extends StackProps {
  stage: string;
  triggers: readonly Trigger[];
  settings: Settings;
}

/** What a clinic must not lose: data, messages that wait, and people. It has no code, and changes seldom. */
export class DataStack extends Stack {
  readonly storage: Storage;
  /** None if the clinic has an issuer of its own. */
  readonly people: People | undefined;
  /** The queues of each event function that has some, by its id. */
  readonly queues: ReadonlyMap<string, Queues>;

  constructor(scope: Construct, id: string, { stage, triggers, settings, ...props }: DataStackProps) {
    super(scope, id, { ...props, terminationProtection: settings.keepData });
    requireDataFormat(this);
    this.storage = new Storage(this, 'Storage', settings);
    if (!settings.oidc) this.people = new People(this, 'People', stage, settings);
    const fed = triggers.filter(({ source }) => !('everyMinutes' in source));
    this.queues = new Map(
      fed.map((trigger) => [trigger.id, new Queues(this, trigger, this.storage, settings)]),
    );
    if (settings.scan) new MalwareProtection(this, 'MalwareProtection', this.storage);

    const { audit, auditSegments, bucket, failedRecords } = this.storage;
    const outputs = {
      ...(this.people && { UserPoolId: this.people.pool.userPoolId }),
      AuditTableName: audit.tableName,
      AuditBucketName: auditSegments.bucketName,
      BucketName: bucket.bucketName,
      FailedRecordsBucketName: failedRecords.bucketName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
