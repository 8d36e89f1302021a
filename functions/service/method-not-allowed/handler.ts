import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { DEFAULT_HEADERS } from '../../../lib/api/default-headers.ts';
import { json } from '../../../lib/lambda/http/response.ts';

type MethodsByPath = ReturnType<typeof import('../../../lib/api/operation.ts').methodsByPath>;

/** The response to a method that the path does not have (RFC 9110, 15.5.6). */
export function handle({ resource, requestContext }: APIGatewayProxyEvent, methods: MethodsByPath) {
  const allow = (methods[resource] ?? []).join(', ');
  const message = 'This path does not have this method.';
  const body = { statusCode: 405, message, error: 'Method Not Allowed', details: [`it has ${allow}`] };
  return json(405, body, { ...DEFAULT_HEADERS, 'x-request-id': requestContext.requestId, allow });
}

let methods: MethodsByPath | undefined;

export const handler = async (event: APIGatewayProxyEvent) => {
  // Written by the build, so that the bundle does not contain all operations.
  methods ??= JSON.parse(readFileSync(join(__dirname, 'methods.json'), 'utf8')) as MethodsByPath;
  return handle(event, methods);
};
