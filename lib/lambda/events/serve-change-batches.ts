import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Trigger } from '../../api/trigger.ts';
import { logger } from '../http/response.ts';
import { connect, type Factories } from '../needs.ts';

/** A change of an item, with the item after it or, if it was removed, before it. */
export interface Change {
  kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  item: Record<string, unknown>;
  /** DynamoDB removed it at the end of its time to live. */
  isExpiry: boolean;
}

/** The Lambda of a trigger that processes a batch of changes as one: it succeeds or is retried as a whole. */
export function serveChangeBatches<Deps>(
  trigger: Trigger,
  handle: (changes: readonly Change[], deps: Deps) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
) {
  const connected = connect<Deps>(needs);
  return async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    const deps = connected();
    const changes = Records.map(({ eventName = 'MODIFY', dynamodb = {}, userIdentity }) => ({
      kind: eventName,
      item: unmarshall((dynamodb.NewImage ?? dynamodb.OldImage ?? {}) as Record<string, AttributeValue>, {
        // DynamoDB's numbers can be larger than JavaScript's safe integers; such a number must not block the stream.
        wrapNumbers: Number,
      }),
      // Developer guide, "DynamoDB Streams and Time to Live".
      isExpiry: eventName === 'REMOVE' && userIdentity?.principalId === 'dynamodb.amazonaws.com',
    }));
    try {
      await handle(changes, deps);
    } catch (error) {
      logger.error('failed', { trigger: trigger.id, error: error as Error });
      throw error;
    }
  };
}
