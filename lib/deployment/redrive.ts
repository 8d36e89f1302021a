import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { FailedRecords } from './failed-records.ts';

interface DeadLetters {
  /** The event function. */
  id: string;
  url: string;
  arn: string;
  /** Those in the queue. */
  messages: number;
  /** The batches of a stream that Lambda gave up, by their keys in the bucket. */
  records: readonly string[];
  /** The physical name of the function. */
  functionName: string;
  /** Whether a queue sends here, to which the messages can return. Otherwise the function reads a stream. */
  isReturnable: boolean;
}

/**
 * The dead letters of a deployed stage: messages in dead-letter queues, and the records of streams in a bucket.
 *
 * @param stacks the names of the data stack and of the service stack
 * @param ids those of the event functions, which the logical ids of the queues begin with
 */
export async function listDeadLetters(
  stacks: { data: string; service: string },
  ids: readonly string[],
): Promise<{ all: DeadLetters[]; failed: FailedRecords | undefined }> {
  const sqs = new SQSClient();
  const [data, service] = await Promise.all([resourcesOf(stacks.data), resourcesOf(stacks.service)]);
  const bucket = data.find(({ logicalId }) => logicalId.startsWith('StorageFailedRecords'));
  const failed = bucket && new FailedRecords(bucket.name);
  const records = (await failed?.byFunction()) ?? new Map<string, string[]>();
  const found = ids.flatMap((id) => {
    // CDK makes a logical id of the path of the construct, without hyphens.
    const path = id.replaceAll('-', '');
    const queue = data.find(
      ({ logicalId, name }) => logicalId.startsWith(`${path}DeadLetters`) && name.startsWith('http'),
    );
    const named = new RegExp(`^Functions${path}[0-9A-F]{8}$`);
    const functionName = service.find(({ logicalId }) => named.test(logicalId))?.name ?? '';
    return queue ? [{ id, url: queue.name, functionName, records: records.get(functionName) ?? [] }] : [];
  });
  const all = await Promise.all(
    found.map(async (each) => {
      const QueueUrl = each.url;
      const AttributeNames = ['QueueArn' as const, 'ApproximateNumberOfMessages' as const];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      const { queueUrls = [] } = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl }));
      return {
        ...each,
        arn: Attributes?.QueueArn ?? '',
        messages: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
        isReturnable: queueUrls.length > 0,
      };
    }),
  );
  return { all, failed };
}

/** Has SQS send the messages of a dead-letter queue back to the queue that they came from. */
export async function redriveMessages({ arn }: DeadLetters): Promise<void> {
  await new SQSClient().send(new StartMessageMoveTaskCommand({ SourceArn: arn }));
}

async function resourcesOf(StackName: string) {
  const found: { logicalId: string; name: string }[] = [];
  const client = new CloudFormationClient();
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
    for (const { LogicalResourceId = '', PhysicalResourceId: name = '' } of StackResourceSummaries)
      found.push({ logicalId: LogicalResourceId, name });
  }
  return found;
}
