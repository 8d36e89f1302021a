import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Trigger } from '../../api/trigger.ts';
import { logger } from '../http/response.ts';
import { connect, type Makers } from '../needs.ts';

/** What happened to an item, and the item as it is since or, where it was removed, as it was. */
export interface Change {
  kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  item: Record<string, unknown>;
}

/** The Lambda of a trigger that takes a batch of changes as one: it succeeds or comes again as a whole. */
export function serveChangeBatches<Deps>(
  trigger: Trigger,
  handle: (changes: readonly Change[], deps: Deps) => Promise<unknown>,
  needs: Makers<NoInfer<Deps>>,
) {
  const connected = connect<Deps>(needs);
  return async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    const deps = connected();
    const changes = Records.map(({ eventName = 'MODIFY', dynamodb = {} }) => ({
      kind: eventName,
      item: unmarshall((dynamodb.NewImage ?? dynamodb.OldImage ?? {}) as Record<string, AttributeValue>, {
        // DynamoDB holds larger numbers than JavaScript counts with; one that someone put in must not stop the rest.
        wrapNumbers: Number,
      }),
    }));
    try {
      await handle(changes, deps);
    } catch (error) {
      logger.error('failed', { trigger: trigger.id, error: error as Error });
      throw error;
    }
  };
}
