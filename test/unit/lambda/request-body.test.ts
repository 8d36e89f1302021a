import type { APIGatewayProxyEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { openApiDocument } from '../../../lib/api/openapi.ts';
import { defineOperation } from '../../../lib/api/operation.ts';
import { parseRequest } from '../../../lib/lambda/http/request.ts';

const operationWith = (body: z.ZodType) =>
  defineOperation({
    id: 'create-thing',
    method: 'POST',
    path: '/things',
    summary: 'Create a thing',
    group: 'Service',
    auth: 'public',
    body,
    success: { status: 204 },
    errors: [],
    permissions: {},
    rate: 'none',
    memoryMb: 128,
    timeoutSeconds: 1,
  });

const optional = operationWith(
  z.strictObject({ name: z.string().default('thing'), size: z.int().optional() }),
);
const required = operationWith(z.strictObject({ name: z.string() }));

const bodyOf = (operation: typeof optional, body: string | null) =>
  parseRequest(operation, {
    body,
    headers: {},
    path: '/things',
    requestContext: { path: '/things' },
  } as APIGatewayProxyEvent).body;

describe('An absent body', () => {
  test.each([null, ''])('is an object without fields if no field is required: %j', (body) => {
    expect(bodyOf(optional, body)).toEqual({ name: 'thing' });
  });

  test('is refused if a field is required', () => {
    expect(() => bodyOf(required, null)).toThrow('The body is not JSON');
  });

  test('is not a body that is no JSON', () => {
    expect(() => bodyOf(optional, ' ')).toThrow('The body is not JSON');
  });

  test('is allowed by the API document just there', () => {
    const isRequired = [optional, required].map((operation) => {
      const { paths } = JSON.parse(JSON.stringify(openApiDocument([operation])));
      return paths['/things'].post.requestBody.required;
    });
    expect(isRequired).toEqual([false, true]);
  });
});
