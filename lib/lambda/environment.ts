import { isPaged, type Operation, permissionsOf } from '../api/operation.ts';
import { queueVariable } from '../api/trigger.ts';
import { NO_USER_POOL } from '../domain/access/no-user-pool.ts';
import type { Limits } from '../domain/limits/limits.ts';

/**
 * The environment variables that the stack sets. Only this file and `lib/stack` name them; each is read when used. The stack has
 * checked them: with their schemas, each function would start some milliseconds later.
 */
export const environment = {
  get tableName() {
    return required('TABLE_NAME');
  },
  get bucketName() {
    return required('BUCKET_NAME');
  },
  /** The bucket of the audit log's segments. */
  get auditBucketName() {
    return required('AUDIT_BUCKET_NAME');
  },
  /** The table of requests: rate limits and idempotency records. */
  get requestsTableName() {
    return required('REQUESTS_TABLE_NAME');
  },
  /** The table of the audit log. */
  get auditTableName() {
    return required('AUDIT_TABLE_NAME');
  },
  /** How many days the audit log's table keeps an event. */
  get auditDays() {
    return Number(required('AUDIT_DAYS'));
  },
  /** The table of WebSocket connections. */
  get connectionsTableName() {
    return required('CONNECTIONS_TABLE_NAME');
  },
  /** The secret that signs the cursors of lists. */
  get cursorSecret() {
    return required('CURSOR_SECRET');
  },
  /** Origins whose pages may call the endpoints that are open to other origins. */
  get allowedOrigins(): string[] {
    return JSON.parse(required('ALLOWED_ORIGINS'));
  },
  /** The Orthanc server to which stored DICOM files are forwarded, and the secret with its credentials, if it needs some. */
  get orthanc() {
    return { url: required('ORTHANC_URL'), secret: process.env.ORTHANC_SECRET };
  },
  /** The queue whose messages the function receives. */
  get queueUrl() {
    return required('QUEUE_URL');
  },
  get deadLettersUrl() {
    return required('DEAD_LETTERS_URL');
  },
  /** The queues of these functions, as far as they exist, by their ids. */
  queueUrls(triggerIds: readonly string[]): ReadonlyMap<string, string> {
    return new Map(
      triggerIds.flatMap((id) => {
        const url = process.env[queueVariable(id)];
        return url ? [[id, url] as const] : [];
      }),
    );
  },
  /** All queues of the service: of each event function, its own, if it has one, and that of its dead letters. */
  get allQueues(): Record<string, { queue?: string; deadLetters: string }> {
    return JSON.parse(required('ALL_QUEUES'));
  },
  /** The user pool; undefined if the clinic has an issuer of its own. */
  get userPoolId(): string | undefined {
    const id = required('USER_POOL_ID');
    return id === NO_USER_POOL ? undefined : id;
  },
  /** The queues to which S3 sends the events of uploads. */
  get uploadQueues() {
    const urlOf = (triggerId: string) => required(queueVariable(triggerId));
    return { 'make-thumbnail': urlOf('make-thumbnail'), 'ingest-dicom': urlOf('ingest-dicom') };
  },
  /** The clinic's own Issuers of Patient ID. */
  get patientIdIssuers(): string[] {
    return JSON.parse(required('PATIENT_ID_ISSUERS'));
  },
  /** The clinic's time zone. */
  get timeZone() {
    return required('TIME_ZONE');
  },
  /** The ids of the clinic's categories of photographs. */
  get categories(): readonly string[] {
    return required('CATEGORIES').split(',');
  },
  /** Whether uploads are scanned for malware before they are stored. */
  get scan() {
    return required('SCAN') === 'on';
  },
  get limits(): Limits {
    return JSON.parse(required('LIMITS'));
  },
};

function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `the environment variable ${name} is not set: does the operation declare the permission?`,
    );
  return value;
}

/**
 * Reads all settings of an operation, so that none is missing only after an effect.
 *
 * @throws Error that names the missing one
 */
export function requireSettings(operation: Operation): void {
  for (const name of settingsOf(operation)) void environment[name];
}

/** The settings of an operation: they follow from its permissions, as in `lib/stack`. */
function settingsOf(operation: Operation): (keyof typeof environment)[] {
  const { table, requests, audit, connections, objects, queueLengths, people } = permissionsOf(operation);
  return [
    ...(table ? (['tableName'] as const) : []),
    ...(requests ? (['requestsTableName'] as const) : []),
    ...(audit ? (['auditTableName', 'auditDays'] as const) : []),
    ...(connections ? (['connectionsTableName'] as const) : []),
    ...(objects ? (['bucketName', 'timeZone', 'categories', 'scan'] as const) : []),
    ...(queueLengths ? (['allQueues'] as const) : []),
    ...(people ? (['userPoolId'] as const) : []),
    ...(objects?.dicom?.includes('write') ? (['patientIdIssuers'] as const) : []),
    ...(requests || objects ? (['limits'] as const) : []),
    ...(isPaged(operation) ? (['cursorSecret'] as const) : []),
    ...(operation.crossOrigin ? (['allowedOrigins'] as const) : []),
  ];
}
