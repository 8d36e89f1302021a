import { createHash } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalStack } from '../../../lib/local/local-stack.ts';
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

test('a person has the same identity in each token', async () => {
  const subjects = [await tokenFor({ user: 'doctor' }), await tokenFor({ user: 'doctor' })].map(
    (token) => decodeJwt(token).sub,
  );
  expect(subjects[0]).toBe(subjects[1]);
  expect(decodeJwt(await tokenFor({ user: 'staff' })).sub).not.toBe(subjects[0]);
});

test('a test may request any claims and any lifetime', async () => {
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

/** Signs the doctor in as a page does; returns the parameters for the token endpoint. */
async function codeFor(verifier: string, redirectUri = 'http://localhost:1/') {
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = new URLSearchParams({
    client_id: 'negatoscope-local',
    response_type: 'code',
    redirect_uri: redirectUri,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 's1',
    user: 'doctor',
  });
  const response = await fetch(`${stack.url}/local/authorize?${query}`, { redirect: 'manual' });
  const back = new URL(response.headers.get('location') ?? 'none:');
  const code = back.searchParams.get('code') ?? '';
  const form = {
    grant_type: 'authorization_code',
    client_id: 'negatoscope-local',
    redirect_uri: redirectUri,
  };
  return { status: response.status, back, form: { ...form, code } };
}
const redeem = (form: Record<string, string>) =>
  fetch(`${stack.url}/local/token`, { method: 'POST', body: new URLSearchParams(form) });
const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-in-all';

test('a code is exchanged once, with its verifier, and a refresh token is exchanged for new tokens', async () => {
  const { back, form } = await codeFor(VERIFIER);
  expect(back.searchParams.get('state')).toBe('s1');
  const first = await redeem({ ...form, code_verifier: VERIFIER });
  expect(first.status).toBe(200);
  const tokens = (await first.json()) as { id_token: string; refresh_token: string };
  expect(decodeJwt(tokens.id_token)).toMatchObject({ 'cognito:username': 'doctor', token_use: 'id' });
  expect((await redeem({ ...form, code_verifier: VERIFIER })).status).toBe(400);
  const refreshed = await redeem({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
  expect(refreshed.status).toBe(200);
  const other = await redeem({ grant_type: 'refresh_token', refresh_token: tokens.id_token });
  expect(await other.json()).toMatchObject({ error: 'invalid_grant' });
});

test('a code is refused without its verifier, and sent to no other computer', async () => {
  const { form } = await codeFor(VERIFIER);
  expect((await redeem({ ...form, code_verifier: `${VERIFIER}x` })).status).toBe(400);
  expect((await codeFor(VERIFIER, 'https://elsewhere.example/')).status).toBe(400);
});

test('an unknown path below /local is not found', async () => {
  expect((await fetch(`${stack.url}/local/nothing`)).status).toBe(404);
});
