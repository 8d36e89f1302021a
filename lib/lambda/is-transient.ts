import { isThrottlingError, isTransientError } from '@smithy/core/retry';

/** Why DynamoDB cancelled a transaction, if the same transaction can succeed later (API reference, TransactWriteItems). */
const PASSING_REASONS = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

/** Errors with status 400 or 409 that pass, and that the SDK does not repeat. */
const PASSING_ERRORS = [
  'TransactionConflictException',
  'KMSThrottlingException',
  'KMS.ThrottlingException',
  'OperationAborted',
  'ConditionalRequestConflict',
];

type AwsError = Parameters<typeof isTransientError>[0] & { CancellationReasons?: { Code?: string }[] };

/**
 * Whether the same request can succeed later: AWS throttled it, failed itself or was not reachable. This is the SDK's own
 * classification, and the errors that pass although the SDK does not repeat them.
 *
 * Denied access, a missing table and an invalid request do not pass by themselves, so they are not transient.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, cause } = error;
  const failure = error as AwsError;
  if (isThrottlingError(failure) || isTransientError(failure)) return true;
  return PASSING_ERRORS.includes(name) || isPassingCancellation(failure) || isTransient(cause);
}

/** If any reason does not pass, such as a failed condition, the transaction fails again. */
function isPassingCancellation({ name, CancellationReasons = [] }: AwsError): boolean {
  if (name !== 'TransactionCanceledException') return false;
  const reasons = CancellationReasons.flatMap(({ Code = 'None' }) => (Code === 'None' ? [] : [Code]));
  return reasons.length > 0 && reasons.every((reason) => PASSING_REASONS.includes(reason));
}
