import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { retryConflicts } from './retry-conflicts.ts';

/** On a busy laptop, whose DynamoDB is a process among others, responses may take seconds: the local stack sets it. */
const timeoutMs = Number(process.env.DYNAMODB_TIMEOUT_MS ?? 1000);

/**
 * The settings of a client. DynamoDB responds in milliseconds. A request without a response ends so early that three of them,
 * and the audit event that follows, fit into the ten seconds of most functions: then the client gets an error and not a
 * timeout.
 */
export const DYNAMODB_CLIENT = {
  requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  maxAttempts: 3,
};

/** A DynamoDB table and its client. */
export interface Table {
  name: string;
  client: DynamoDBDocumentClient;
}

/**
 * Steps of the SDK that do nothing for us. The first copies each request and response for a log, which is off: a sixteenth of the time
 * of a list of 100 images. The others are a quarter of the CPU time of a small request: they describe the SDK and this process
 * anew in each, and find functions that invoke themselves without end, which a request to DynamoDB can't do.
 */
export const UNUSED_STEPS = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware'];

const appId = process.env.AWS_SDK_UA_APP_ID;
/** Who calls, with the SDK's own setting for the name of an application (SDK reference guide, "Application ID"). */
const USER_AGENT = `negatoscope${appId ? ` app/${appId}` : ''}`;

const nameCaller = (client: DynamoDBClient): void =>
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['user-agent'] = USER_AGENT;
      return next(args);
    },
    { step: 'build', name: 'nameCaller' },
  );

/** Connects to a table; the region, the credentials and the endpoint come from the SDK's own environment variables. */
export function connectTable(name: string): Table {
  const client = retryConflicts(new DynamoDBClient(DYNAMODB_CLIENT));
  for (const name of UNUSED_STEPS) client.middlewareStack.remove(name);
  nameCaller(client);
  return {
    name,
    client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
  };
}

/** Reads an item that does not exist, to know whether the table can be read. */
export const probe = ({ name: TableName, client }: Table): Promise<unknown> =>
  client.send(new GetCommand({ TableName, Key: { pk: 'PROBE', sk: 'PROBE' } }));

/** A stored item that does not match its schema. */
export class DamagedItem extends Error {
  override name = 'DamagedItem';
}

/**
 * Parses a stored item.
 *
 * @throws DamagedItem with the item's key if it does not match the schema: damaged data must cause an error, not a "not
 *   found"
 */
export function parseItem<T>(schema: z.ZodType<T>, item: Record<string, unknown>): T {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  throw new DamagedItem(`the stored item ${String(item.pk)} is damaged`, { cause: parsed.error });
}

/** Parses the items of a list. A damaged one is left out and reported, so that the others can be read. */
export const parseReadable = <T>(schema: z.ZodType<T>, items: readonly Record<string, unknown>[]): T[] =>
  items.flatMap((item) => {
    try {
      return [parseItem(schema, item)];
    } catch (error) {
      reportDamage(error);
      return [];
    }
  });

const logger = new Logger();

/** Writes a line of log with the key of the item. There is an alarm on errors of this name in the log. */
export const reportDamage = (error: unknown): void =>
  logger.error('an item is left out of a list', { error: error as Error });

/**
 * Whether an item's time to live has passed. DynamoDB removes such items within days, not at once (developer guide, "Time
 * to Live"). Until then they are ignored.
 */
export const hasExpired = (item: Record<string, unknown>, now: Date): boolean =>
  typeof item.expiresAt === 'number' && item.expiresAt * 1000 <= now.getTime();
