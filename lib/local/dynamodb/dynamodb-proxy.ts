import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { loseAnswer } from '../faults/broken-answer.ts';
import type { CallFault, Faults } from '../faults/faults.ts';
import type { Access } from '../iam/iam.ts';
import type { Principals } from '../iam/principals.ts';
import { readBody } from '../request-body.ts';
import { accountId, region } from '../template.ts';
import { type DynamoDbError, errorOf, internalServerError, throttledError } from './dynamodb-faults.ts';
import { type PartitionThroughput, TableRequest, type Uses } from './partition-throughput.ts';

/** DynamoDB's limit for a request; BatchWriteItem is the largest. */
const requestLimitBytes = 16 * 1024 * 1024;
const writes = /^(PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems)$/;

/** DynamoDB under `/local/dynamodb`: checks the caller's policies and forwards allowed requests to the server. */
export class DynamoDbProxy {
  readonly #endpoint: URL;
  readonly #principals: Principals;
  readonly #faults: Faults;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #throughput: PartitionThroughput;
  readonly #onWrite: (table: string) => void;

  constructor(
    endpoint: string,
    principals: Principals,
    faults: Faults,
    throughput: PartitionThroughput,
    onWrite: (table: string) => void,
  ) {
    this.#endpoint = new URL(endpoint);
    this.#principals = principals;
    this.#faults = faults;
    this.#throughput = throughput;
    this.#onWrite = onWrite;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, requestLimitBytes);
    if (!body) return sendError(response, 'ValidationException', 'The request is larger than 16 MB.');
    const accessKeyId = /Credential=([^/,]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (this.#principals.secretOf(accessKeyId) === undefined) {
      return sendError(
        response,
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    }
    const action = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const sent: object = JSON.parse(body.toString('utf8') || '{}');
    const input = TableRequest.safeParse(sent);
    if (!input.success) return sendError(response, 'ValidationException', z.prettifyError(input.error));
    const accesses = accessesOf(action, input.data);
    const missing = accesses.find((access) => !this.#principals.may(accessKeyId, access));
    if (missing) {
      const who = this.#principals.nameOf(accessKeyId);
      return sendError(
        response,
        'AccessDeniedException',
        `User: ${who} is not authorized to perform: ${missing.action} on resource: ${missing.resource} because no identity-based policy allows the ${missing.action} action`,
      );
    }
    const tables = accesses.map(({ resource }) => /:table\/([^/]+)/.exec(resource)?.[1] ?? '');
    const uses = this.#throughput.usesOf(action, input.data);
    if (this.#throughput.exhausted(uses) !== undefined)
      return sendFault(response, throttledError(action, tables));
    const fault = this.#faults.any
      ? this.#faults.of({
          service: 'dynamodb',
          action,
          functionId: this.#principals.functionIdOf(accessKeyId),
          userAgent: request.headers['user-agent'],
          tables,
        })
      : undefined;
    if (fault?.name === 'kill-before') return fault.kill();
    const error = fault && errorOf(fault, action, tables);
    if (error) return sendFault(response, error);
    // Only for those who count calls: the answer then says what it consumed.
    const text = this.#principals.counts
      ? Buffer.from(JSON.stringify({ ...sent, ...capacityRequest(action) }))
      : body;
    await this.#forward(request, response, action, accessKeyId, text, uses, fault);
    if (!writes.test(action)) return;
    for (const table of new Set(tables)) this.#onWrite(table);
  }

  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    action: string,
    accessKeyId: string,
    body: Buffer,
    uses: Uses,
    fault: CallFault | undefined,
  ) {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const forwarded = httpRequest(this.#endpoint, {
        method: 'POST',
        agent: this.#agent,
        headers: { ...request.headers, host: this.#endpoint.host, 'content-length': body.length },
      });
      forwarded.once('response', resolve).once('error', reject).end(body);
    });
    if (answer.statusCode === 200)
      this.#throughput.count(uses, Number(answer.headers['content-length'] ?? 0));
    const text = (await readBody(answer, Number.POSITIVE_INFINITY)) ?? Buffer.of();
    // Its date is the machine's time.
    const { 'transfer-encoding': _framing, date: _date, ...headers } = answer.headers;
    const send = () =>
      response.writeHead(answer.statusCode ?? 500, { ...headers, 'content-length': text.length }).end(text);
    if (!this.#principals.counts && !fault) return void send();
    this.#principals.count(accessKeyId, {
      service: 'dynamodb',
      action,
      requestBytes: body.length,
      responseBytes: text.length,
      capacityUnits: capacityOf(text),
    });
    if (fault?.name === 'kill-after') loseAnswer(response, fault.kill);
    // A lost acknowledgement is a connection that breaks, or an error of DynamoDB after the write.
    else if (fault && fault.variant < 0.5) loseAnswer(response);
    else if (fault) return sendFault(response, internalServerError);
    send();
  }
}

/** The permissions that a request needs for each table, as in IAM. */
function accessesOf(action: string, input: TableRequest): Access[] {
  const table = (name: string) =>
    name.startsWith('arn:') ? name : `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
  if (input.TransactItems) {
    // A transaction has no permission of its own: each part needs that of the corresponding single request.
    const single: Record<string, string> = {
      Put: 'PutItem',
      Update: 'UpdateItem',
      Delete: 'DeleteItem',
      ConditionCheck: 'ConditionCheckItem',
      Get: 'GetItem',
    };
    return input.TransactItems.flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) => ({
        action: `dynamodb:${single[kind] ?? kind}`,
        resource: table(TableName),
      })),
    );
  }
  const tables = input.RequestItems
    ? Object.keys(input.RequestItems)
    : input.TableName
      ? [input.TableName]
      : [];
  if (tables.length === 0) return [{ action: `dynamodb:${action}`, resource: '*' }];
  const index = input.IndexName === undefined ? '' : `/index/${input.IndexName}`;
  return tables.map((name) => ({ action: `dynamodb:${action}`, resource: `${table(name)}${index}` }));
}

function capacityRequest(action: string): object {
  return /Item|Query|Scan/.test(action) ? { ReturnConsumedCapacity: 'TOTAL' } : {};
}

const unit = z.object({ CapacityUnits: z.number() }).loose();
const Consumed = z.object({ ConsumedCapacity: z.union([unit, z.array(unit)]) }).loose();

function capacityOf(text: Buffer): number {
  const parsed = Consumed.safeParse(JSON.parse(text.toString('utf8') || '{}'));
  return parsed.success
    ? [parsed.data.ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0)
    : 0;
}

function sendFault(response: ServerResponse, { statusCode, ...body }: DynamoDbError) {
  response.writeHead(statusCode, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
}

function sendError(response: ServerResponse, code: string, message: string) {
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }));
}
