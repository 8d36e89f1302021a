import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Trigger } from '../../api/trigger.ts';
import type { Factories } from '../needs.ts';
import { type ChangedItem, changeOf } from './serve-item-changes.ts';
import { serveMessages } from './serve-messages.ts';
import type { Turns } from './turns.ts';

/** A deleted item as it was before, or a changed item as it is now. */
export type StreamedItem = Record<string, unknown>;

/** A record of the table's stream, as `distribute-changes` sends it. DynamoDB is trusted with the types of its attributes. */
const StreamRecord = z.object({
  dynamodb: z.custom<NonNullable<DynamoDBRecord['dynamodb']>>((value) => typeof value === 'object'),
});

/** The Lambda of a trigger on changes of items that come through a queue: in any order, and perhaps twice. */
export const serveQueuedChanges = <Deps>(
  trigger: Trigger,
  handle: (change: ChangedItem, deps: Deps, turns: Turns) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
) =>
  serveMessages(
    trigger,
    StreamRecord,
    (record, deps: Deps, turns) => handle(changeOf(record), deps, turns),
    needs,
  );

/** The same for one state of each item. */
export const serveItems = <Deps>(
  trigger: Trigger,
  handle: (item: StreamedItem, deps: Deps, turns: Turns) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
) =>
  serveQueuedChanges<Deps>(
    trigger,
    ({ before, after }, deps, turns) => handle(after ?? before ?? {}, deps, turns),
    needs,
  );
