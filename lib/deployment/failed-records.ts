import { DeleteObjectCommand, GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';

/**
 * What Lambda writes when it gives up a batch of a stream (Lambda developer guide, "Retain discarded records for a DynamoDB event
 * source"). The payload is the event with which the function was invoked.
 */
const FailedInvocation = z.object({
  requestContext: z.object({ functionArn: z.string() }),
  payload: z.string(),
});

/** The batches of streams that Lambda gave up, in their bucket. */
export class FailedRecords {
  readonly #bucket: string;
  readonly #client: S3Client;

  constructor(bucket: string, client = new S3Client()) {
    this.#bucket = bucket;
    this.#client = client;
  }

  /** The keys of the batches by the physical names of their functions. */
  async byFunction(): Promise<Map<string, string[]>> {
    const found: { key: string; name: string }[] = [];
    const pages = paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#bucket, Prefix: 'aws/lambda/' },
    );
    for await (const { Contents = [] } of pages) {
      for (const { Key = '' } of Contents) {
        const { requestContext } = await this.#read(Key);
        // arn:aws:lambda:<region>:<account>:function:<name>, and perhaps a version.
        found.push({ key: Key, name: requestContext.functionArn.split(':')[6] ?? '' });
      }
    }
    const groups = Map.groupBy(found, ({ name }) => name);
    return new Map([...groups].map(([name, each]) => [name, each.map(({ key }) => key)]));
  }

  /** The event of a batch. */
  async eventOf(key: string): Promise<string> {
    return (await this.#read(key)).payload;
  }

  async remove(Key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }));
  }

  async #read(Key: string) {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key }));
    return FailedInvocation.parse(JSON.parse((await Body?.transformToString()) ?? ''));
  }
}
