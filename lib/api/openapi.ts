import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import project from '../../package.json' with { type: 'json' };
import { ERROR_STATUS, type ErrorCode } from '../domain/errors.ts';
import { exampleOf } from './example.ts';
import { GROUPS } from './groups.ts';
import { Message } from './notifications.ts';
import {
  errorsOf,
  type Form,
  isBodyOptional,
  isIdempotent,
  type Operation,
  rolesOf,
  routesOf,
  takesIfMatch,
} from './operation.ts';
import { ShowRequest, SocketReply } from './show-request.ts';
import { SOCKET_PATH } from './socket-route.ts';

/** The body of every error response, API Gateway's own included. */
export const ErrorBody = z.strictObject({
  statusCode: z.int(),
  message: z.string(),
  error: z.string(),
  details: z.array(z.string()),
});

const MESSAGE_TYPES = Message.options.flatMap(({ shape }) => [...shape.type.values]);

/** The description of what OpenAPI can't express. */
const SOCKET = `A WebSocket at \`${SOCKET_PATH}\` tells signed-in people what happens to what they may see. The token comes \
as a subprotocol, \`new WebSocket(url, ['negatoscope', 'bearer.' + token])\`, or in the header \`Authorization\`; the \
connection ends with it. Each message is a JSON object like the schema \`Message\`: ${MESSAGE_TYPES.join(', ')}. One may \
come twice. A client that sends a message like the schema \`ShowRequest\` is answered by a \`SocketReply\`, and receives what \
is about that patient only, and the end of what its person has begun. Say anything every few minutes, since after ten without a word the connection ends; and read the lists after \
connecting, because earlier changes are not sent.`;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};

/** JSON content with an example. */
const jsonContent = (schema: z.core.JSONSchema.BaseSchema, contentType = 'application/json') => ({
  [contentType]: { schema, example: exampleOf(schema) },
});

/**
 * The OpenAPI 3.1.1 document, generated from the schemas that validate requests and responses.
 *
 * @param operations in the order of the document
 */
export function openApiDocument(operations: readonly Operation[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    for (const { id, path } of routesOf(operation)) {
      paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation, id, path) };
    }
  }
  return {
    openapi: '3.1.1' as const,
    info: {
      title: 'Negatoscope',
      version: project.version,
      description: [
        'The open, serverless image service for clinics. A trailing slash is optional everywhere.',
        'HEAD is answered wherever GET is, and a method that a path does not have by 405 with `Allow`.',
        SOCKET,
      ].join('\n\n'),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(({ group }) => group))].map((name) => ({
      name,
      description: GROUPS[name],
    })),
    paths,
    components: {
      schemas: {
        Error: schemaOf(ErrorBody, 'output'),
        Message: schemaOf(Message, 'output'),
        ShowRequest: schemaOf(ShowRequest, 'input'),
        SocketReply: schemaOf(SocketReply, 'output'),
      },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The ID token of a person, whose groups say what they are.',
        },
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'x-api-key',
          description: 'The key of another system; its scopes say which records it opens.',
        },
      },
    },
  };
}

const idempotencyKey = ({ returnsSecret }: Operation) => ({
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: returnsSecret
    ? 'Sent again with the same key within an hour, the request creates nothing again: its answer has a new secret, and the first one no longer works.'
    : 'Sent again with the same key, the request does nothing again and gives the same answer for an hour.',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
  example: '2f0a7c51-9d0e-4c0e-83d1-6f3d5b0e2a4f',
});

/** API Gateway's quota "Total combined size of request line and header values"; this response is not in our error shape. */
const HEADERS_TOO_LARGE = {
  431: { description: 'The URL and the headers together have more than 10,240 bytes.' },
};

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description:
    'The `ETag` of what the change is based on: if it was changed since, the answer is 412, and nothing is changed. Without this header, the last change wins.',
  schema: { type: 'string' },
  example: '"q1bZ0sU5mKx2v7PpWcY3dA"',
};

function describe(operation: Operation, operationId: string, path: string) {
  const { group, summary, auth, scopes, params, query, body, form, related, example = {} } = operation;
  return {
    operationId,
    tags: [group],
    summary,
    description: openTo(operation),
    security: securityOf(operation),
    ...(auth !== 'public' && { 'x-roles': rolesOf(operation) }),
    ...(scopes && { 'x-scopes': scopes }),
    parameters: [
      ...parametersOf(params, 'path', example.params).filter(({ name }) => path.includes(`{${name}}`)),
      ...parametersOf(query, 'query', example.query),
      ...(isIdempotent(operation) || operation.returnsSecret ? [idempotencyKey(operation)] : []),
      ...(takesIfMatch(operation) ? [IF_MATCH] : []),
    ],
    ...(body && {
      requestBody: {
        required: !isBodyOptional(operation),
        content: {
          [form ? 'multipart/form-data' : 'application/json']: {
            schema: form ? formSchemaOf(body, form) : schemaOf(body, 'input'),
            example: form ? formExampleOf(operation, form) : bodyExampleOf(operation),
          },
        },
      },
    }),
    ...(related && {
      requestBody: {
        required: true,
        content: {
          'multipart/related': {
            schema: { type: 'object' },
            encoding: { file: { contentType: related.type } },
          },
        },
      },
    }),
    responses: { ...successOf(operation), ...errorResponses(operation), ...HEADERS_TOO_LARGE },
  };
}

/** Which roles may call the operation. The operation itself checks which resources the caller may access. */
function openTo(operation: Operation) {
  const { auth, scopes } = operation;
  if (auth === 'public') return 'Open to anyone.';
  const open = `Open to: ${rolesOf(operation).join(', ')}.`;
  return scopes ? `${open} A service needs one of the scopes ${scopes.join(', ')}.` : open;
}

/** One of the security schemes is sufficient. */
function securityOf({ auth, scopes }: Operation) {
  if (auth === 'public') return [];
  return scopes ? [{ bearer: [] }, { apiKey: [] }] : [{ bearer: [] }];
}

/** The form's fields and files. The files have no schema of their own. */
function formSchemaOf(body: z.ZodType, { file, maxFiles }: Form) {
  const { properties = {}, required = [], ...rest } = schemaOf(body, 'input');
  const binary = { type: 'string', format: 'binary' };
  const files = maxFiles === 1 ? binary : { type: 'array', items: binary, minItems: 1, maxItems: maxFiles };
  return { ...rest, properties: { [file]: files, ...properties }, required: [file, ...required] };
}

const bodyExampleOf = ({ body, example }: Operation) =>
  example?.body ?? (body && exampleOf(schemaOf(body, 'input')));

/** The example of a form, with a text in place of the bytes of each file. */
function formExampleOf(operation: Operation, { file, maxFiles }: Form) {
  const bytes = '(the bytes of the file)';
  return { [file]: maxFiles === 1 ? bytes : [bytes], ...(bodyExampleOf(operation) as object) };
}

function parametersOf(fields: Operation['params'], place: 'path' | 'query', own?: Record<string, unknown>) {
  if (!fields) return [];
  const { properties = {}, required = [] } = schemaOf(fields, 'input');
  return Object.entries(properties).map(([name, schema]) => {
    const isRequired = place === 'path' || required.includes(name);
    // Optional fields are omitted from the composed example: a request with all of them is unusual.
    const example = own ? own[name] : isRequired ? exampleOf(schema) : undefined;
    return {
      name,
      in: place,
      required: isRequired,
      schema,
      // `ids=1,2,3`: CloudFront accepts URLs of 8,192 bytes, and a repeated name takes a part of them.
      ...(place === 'query' &&
        typeof schema === 'object' &&
        schema.type === 'array' && { style: 'form', explode: false }),
      ...(example !== undefined && { example }),
    };
  });
}

function successOf({ success, entityTag }: Pick<Operation, 'success' | 'entityTag'>) {
  const jsonOf = (status: number, schema: z.ZodType, contentType?: string) => ({
    [status]: {
      description: STATUS_CODES[status],
      ...(entityTag && { headers: { ETag: { required: true, schema: { type: 'string' } } } }),
      content: jsonContent(schemaOf(schema, 'output'), contentType),
    },
  });
  if ('schema' in success) {
    const { status, schema, contentType, partialStatus, allFailedStatus } = success;
    const statuses = [status, partialStatus, allFailedStatus].filter((each) => each !== undefined);
    return Object.assign({}, ...statuses.map((each) => jsonOf(each, schema, contentType)));
  }
  if ('redirects' in success) {
    const headers = { Location: { required: true, schema: { type: 'string', format: 'uri' } } };
    return { [success.status]: { description: STATUS_CODES[success.status], headers } };
  }
  if (!('stream' in success)) return { [success.status]: { description: STATUS_CODES[success.status] } };
  const content = Object.fromEntries(success.stream.map((type) => [type, {}]));
  return {
    [success.status]: { description: STATUS_CODES[success.status], content },
    ...(success.empty && { [success.empty]: { description: STATUS_CODES[success.empty] } }),
    ...(success.accepted && jsonOf(success.accepted.status, success.accepted.schema)),
  };
}

const retryAfter = {
  'Retry-After': { schema: { type: 'integer' }, description: 'Seconds until the next attempt.' },
};

/** The headers that say what the client can do. */
const ERROR_HEADERS: { [Code in ErrorCode]?: object } = {
  UNAUTHORIZED: { 'WWW-Authenticate': { required: true, schema: { type: 'string' } } },
  TOO_MANY_REQUESTS: retryAfter,
  SERVICE_UNAVAILABLE: retryAfter,
};

const errorResponses = (operation: Operation) =>
  Object.fromEntries(
    errorsOf(operation).map((code) => {
      const status = ERROR_STATUS[code];
      const description = STATUS_CODES[status];
      const schema = { $ref: '#/components/schemas/Error' };
      const example = { statusCode: status, message: description, error: description, details: [] };
      const headers = ERROR_HEADERS[code];
      return [
        status,
        { description, ...(headers && { headers }), content: { 'application/json': { schema, example } } },
      ];
    }),
  );
