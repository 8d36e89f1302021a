import type { CallFault } from '../faults/faults.ts';

/** An error as DynamoDB answers it. */
export interface DynamoDbError {
  statusCode: number;
  __type: string;
  message: string;
  CancellationReasons?: { Code: string; Message?: string }[];
}

const error = (name: string, message: string, statusCode = 400): DynamoDbError => ({
  statusCode,
  __type: `com.amazonaws.dynamodb.v20120810#${name}`,
  message,
});

export const internalServerError = error('InternalServerError', 'Internal server error', 500);

/** The error of a call that has no effect because of its fault; undefined if the call is done. */
export function errorOf(
  { name, variant, table }: CallFault,
  action: string,
  tables: readonly string[],
): DynamoDbError | undefined {
  const isTransaction = action.startsWith('Transact');
  const cancelled = (code: string, message: string) => cancellation(tables, table, code, message);
  switch (name) {
    case 'internal-error':
      return internalServerError;
    case 'throttling':
      if (variant < 0.5) return error('ThrottlingException', throttled);
      return isTransaction
        ? cancelled('ThrottlingError', throttled)
        : error('ProvisionedThroughputExceededException', throttled);
    case 'transaction-conflict':
      return isTransaction
        ? cancelled('TransactionConflict', conflict)
        : error('TransactionConflictException', conflict);
    default:
      return undefined;
  }
}

const throttled =
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.';
const conflict = 'Transaction is ongoing for the item';

/** The error of a request for which its table or a partition of it has no throughput left. */
export const throttledError = (action: string, tables: readonly string[]): DynamoDbError =>
  action.startsWith('Transact')
    ? cancellation(tables, undefined, 'ThrottlingError', throttled)
    : error('ThrottlingException', throttled);

/** A transaction is cancelled for one of its items (DynamoDB API reference, TransactWriteItems, CancellationReasons). */
function cancellation(
  tables: readonly string[],
  table: string | undefined,
  code: string,
  message: string,
): DynamoDbError {
  const wanted = tables.findIndex(
    (name) => table === undefined || name.toLowerCase().includes(table.toLowerCase()),
  );
  const reasons = tables.map((_name, index) =>
    index === wanted ? { Code: code, Message: message } : { Code: 'None' },
  );
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return {
    ...error(
      'TransactionCanceledException',
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    ),
    CancellationReasons: reasons,
  };
}
