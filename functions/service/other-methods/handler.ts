import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { DEFAULT_HEADERS } from '../../../lib/api/default-headers.ts';
import { crossOriginHeaders, preflightHeaders } from '../../../lib/lambda/http/cors.ts';
import { lowerCaseNames } from '../../../lib/lambda/http/request.ts';
import { json } from '../../../lib/lambda/http/response.ts';

type MethodsByPath = ReturnType<typeof import('../../../lib/api/operation.ts').methodsByPath>;

/**
 * Refuses a method that the path does not have (RFC 9110, 15.5.6), and answers the preflight requests of CORS. They need
 * code: a response template of API Gateway names one origin, and a browser wants its own.
 */
export function handle(
  { resource, httpMethod, headers, requestContext }: APIGatewayProxyEvent,
  methods: MethodsByPath,
) {
  const own = methods[resource] ?? [];
  const allow = own.join(', ');
  const common = { ...DEFAULT_HEADERS, 'x-request-id': requestContext.requestId, allow };
  const { origin } = lowerCaseNames(headers);
  const isCrossOrigin = own.includes('OPTIONS');
  if (isCrossOrigin && httpMethod === 'OPTIONS')
    return { statusCode: 204, headers: { ...common, ...preflightHeaders(origin, own) } };
  const message = 'This path does not have this method.';
  const body = { statusCode: 405, message, error: 'Method Not Allowed', details: [`it has ${allow}`] };
  return json(405, body, { ...common, ...(isCrossOrigin && crossOriginHeaders(origin)) });
}

let methods: MethodsByPath | undefined;

export const handler = async (event: APIGatewayProxyEvent) => {
  // Written by the build, so that the bundle does not contain all operations.
  methods ??= JSON.parse(readFileSync(join(__dirname, 'methods.json'), 'utf8')) as MethodsByPath;
  return handle(event, methods);
};
