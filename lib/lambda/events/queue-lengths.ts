import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';

/** The messages of an event function. */
export interface QueueLength {
  id: string;
  /** Waiting, or being processed. */
  messages: number;
  /** Given up, until somebody sends them again. */
  deadLetters: number;
}

type QueueUrls = Readonly<Record<string, { queue?: string | undefined; deadLetters: string }>>;

/**
 * The numbers of messages in the queues. SQS counts them approximately, some seconds late (API reference, GetQueueAttributes).
 */
export class QueueLengths {
  readonly #queues: QueueUrls;
  // TLS and the request's signature already protect the integrity of messages.
  readonly #client = new SQSClient({ md5: false });

  /** @param queues the URLs by the ids of the event functions */
  constructor(queues: QueueUrls) {
    this.#queues = queues;
  }

  list(): Promise<QueueLength[]> {
    return Promise.all(
      Object.entries(this.#queues).map(async ([id, { queue, deadLetters }]) => ({
        id,
        messages: queue === undefined ? 0 : await this.#lengthOf(queue),
        deadLetters: await this.#lengthOf(deadLetters),
      })),
    );
  }

  async #lengthOf(QueueUrl: string): Promise<number> {
    const { Attributes } = await this.#client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTED] }),
    );
    return COUNTED.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
  }
}

const COUNTED = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
