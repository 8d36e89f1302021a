import * as z from 'zod';
import type { Trigger } from '../../api/trigger.ts';
import type { Factories } from '../needs.ts';
import { serveMessages } from './serve-messages.ts';
import type { Turns } from './turns.ts';

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
 * The Lambda of a trigger on objects. Messages are processed independently, and one that fails is
 * retried alone: see `serveMessages`.
 */
export function serveObjects<Deps>(
  trigger: Trigger,
  handle: (object: CreatedObject, deps: Deps, turns: Turns) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
) {
  const forEach = async (message: z.infer<typeof S3Message>, deps: Deps, turns: Turns) => {
    for (const { s3 } of message.Records) await handle({ key: decodeKey(s3.object.key) }, deps, turns);
  };
  return serveMessages(trigger, S3Message, forEach, needs);
}
