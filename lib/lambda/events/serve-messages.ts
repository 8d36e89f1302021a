import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import type { Trigger } from '../../api/trigger.ts';
import { environment } from '../environment.ts';
import { letHeapGrow } from '../heap-growth.ts';
import { logger } from '../http/response.ts';
import { connect, type Factories } from '../needs.ts';
import { DeadLetters } from './dead-letters.ts';
import { backoffSeconds, MessageQueue } from './message-queue.ts';
import { isPermanent } from './permanent-failure.ts';
import { Turns } from './turns.ts';

/** The part of its timeout that a function needs for one message at most. */
const PART_OF_ONE = 0.5;

/**
 * The Lambda of a trigger whose events come through a queue. A message that fails is retried with growing delays until the queue moves it
 * to the dead-letter queue; after an error that is permanent, that happens at once. Those of one invocation are processed at the same
 * time, as far as `handle` does not use its turns.
 */
export function serveMessages<Message, Deps>(
  trigger: Trigger,
  schema: z.ZodType<Message>,
  handle: (message: Message, deps: Deps, turns: Turns) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
) {
  letHeapGrow(trigger);
  const processor = new BatchProcessor(EventType.SQS);
  const connected = connect<Deps>(needs);
  const queues = connect({
    queue: () => new MessageQueue(environment.queueUrl),
    deadLetters: () => new DeadLetters(environment.deadLettersUrl),
  });
  const processRecord = async ({ body, messageId, receiptHandle, attributes }: SQSRecord, turns: Turns) => {
    const deps = connected();
    const { queue, deadLetters } = queues();
    try {
      await handle(schema.parse(JSON.parse(body)), deps, turns);
    } catch (error) {
      logger.error('failed', { trigger: trigger.id, messageId, error: error as Error });
      if (isPermanent(error)) return deadLetters.add(body);
      // If this fails, too, the message is retried after the queue's own visibility timeout.
      await queue
        .postpone(receiptHandle, backoffSeconds(Number(attributes.ApproximateReceiveCount)))
        .catch((fault: unknown) => logger.error('not postponed', { messageId, error: fault as Error }));
      throw error;
    }
  };
  return (event: SQSEvent, context: Context) => {
    const remainingMs = () => context.getRemainingTimeInMillis();
    const turns = new Turns(event.Records.length, remainingMs, PART_OF_ONE * trigger.timeoutSeconds * 1000);
    const inTurn = (record: SQSRecord) => turns.take(() => processRecord(record, turns));
    return processPartialResponse(event, inTurn, processor, { context, throwOnFullBatchFailure: false });
  };
}
