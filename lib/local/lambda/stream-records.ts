import { text } from 'node:stream/consumers';
import { type DynamoDBStreamsClient, GetRecordsCommand } from '@aws-sdk/client-dynamodb-streams';
import { HttpResponse } from '@smithy/core/protocols';
import * as z from 'zod';

/** A record of a stream as DynamoDB sends it, and Lambda passes it on: times in seconds, binary values in base64. */
const StoredRecord = z.looseObject({
  eventID: z.string(),
  eventName: z.string(),
  dynamodb: z.looseObject({
    ApproximateCreationDateTime: z.number().optional(),
    Keys: z.unknown(),
    SequenceNumber: z.string(),
  }),
  userIdentity: z
    // The API writes its members with capital letters; dynoxide 1.2.1 and Lambda's event do not.
    .object({
      Type: z.string().optional(),
      type: z.string().optional(),
      PrincipalId: z.string().optional(),
      principalId: z.string().optional(),
    })
    .transform(({ Type, type = Type, PrincipalId, principalId = PrincipalId }) => ({ type, principalId }))
    .optional(),
});
export type StoredRecord = z.infer<typeof StoredRecord>;

const Page = z.object({
  Records: z.array(StoredRecord).default([]),
  NextShardIterator: z.string().optional(),
});

/**
 * Reads a page of a shard. The SDK signs the request and reads an error; the records are taken from the response as they are. To
 * let the SDK convert each attribute, and to convert it back for the event, was an eighth of the stack's CPU time of a request.
 */
export async function getRecords(
  client: DynamoDBStreamsClient,
  ShardIterator: string,
  Limit: number,
): Promise<{ records: StoredRecord[]; next: string | undefined }> {
  const command = new GetRecordsCommand({ ShardIterator, Limit });
  let body = '{}';
  // The innermost step: it has the response before the SDK's own reads it.
  command.middlewareStack.add(
    (next) => async (request) => {
      const result = await next(request);
      const { response } = result;
      if (HttpResponse.isInstance(response) && response.statusCode === 200) {
        body = await text(response.body);
        response.body = Buffer.from('{}');
      }
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'takeRecords' },
  );
  await client.send(command);
  const { Records: records, NextShardIterator: next } = Page.parse(JSON.parse(body));
  return { records, next };
}
