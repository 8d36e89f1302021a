import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Trigger } from '../api/trigger.ts';
import { logger } from './answer.ts';
import { environment } from './environment.ts';
import { Hopeless } from './hopeless.ts';
import { MessageQueue, waitSeconds } from './message-queue.ts';

/**
 * The Lambda of a trigger on stored items. A message that fails comes again, after longer and longer waits, until the
 * queue puts it aside; one that is hopeless is put aside at once.
 */
export function serveMessages<Message, Deps>(
  trigger: Trigger,
  schema: z.ZodType<Message>,
  handle: (message: Message, deps: Deps) => Promise<unknown>,
  connect: () => Deps,
) {
  const processor = new BatchProcessor(EventType.SQS);
  let connected: { deps: Deps; queue: MessageQueue } | undefined;
  const processRecord = async ({ body, messageId, receiptHandle, attributes }: SQSRecord) => {
    connected ??= { deps: connect(), queue: new MessageQueue(environment.queue) };
    const { deps, queue } = connected;
    try {
      await handle(schema.parse(JSON.parse(body)), deps);
    } catch (error) {
      logger.error('failed', { trigger: trigger.id, messageId, error: error as Error });
      if (error instanceof Hopeless || error instanceof z.ZodError) return queue.putAside(body);
      // Where even this fails, the queue's own time is the wait.
      await queue
        .postpone(receiptHandle, waitSeconds(Number(attributes.ApproximateReceiveCount)))
        .catch((fault: unknown) => logger.error('not postponed', { messageId, error: fault as Error }));
      throw error;
    }
  };
  return (event: SQSEvent, context: Context) =>
    processPartialResponse(event, processRecord, processor, { context, throwOnFullBatchFailure: false });
}
