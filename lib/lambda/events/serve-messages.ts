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

/**
 * The Lambda of a trigger whose events come through a queue. A message that fails is retried with growing delays until the queue moves it
 * to the dead-letter queue; after an error that is permanent, that happens at once.
 */
export function serveMessages<Message, Deps>(
  trigger: Trigger,
  schema: z.ZodType<Message>,
  handle: (message: Message, deps: Deps) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
) {
  letHeapGrow(trigger);
  const processor = new BatchProcessor(EventType.SQS);
  const connected = connect<Deps>(needs);
  const queues = connect({
    queue: () => new MessageQueue(environment.queueUrl),
    deadLetters: () => new DeadLetters(environment.deadLettersUrl),
  });
  const processRecord = async ({ body, messageId, receiptHandle, attributes }: SQSRecord) => {
    const deps = connected();
    const { queue, deadLetters } = queues();
    try {
      await handle(schema.parse(JSON.parse(body)), deps);
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
  return (event: SQSEvent, context: Context) =>
    processPartialResponse(event, processRecord, processor, { context, throwOnFullBatchFailure: false });
}
