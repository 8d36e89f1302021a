import { Limits } from '../domain/limits/limits.ts';

/** The environment variables that the stack sets; named only here and in `lib/stack`, and read when they are needed. */
export const environment = {
  get tableName() {
    return required('TABLE_NAME');
  },
  get bucketName() {
    return required('BUCKET_NAME');
  },
  /** The table of requests: rate limits and idempotency records. */
  get requestsTableName() {
    return required('REQUESTS_TABLE_NAME');
  },
  /** Who did what. */
  get auditTableName() {
    return required('AUDIT_TABLE_NAME');
  },
  /** Who listens at which socket. */
  get connectionsTableName() {
    return required('CONNECTIONS_TABLE_NAME');
  },
  /** Seals the cursors of lists. */
  get cursorSecret() {
    return required('CURSOR_SECRET');
  },
  /** Origins whose pages may call what is open to other origins. */
  get allowedOrigins(): string[] {
    return required('ALLOWED_ORIGINS').split(',');
  },
  /** Where the stored DICOM files go as well, and as whom they do. */
  get orthanc() {
    const { ORTHANC_USERNAME: name, ORTHANC_PASSWORD: password } = process.env;
    const auth = name && password ? `${name}:${password}` : undefined;
    return { url: required('ORTHANC_URL'), auth };
  },
  /** The queue whose messages the function gets, and its dead-letter queue. */
  get queue() {
    return { url: required('QUEUE_URL'), deadLettersUrl: required('DEAD_LETTERS_URL') };
  },
  /** Issuers of Patient ID that are the clinic's own. */
  get patientIdIssuers(): string[] {
    return JSON.parse(required('PATIENT_ID_ISSUERS'));
  },
  /** Where the clinic is. */
  get timeZone() {
    return required('TIME_ZONE');
  },
  get limits() {
    return Limits.parse(JSON.parse(required('LIMITS')));
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
