import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { backOffMs } from '../../domain/back-off.ts';

const ATTEMPTS = 12;

/**
 * Makes the client retry writes that conflicted with another transaction.
 *
 * Two concurrent transactions on one item cancel each other, and a transaction cancels a plain write. The SDK retries
 * neither. All uploads into one batch update that batch's item, so conflicts are common. The wait is random and
 * increases.
 */
export function retryConflicts(client: DynamoDBClient): DynamoDBClient {
  client.middlewareStack.add(
    (next) => async (request) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await next(request);
        } catch (error) {
          if (!isConflict(error) || attempt === ATTEMPTS) throw error;
          await sleep(backOffMs(attempt, 20, 1000));
        }
      }
    },
    { step: 'initialize', name: 'retryConflicts' },
  );
  return client;
}

/**
 * Whether the only failure is a conflict. If a condition failed too, that is the result, and a retry would not change
 * it.
 */
function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  if (codes.includes('ConditionalCheckFailed')) return false;
  return codes.includes('TransactionConflict') || codes.includes('ThrottlingError');
}
