import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { FailedRecords } from './failed-records.ts';

/** The dead letters of a function that reads a stream. */
interface StreamLetters {
  functionName: string;
  /** The keys of the batches that Lambda gave up. */
  records: readonly string[];
  /** The dead-letter queue, in which the function itself puts records that it can never process, and how many are in it. */
  url: string;
  messages: number;
}

const Answer = z.object({ batchItemFailures: z.array(z.unknown()).default([]) }).nullable();

/**
 * Invokes a function again with its dead letters. One that fails again stays where it is.
 *
 * @returns how many events were processed, and how many failed again
 */
export async function redriveRecords(letters: StreamLetters, failed: FailedRecords) {
  const counts = { processed: 0, failed: 0 };
  const invoke = async (event: string, remove: () => Promise<unknown>) => {
    const isProcessed = await isProcessedBy(letters.functionName, event);
    if (isProcessed) await remove();
    counts[isProcessed ? 'processed' : 'failed'] += 1;
  };
  for (const key of letters.records) await invoke(await failed.eventOf(key), () => failed.remove(key));
  // TLS and the request's signature already protect the integrity of messages.
  const sqs = new SQSClient({ md5: false });
  const QueueUrl = letters.url;
  // No more than there were: the function puts a record that it still can't process into the same queue.
  for (let received = 0; received < letters.messages; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: Math.min(10, letters.messages - received) }),
    );
    if (Messages.length === 0) break;
    received += Messages.length;
    for (const { Body = '', ReceiptHandle } of Messages)
      await invoke(Body, () => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })));
  }
  return counts;
}

async function isProcessedBy(FunctionName: string, event: string): Promise<boolean> {
  const { FunctionError, Payload } = await new LambdaClient().send(
    new InvokeCommand({ FunctionName, Payload: event }),
  );
  if (FunctionError !== undefined) return false;
  const text = Payload?.transformToString();
  return (Answer.parse(text ? JSON.parse(text) : null)?.batchItemFailures ?? []).length === 0;
}
