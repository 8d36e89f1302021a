import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Trigger } from '../../api/trigger.ts';
import { logger } from '../http/response.ts';
import { connect, type Factories } from '../needs.ts';

/** An object that was created in the bucket. */
export interface CreatedObject {
  key: string;
}

/** S3's message (S3 user guide, "Event message structure"); it also sends a test event, without records. */
const S3Message = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })).default([]),
});

/** In S3's messages, keys are encoded as in forms: a space is `+`. */
const decodeKey = (key: string) => decodeURIComponent(key.replaceAll('+', ' '));

/**
 * The Lambda of a trigger on objects. Messages are processed independently. One that fails is retried alone, until the
 * queue moves it to the dead-letter queue.
 */
export function serveObjects<Deps>(
  trigger: Trigger,
  handle: (object: CreatedObject, deps: Deps) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
) {
  const processor = new BatchProcessor(EventType.SQS);
  const connected = connect<Deps>(needs);
  const processRecord = async ({ body, messageId }: SQSRecord) => {
    const deps = connected();
    try {
      for (const { s3 } of S3Message.parse(JSON.parse(body)).Records) {
        await handle({ key: decodeKey(s3.object.key) }, deps);
      }
    } catch (error) {
      logger.error('failed', { trigger: trigger.id, messageId, error: error as Error });
      throw error;
    }
  };
  return (event: SQSEvent, context: Context) =>
    processPartialResponse(event, processRecord, processor, { context, throwOnFullBatchFailure: false });
}
