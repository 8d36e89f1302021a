import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { CliError } from '../cli/cli-error.ts';

interface DeadLetters {
  /** The event function. */
  id: string;
  arn: string;
  messages: number;
  /** Whether a queue sends here, to which the messages can return. Those of a stream cannot. */
  isReturnable: boolean;
}

/**
 * The dead-letter queues of a deployed data stack.
 *
 * @param ids those of the event functions, which the logical ids of the queues begin with
 */
export async function listDeadLetters(StackName: string, ids: readonly string[]): Promise<DeadLetters[]> {
  const sqs = new SQSClient();
  const found: DeadLetters[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client: new CloudFormationClient() },
    { StackName },
  )) {
    for (const { LogicalResourceId = '', PhysicalResourceId: QueueUrl = '' } of StackResourceSummaries) {
      // CDK makes a logical id of the path of the construct, without hyphens.
      const id = ids.find((each) => LogicalResourceId.startsWith(`${each.replaceAll('-', '')}DeadLetters`));
      if (id === undefined || !QueueUrl.startsWith('http')) continue;
      const AttributeNames = ['QueueArn' as const, 'ApproximateNumberOfMessages' as const];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      const { queueUrls = [] } = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl }));
      found.push({
        id,
        arn: Attributes?.QueueArn ?? '',
        messages: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
        isReturnable: queueUrls.length > 0,
      });
    }
  }
  return found;
}

/** Has SQS send the messages of a dead-letter queue back to the queue that they came from. */
export async function redrive({ id, arn, isReturnable }: DeadLetters): Promise<void> {
  if (!isReturnable)
    throw new CliError(
      `The dead letters of ${id} come from a stream: npm run negatoscope -- reconcile does their work.`,
    );
  await new SQSClient().send(new StartMessageMoveTaskCommand({ SourceArn: arn }));
}
