import type { APIGatewayProxyEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import type { Operation } from '../../../lib/api/operation.ts';
import { requireLiveKey } from '../../../lib/lambda/auth/require-live-key.ts';
import { callerOf } from '../../../lib/lambda/http/request.ts';

const headersOf = (authorization: string) => {
  const event = {
    headers: { Authorization: authorization },
    requestContext: {
      authorizer: { caller: JSON.stringify({ role: 'doctor', subject: 'd' }), expiresAt: '1' },
    },
  } as unknown as APIGatewayProxyEvent;
  try {
    callerOf(event, { auth: ['doctor'] } as unknown as Operation);
  } catch (error) {
    return error;
  }
};

test('The 401 to a token that has expired names the error', () => {
  expect(headersOf('Bearer t')).toMatchObject({
    code: 'UNAUTHORIZED',
    headers: { 'www-authenticate': 'Bearer realm="Negatoscope", error="invalid_token"' },
  });
});

test('The 401 to an API key names no error of a token', async () => {
  const challenge = { code: 'UNAUTHORIZED', headers: { 'www-authenticate': 'Bearer realm="Negatoscope"' } };
  expect(headersOf('ApiKey ng_1')).toMatchObject(challenge);
  const caller = { role: 'service', subject: 'key:1', keyId: '1', scopes: [] } as const;
  const revoked = { keys: { get: async () => undefined } };
  await expect(requireLiveKey(caller as never, revoked)).rejects.toMatchObject(challenge);
});
