import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalStack } from '../../lib/local/local-stack.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

let testStack: TestStack;
let stack: LocalStack;

beforeAll(async () => {
  testStack = makeTestStack();
  stack = await testStack.start();
});
afterAll(async () => {
  await stack.close();
  testStack.remove();
});

const ask = (body: unknown, type = 'application/json') =>
  fetch(`${stack.url}/local/token`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: JSON.stringify(body),
  });
const tokenFor = async (body: unknown) => {
  const response = await ask(body);
  expect(response.status).toBe(200);
  return ((await response.json()) as { access_token: string }).access_token;
};

test('a token is verified by the keys that the issuer publishes', async () => {
  const configuration = (await (
    await fetch(`${stack.url}/local/.well-known/openid-configuration`)
  ).json()) as {
    issuer: string;
    jwks_uri: string;
  };
  expect(configuration.issuer).toBe(`${stack.url}/local`);
  const keys = createRemoteJWKSet(new URL(configuration.jwks_uri));
  const { payload } = await jwtVerify(await tokenFor({ user: 'patient-1' }), keys, {
    issuer: configuration.issuer,
    audience: 'negatoscope-local',
  });
  expect(payload).toMatchObject({
    'cognito:username': 'patient-1',
    'cognito:groups': ['patients'],
    'custom:patient_id': 'P-1001',
    token_use: 'id',
  });
  expect(payload.sub).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a person is the same in each token', async () => {
  const subjects = [await tokenFor({ user: 'doctor' }), await tokenFor({ user: 'doctor' })].map(
    (token) => decodeJwt(token).sub,
  );
  expect(subjects[0]).toBe(subjects[1]);
  expect(decodeJwt(await tokenFor({ user: 'staff' })).sub).not.toBe(subjects[0]);
});

test('a test may ask for any claims and any life', async () => {
  const token = await tokenFor({
    user: 'admin',
    claims: { 'cognito:groups': [], aud: 'other' },
    expiresInSeconds: -5,
  });
  const { exp = 0, iat = 0, ...claims } = decodeJwt(token);
  expect(claims).toMatchObject({ 'cognito:groups': [], aud: 'other', 'cognito:username': 'admin' });
  expect(exp).toBeLessThan(Date.now() / 1000);
  expect(iat).toBeLessThan(exp);
});

test.each([
  ['an unknown user', { user: 'constructor' }, 'application/json', 400],
  ['no user', {}, 'application/json', 400],
  ['an unknown field', { user: 'doctor', claim: {} }, 'application/json', 400],
])('%s is refused in the shape of all errors', async (_what, body, type, status) => {
  const response = await ask(body, type);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({
    statusCode: status,
    message: expect.any(String),
    error: expect.any(String),
    details: expect.any(Array),
  });
  expect(response.headers.get('x-request-id')).toBeTruthy();
});

test('an unknown path below /local is not found', async () => {
  expect((await fetch(`${stack.url}/local/nothing`)).status).toBe(404);
});
