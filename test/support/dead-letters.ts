import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { loadTemplate } from '../../lib/local/template.ts';
import type { Service } from './service.ts';

/** Receives the messages in a function's dead-letter queue. Returns their bodies. */
export async function takeDeadLetters({ stack }: Service, cdkOut: string, functionId: string) {
  const template = loadTemplate(cdkOut, stack.url);
  const name = new RegExp(`^${functionId.replaceAll('-', '')}DeadLetters`);
  const queue = template.ofType('AWS::SQS::Queue').find(({ logicalId }) => name.test(logicalId));
  if (!queue) throw new Error(`${functionId} has no dead letters`);
  const sqs = new SQSClient({
    region: 'us-east-1',
    credentials: stack.credentials,
    endpoint: `${stack.url}/local/sqs`,
  });
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: String(template.resolve({ Ref: queue.logicalId })),
      MaxNumberOfMessages: 10,
    }),
  );
  return Messages.map(({ Body }) => Body ?? '');
}
