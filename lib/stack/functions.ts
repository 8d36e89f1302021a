import { join } from 'node:path';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LayerVersion,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Permissions } from '../api/operation.ts';
import { TABLE_SCHEMA } from '../data/keys.ts';
import { categoryIds } from '../domain/clinic.ts';
import { originsAllowedBy, type Settings } from './settings.ts';
import type { Sockets } from './sockets.ts';
import type { Storage } from './storage.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const READ_ACTIONS = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const WRITE_ACTIONS = [
  ...READ_ACTIONS,
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:ConditionCheckItem',
];
const TABLE_ACTIONS = {
  read: READ_ACTIONS,
  write: WRITE_ACTIONS,
  scan: [...WRITE_ACTIONS, 'dynamodb:Scan'],
};
const OBJECT_ACTIONS = {
  read: ['s3:GetObject'],
  write: ['s3:PutObject'],
  delete: ['s3:DeleteObject', 's3:AbortMultipartUpload'],
  lock: ['s3:PutObjectRetention'],
};
const LIST_ACTIONS = { find: 's3:ListBucket', versions: 's3:ListBucketVersions' } as const;
// S3 uses the KMS key with the permissions of the caller who reads or writes.
const KEY_ACTIONS = {
  find: undefined,
  versions: undefined,
  read: 'kms:Decrypt',
  write: 'kms:GenerateDataKey',
  delete: undefined,
  lock: undefined,
};

const REQUESTS_ACTIONS = {
  check: ['dynamodb:GetItem'],
  count: ['dynamodb:UpdateItem'],
  uses: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
  reports: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
  report: ['dynamodb:PutItem'],
  remember: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
};
const CONNECTION_ACTIONS = {
  find: 'dynamodb:Query',
  add: 'dynamodb:PutItem',
  remove: 'dynamodb:DeleteItem',
  hold: 'dynamodb:UpdateItem',
};
const AUDIT_ACTIONS = {
  check: ['dynamodb:GetItem'],
  append: ['dynamodb:PutItem'],
  read: ['dynamodb:PutItem', 'dynamodb:Query'],
  verify: ['dynamodb:Query'],
};

interface FunctionProps {
  permissions: Permissions;
  memoryMb: number;
  timeoutSeconds: number;
  layers?: readonly string[] | undefined;
  environment?: Record<string, string>;
  description: string;
  /** By default CloudFormation gives a name. */
  functionName?: string;
  /** What it may do besides its permissions. */
  statements?: readonly PolicyStatement[];
}

/**
 * Creates the Lambda functions. Each gets the permissions that it declares, and the environment and keys that it needs
 * to use them.
 */
export class Functions extends Construct {
  readonly #storage: Storage;
  readonly #settings: Settings;
  readonly #sockets: Sockets;
  readonly #layers = new Map<string, LayerVersion>();
  /** By their rights. */
  readonly #roles = new Map<string, Role>();
  /** Counts the stored items that can't be read. */
  readonly damagedItems: MetricFilter;
  /**
   * The log group of all functions, with log streams named by function. One group for each would use a tenth of the
   * resources that a stack may have.
   */
  readonly logGroup: LogGroup;
  /** The secret that signs cursors. It gives access to nothing else. */
  readonly #cursorSecret: Secret;

  constructor(scope: Construct, id: string, storage: Storage, settings: Settings, sockets: Sockets) {
    super(scope, id);
    this.#storage = storage;
    this.#settings = settings;
    this.#sockets = sockets;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logDays.functions,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.damagedItems = new MetricFilter(this, 'DamagedItems', {
      logGroup: this.logGroup,
      // The name of the errors that `lib/data/dynamodb/table.ts` reports.
      filterPattern: FilterPattern.stringValue('$.error.name', '=', 'DamagedItem'),
      metricNamespace: Stack.of(this).stackName,
      metricName: 'DamagedItems',
    });
    this.#cursorSecret = new Secret(this, 'CursorSecret', {
      description: 'Seals the cursors of lists',
      encryptionKey: storage.key,
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
    });
  }

  /** The environment of functions that return pages of lists. */
  get paging(): Record<string, string> {
    return { CURSOR_SECRET: this.#cursorSecret.secretValue.unsafeUnwrap() };
  }

  /** The environment of functions that respond to pages of other origins. */
  get crossOrigin(): Record<string, string> {
    return { ALLOWED_ORIGINS: JSON.stringify(originsAllowedBy(this.#settings)) };
  }

  /** What a function needs to send to the clinic's Orthanc. */
  get orthanc(): Pick<FunctionProps, 'statements'> & { environment: Record<string, string> } {
    const { orthancUrl = '', orthancSecret } = this.#settings;
    const environment = { ORTHANC_URL: orthancUrl };
    if (!orthancSecret) return { environment };
    const resourceName = `${orthancSecret}-??????`;
    const secret = {
      service: 'secretsmanager',
      resource: 'secret',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    };
    return {
      environment: { ...environment, ORTHANC_SECRET: orthancSecret },
      statements: [
        new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue'],
          // Secrets Manager adds six characters to the name.
          resources: [Stack.of(this).formatArn(secret)],
        }),
      ],
    };
  }

  /** Creates the function with the bundle `dist/<id>`. */
  create(
    id: string,
    {
      permissions,
      memoryMb,
      timeoutSeconds,
      layers = [],
      environment,
      description,
      functionName,
      statements = [],
    }: FunctionProps,
  ) {
    return new LambdaFunction(this, id, {
      description,
      ...(functionName && { functionName }),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(ROOT, 'dist', id)),
      handler: 'index.handler',
      memorySize: memoryMb,
      timeout: Duration.seconds(timeoutSeconds),
      // Otherwise CDK would add a policy resource to each role, for X-Ray and for event sources (`event-statements.ts`).
      role: this.#roleOf(id, [...this.#statements(permissions), ...statements]).withoutPolicyUpdates(),
      logGroup: this.logGroup,
      tracing: Tracing.ACTIVE,
      layers: layers.map((name) => this.#layer(name)),
      environment: {
        POWERTOOLS_SERVICE_NAME: id,
        ...this.#environment(permissions),
        ...environment,
      },
    });
  }

  /** The role with these rights: functions with the same ones share it, so that a stack has fewer resources. */
  #roleOf(id: string, statements: readonly PolicyStatement[]): Role {
    const rights = JSON.stringify(statements);
    const known = this.#roles.get(rights);
    if (known) return known;
    const role = new Role(this, `${id}-role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        own: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [this.logGroup.logGroupArn],
            }),
            // X-Ray supports no resource-level permissions (service authorization reference).
            new PolicyStatement({
              actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
              resources: ['*'],
            }),
            ...statements,
          ],
        }),
      },
    });
    this.#roles.set(rights, role);
    return role;
  }

  #statements({
    table,
    requests,
    audit,
    connections,
    objects = {},
    sockets = [],
  }: Permissions): PolicyStatement[] {
    const {
      table: { tableArn },
      requests: { tableArn: requestsArn },
      audit: { tableArn: auditArn },
      connections: { tableArn: connectionsArn },
      key,
    } = this.#storage;
    const rights = Object.entries(objects);
    const listed = Object.entries(LIST_ACTIONS).flatMap(([name, action]) => {
      const buckets = new Set(
        rights.flatMap(([prefix, actions]) =>
          actions.includes(name as keyof typeof LIST_ACTIONS) ? [this.#bucketOf(prefix).bucketArn] : [],
        ),
      );
      return buckets.size > 0 ? [new PolicyStatement({ actions: [action], resources: [...buckets] })] : [];
    });
    const keyActions = new Set(
      rights.flatMap(([, actions]) => actions.flatMap((action) => KEY_ACTIONS[action] ?? [])),
    );
    if (table || requests || audit || connections) keyActions.add('kms:Decrypt');
    return [
      ...(table
        ? [
            new PolicyStatement({
              actions: TABLE_ACTIONS[table],
              resources: [tableArn, ...TABLE_SCHEMA.indexes.map((index) => `${tableArn}/index/${index}`)],
            }),
          ]
        : []),
      ...(requests
        ? [new PolicyStatement({ actions: REQUESTS_ACTIONS[requests], resources: [requestsArn] })]
        : []),
      ...(connections
        ? [
            new PolicyStatement({
              actions: connections.map((action) => CONNECTION_ACTIONS[action]),
              resources: [
                connectionsArn,
                ...(connections.includes('find') ? [`${connectionsArn}/index/*`] : []),
              ],
            }),
          ]
        : []),
      ...(audit
        ? [
            new PolicyStatement({
              actions: AUDIT_ACTIONS[audit],
              resources: [auditArn, ...(audit === 'read' ? [`${auditArn}/index/*`] : [])],
            }),
          ]
        : []),
      ...rights.map(
        ([prefix, actions]) =>
          new PolicyStatement({
            actions: actions.flatMap((action) =>
              action in LIST_ACTIONS ? [] : OBJECT_ACTIONS[action as keyof typeof OBJECT_ACTIONS],
            ),
            resources: [this.#bucketOf(prefix).arnForObjects(`${prefix}/*`)],
          }),
      ),
      ...listed,
      ...(sockets.length > 0
        ? [
            new PolicyStatement({
              actions: ['execute-api:ManageConnections'],
              resources: sockets.map((action) => this.#sockets.arnFor(action)),
            }),
          ]
        : []),
      ...(keyActions.size > 0
        ? [new PolicyStatement({ actions: [...keyActions], resources: [key.keyArn] })]
        : []),
    ];
  }

  #environment({
    table,
    requests,
    audit,
    connections,
    objects,
    sockets,
  }: Permissions): Record<string, string> {
    const { table: items, requests: onGoing, audit: log, connections: open } = this.#storage;
    const { bucket, auditSegments } = this.#storage;
    const { audit: segments, 'audit/heads': _heads, ...images } = objects ?? {};
    const hasImages = Object.keys(images).length > 0;
    return {
      ...(table && { TABLE_NAME: items.tableName }),
      ...(requests && { REQUESTS_TABLE_NAME: onGoing.tableName }),
      ...(audit && {
        AUDIT_TABLE_NAME: log.tableName,
        AUDIT_DAYS: String(this.#settings.auditDays),
      }),
      ...(connections && { CONNECTIONS_TABLE_NAME: open.tableName }),
      ...(hasImages && {
        BUCKET_NAME: bucket.bucketName,
        TIME_ZONE: this.#settings.timeZone,
        CATEGORIES: categoryIds(this.#settings.clinic.categories).join(),
        SCAN: this.#settings.scan ? 'on' : 'off',
      }),
      ...(segments && { AUDIT_BUCKET_NAME: auditSegments.bucketName }),
      ...(objects?.dicom?.includes('write') && {
        PATIENT_ID_ISSUERS: JSON.stringify(this.#settings.patientIdIssuers),
      }),
      ...((requests || hasImages || connections) && { LIMITS: JSON.stringify(this.#settings.limits) }),
      ...(sockets && this.#sockets.environment),
    };
  }

  /** The bucket of the objects with this prefix. */
  #bucketOf(prefix: string) {
    return prefix === 'audit' || prefix === 'audit/heads'
      ? this.#storage.auditSegments
      : this.#storage.bucket;
  }

  #layer(name: string): LayerVersion {
    const known = this.#layers.get(name);
    if (known) return known;
    const layer = new LayerVersion(this, `${name}-layer`, {
      code: Code.fromAsset(join(ROOT, 'layers', name)),
      compatibleArchitectures: [Architecture.ARM_64],
      compatibleRuntimes: [Runtime.NODEJS_24_X],
    });
    this.#layers.set(name, layer);
    return layer;
  }
}
