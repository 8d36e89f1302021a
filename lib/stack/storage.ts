import {
  AttributeType,
  Billing,
  type CfnGlobalTable,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  HttpMethods,
  ObjectLockRetention,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { INDEXES, type IndexName, TABLE_SCHEMA } from '../data/keys.ts';
import {
  DICOM,
  EXPIRE_AFTER_DAYS,
  EXPORTS,
  IMAGES,
  INCOMING,
  INCOMING_DICOM,
} from '../storage/object-keys.ts';
import { removalPolicy } from './removal-policy.ts';
import type { Settings } from './settings.ts';

export const PAGE_ACCESS_LOGS = 'page/';

/** The stored data: the bucket of the images, the table of their metadata, and the key that encrypts both. */
export class Storage extends Construct {
  readonly key: Key;
  readonly bucket: Bucket;
  readonly accessLogs: Bucket;
  /** The segments of the audit log. A separate bucket, because Object Lock is for whole buckets. */
  readonly auditSegments: Bucket;
  /** The records of streams that a function could not process. */
  readonly failedRecords: Bucket;
  readonly table: TableV2;
  /**
   * The state of requests. A separate table, so that its many writes are in no stream, and its failure does not affect
   * images.
   */
  readonly requests: TableV2;
  /** The open connections. A separate table, so that functions that send messages have no access to stored data. */
  readonly connections: TableV2;
  /** The audit log. A separate table, so that no function that may change other data can change it. */
  readonly audit: TableV2;
  readonly #scan: boolean;
  readonly #notifications: CfnBucket.QueueConfigurationProperty[] = [];

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { keepData, deletedObjectDays, auditRetention, scan, coldImages } = settings;
    this.#scan = scan;
    this.key = new Key(this, 'Key', {
      description: "Patients' images and what is known of them",
      enableKeyRotation: true,
      // S3 and DynamoDB encrypt a replica in another region by a key of that region, so that none of its material has to leave
      // this one. It cannot be changed later.
      multiRegion: false,
      removalPolicy: removalPolicy(settings),
    });
    const secure = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: removalPolicy(settings),
      // CloudFormation deletes only empty buckets.
      autoDeleteObjects: !keepData,
      versioned: true,
    };
    this.accessLogs = new Bucket(this, 'AccessLogs', {
      ...secure,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) }],
    });
    this.#acceptAccessLogsOfPage();
    this.bucket = new Bucket(this, 'Images', {
      ...secure,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: this.accessLogs,
      serverAccessLogsPrefix: 'images/',
      cors: [
        {
          // The signature of a URL protects the object, not the origin of the page that uses it.
          allowedOrigins: ['*'],
          allowedMethods: [HttpMethods.GET, HttpMethods.HEAD, HttpMethods.PUT],
          allowedHeaders: ['content-type', 'if-none-match', 'range', 'x-amz-checksum-crc32'],
          exposedHeaders: ['ETag', 'Content-Range'],
          maxAge: 3600,
        },
      ],
      lifecycleRules: [
        // Uploads are checked within minutes, and then deleted.
        { id: 'incoming', prefix: INCOMING, expiration: days(INCOMING), ...forADay },
        { id: 'incoming-dicom', prefix: INCOMING_DICOM, expiration: days(INCOMING_DICOM), ...forADay },
        { id: 'exports', prefix: EXPORTS, expiration: days(EXPORTS), ...forADay },
        ...(coldImages ? [IMAGES, DICOM].map((prefix) => coldRule(prefix, coldImages)) : []),
        { id: 'unfinished', abortIncompleteMultipartUploadAfter: Duration.days(1) },
        {
          id: 'deleted',
          noncurrentVersionExpiration: Duration.days(deletedObjectDays),
          expiredObjectDeleteMarker: true,
        },
      ],
    });
    this.failedRecords = new Bucket(this, 'FailedRecords', {
      ...secure,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: this.accessLogs,
      serverAccessLogsPrefix: 'failed-records/',
      // As long as a dead-letter queue keeps its messages.
      lifecycleRules: [{ id: 'failed', expiration: Duration.days(14), ...forADay }],
    });
    const retention = Duration.days(auditRetention.days);
    this.auditSegments = new Bucket(this, 'AuditSegments', {
      ...secure,
      // Nobody can empty it while Object Lock keeps its objects.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      autoDeleteObjects: false,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: this.accessLogs,
      serverAccessLogsPrefix: 'audit-segments/',
      objectLockEnabled: true,
      objectLockDefaultRetention:
        auditRetention.mode === 'compliance'
          ? ObjectLockRetention.compliance(retention)
          : ObjectLockRetention.governance(retention),
    });
    this.#sealAudit();
    // Each is a global table of one region. So a replica in another region can be added later: CloudFormation cannot change
    // the type of a table (DynamoDB developer guide, "Best practices for global tables").
    const items = {
      partitionKey: { name: TABLE_SCHEMA.partitionKey, type: AttributeType.STRING },
      sortKey: { name: TABLE_SCHEMA.sortKey, type: AttributeType.STRING },
      billing: Billing.onDemand(),
      timeToLiveAttribute: TABLE_SCHEMA.timeToLive,
      // With our key: see `encryptBy`.
      encryption: TableEncryptionV2.awsManagedKey(),
    };
    const kept = {
      ...items,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: keepData,
      removalPolicy: removalPolicy(settings),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    };
    this.requests = new TableV2(this, 'Requests', { ...items, removalPolicy: RemovalPolicy.DESTROY });
    this.connections = new TableV2(this, 'Connections', {
      ...items,
      globalSecondaryIndexes: indexes(TABLE_SCHEMA.connectionIndexes),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.table = new TableV2(this, 'Table', {
      ...kept,
      globalSecondaryIndexes: indexes(TABLE_SCHEMA.indexes),
    });
    this.audit = new TableV2(this, 'Audit', {
      ...kept,
      globalSecondaryIndexes: indexes(TABLE_SCHEMA.auditIndexes),
    });
    for (const table of [this.requests, this.connections, this.table, this.audit]) encryptBy(this.key, table);
    // DynamoDB creates one table with indexes at a time (DynamoDB quotas, "Secondary indexes").
    this.table.node.addDependency(this.connections);
    this.audit.node.addDependency(this.table);
  }

  /** CDK would name the page's bucket in this policy, but its stack depends on this one. */
  #acceptAccessLogsOfPage(): void {
    this.accessLogs.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.accessLogs.arnForObjects(`${PAGE_ACCESS_LOGS}*`)],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }

  /**
   * Makes the segments of the log immutable: nobody changes or deletes an object once it exists, also after its
   * retention has ended.
   */
  #sealAudit(): void {
    const segments = {
      principals: [new AnyPrincipal()],
      effect: Effect.DENY,
      resources: [this.auditSegments.arnForObjects('*')],
    };
    this.auditSegments.addToResourcePolicy(
      new PolicyStatement({
        ...segments,
        actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention'],
      }),
    );
    // S3 user guide, "Enforce conditional writes on Amazon S3 buckets".
    this.auditSegments.addToResourcePolicy(
      new PolicyStatement({
        ...segments,
        actions: ['s3:PutObject'],
        conditions: { Null: { 's3:if-none-match': 'true' } },
      }),
    );
  }

  /**
   * Sends the bucket's events to a queue by the bucket's own configuration: `addEventNotification` would add a Lambda
   * function of CDK for it.
   */
  sendCreatedTo(queue: Queue, prefix: string, suffix?: string): void {
    const { account } = Stack.of(this);
    const { policyDependable } = queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        // Not the bucket's ARN: S3 checks the permission when it creates the bucket, so the policy must exist before
        // the bucket.
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    const bucket = this.bucket.node.defaultChild as CfnBucket;
    const rules = [{ name: 'prefix', value: prefix }, ...(suffix ? [{ name: 'suffix', value: suffix }] : [])];
    this.#notifications.push({
      event: 's3:ObjectCreated:*',
      queue: queue.queueArn,
      filter: { s3Key: { rules } },
    });
    bucket.notificationConfiguration = {
      queueConfigurations: this.#notifications,
      // GuardDuty hears of new objects by EventBridge. It would turn that on itself, and the next deployment off again.
      ...(this.#scan && { eventBridgeConfiguration: { eventBridgeEnabled: true } }),
    };
    if (policyDependable) this.bucket.node.addDependency(policyDependable);
  }
}

const forADay = { noncurrentVersionExpiration: Duration.days(1) };

/** The rule that stores the originals and their copies at a lower price. */
const coldRule = (prefix: string, { afterDays, storageClass }: NonNullable<Settings['coldImages']>) => ({
  id: `cold-${prefix.slice(0, -1)}`,
  prefix,
  transitions: [{ storageClass: new StorageClass(storageClass), transitionAfter: Duration.days(afterDays) }],
});

/** After how many days the objects under a prefix expire. */
const days = (prefix: keyof typeof EXPIRE_AFTER_DAYS) => Duration.days(EXPIRE_AFTER_DAYS[prefix]);

/** CDK itself accepts a key of ours only if it knows the region of the stack. */
function encryptBy(key: Key, table: TableV2): void {
  const { defaultChild } = table.node;
  (defaultChild as CfnGlobalTable).addPropertyOverride(
    'Replicas.0.SSESpecification.KMSMasterKeyId',
    key.keyArn,
  );
}

const indexes = (names: readonly IndexName[]) =>
  names.map((indexName) => {
    const { partitionKey, sortKey } = INDEXES[indexName];
    return {
      indexName,
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
    };
  });
