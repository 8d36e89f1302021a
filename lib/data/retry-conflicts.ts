import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { backOffMs } from '../domain/back-off.ts';

const ATTEMPTS = 12;

/**
 * Makes the client retry writes that conflicted with another transaction.
 *
 * Two transactions that touch one item at the same moment cancel each other, and so does a transaction a plain write;
 * the SDK tries neither again by itself. Uploads into one batch all count on that batch's item, so this is the rule
 * and not the exception: we wait a random time, longer each time.
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

/** A failed condition beside the conflict is an answer, and stays one. */
function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  if (codes.includes('ConditionalCheckFailed')) return false;
  return codes.includes('TransactionConflict') || codes.includes('ThrottlingError');
}
