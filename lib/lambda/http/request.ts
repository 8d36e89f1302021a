import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import { CHALLENGE, INVALID_TOKEN } from '../../api/challenge.ts';
import { isBodyOptional, type Operation, rolesOf } from '../../api/operation.ts';
import { requireScope } from '../../domain/access/access.ts';
import { Caller } from '../../domain/access/caller.ts';
import type { AuditContext } from '../../domain/audit/audit-context.ts';
import { DomainError } from '../../domain/errors.ts';
import { auditContextOf } from '../middleware/audit-context-of.ts';
import { describeIssues } from './describe-issues.ts';
import { requireJson } from './require-json.ts';

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** The request for a handler, parsed by its operation's schemas. */
export interface Request<Op extends Operation> {
  params: Parsed<Op['params']>;
  query: Parsed<Op['query']>;
  body: Parsed<Op['body']>;
  caller: Op['auth'] extends 'public' ? undefined : Caller;
  /** The resources that the request accesses. The caller, if there is one, refers to the same object. */
  auditContext: AuditContext;
  /** The service's origin for the client, such as `https://images.clinic.example`, for URLs in responses. */
  origin: string;
  /** The headers by their lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
}

/**
 * Parses the request in an API Gateway event.
 *
 * @throws DomainError BAD_REQUEST with all issues, UNAUTHORIZED, FORBIDDEN, UNSUPPORTED_MEDIA_TYPE
 */
export function parseRequest<Op extends Operation>(
  operation: Op,
  event: APIGatewayProxyEvent,
  bodyOf: (event: APIGatewayProxyEvent) => unknown = (event) => jsonOf(operation, event),
): Request<Op> {
  const caller = operation.auth === 'public' ? undefined : callerOf(event, operation);
  const faults: string[] = [];
  const parse = (schema: z.ZodType | undefined, input: () => unknown) => {
    if (!schema) return undefined;
    const parsed = schema.safeParse(input(), { reportInput: true });
    if (!parsed.success) faults.push(...describeIssues(parsed.error));
    return parsed.data;
  };
  // zod ignores this name in a schema that accepts unknown names, such as that of a search, which would then find too much.
  if (operation.query && Object.hasOwn(queryOf(event), '__proto__')) {
    faults.push('__proto__ is not a parameter');
  }
  const request = {
    params: parse(operation.params, () => event.pathParameters ?? {}),
    query: parse(operation.query, () => queryOf(event)),
    body: parse(operation.body, () => bodyOf(event)),
    caller,
    auditContext: auditContextOf(event),
    origin: originOf(event),
    headers: lowerCaseNames(event.headers),
  };
  if (faults.length > 0) throw new DomainError('BAD_REQUEST', 'Validation failed', { details: faults });
  return request as Request<Op>;
}

/** The error code is only for a request with a token (RFC 6750, 3.1). */
const challengeTo = ({ headers }: APIGatewayProxyEvent) =>
  /^Bearer /i.test(lowerCaseNames(headers).authorization ?? '') ? INVALID_TOKEN : CHALLENGE;

/**
 * Returns the caller from the authorizer's response, if they may call the operation. The token may have expired while that was
 * cached.
 *
 * @throws DomainError UNAUTHORIZED, FORBIDDEN
 */
export function callerOf(event: APIGatewayProxyEvent, operation: Operation): Caller {
  const { caller, expiresAt } = event.requestContext.authorizer ?? {};
  if (typeof caller !== 'string' || !(Number(expiresAt) * 1000 > Date.now())) {
    throw new DomainError('UNAUTHORIZED', 'Missing or invalid token or API key', {
      headers: challengeTo(event),
    });
  }
  const parsed = Caller.parse(JSON.parse(caller));
  const roles = rolesOf(operation);
  if (!roles.includes(parsed.role)) {
    throw new DomainError('FORBIDDEN', 'Insufficient permissions', {
      details: [`your role is ${parsed.role}; expected ${roles.join(' or ')}`],
    });
  }
  return { ...requireScope(parsed, operation.scopes ?? []), auditContext: auditContextOf(event) };
}

/** A parameter that occurs once is a string, a repeated one an array. */
const queryOf = ({ multiValueQueryStringParameters }: APIGatewayProxyEvent) =>
  Object.fromEntries(
    Object.entries(multiValueQueryStringParameters ?? {}).map(([name, values = []]) => [
      name,
      values.length === 1 ? values[0] : values,
    ]),
  );

function jsonOf(operation: Operation, { headers, body, isBase64Encoded }: APIGatewayProxyEvent): unknown {
  if (!body && isBodyOptional(operation)) return {};
  requireJson(lowerCaseNames(headers)['content-type']);
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : (body ?? ''));
  } catch (cause) {
    throw new DomainError('BAD_REQUEST', 'The body is not JSON', {
      details: [(cause as Error).message],
      cause,
    });
  }
}

/**
 * CloudFront's function forwards the host name that the client requested, because API Gateway receives its own name as
 * `Host`. Without CloudFront, the host name is API Gateway's, and its stage is part of the path. A client that forges
 * the header only gets wrong URLs itself.
 */
function originOf({ headers, path, requestContext }: APIGatewayProxyEvent): string {
  const {
    'x-forwarded-host': viewed,
    host,
    'x-forwarded-proto': protocol = 'https',
  } = lowerCaseNames(headers);
  if (viewed && /^[\w.-]+(:\d+)?$/.test(viewed)) return `${protocol}://${viewed}`;
  return `${protocol}://${host}${requestContext.path.slice(0, -path.length)}`;
}

/** Returns the headers by their lower-case names. */
export const lowerCaseNames = (headers: APIGatewayProxyEvent['headers'] | null) =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
