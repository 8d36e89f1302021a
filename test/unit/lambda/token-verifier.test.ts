import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectVerifier, type Verifier } from '../../../lib/lambda/auth/token-verifier.ts';

const pair = await generateKeyPair('RS256');
const otherPair = await generateKeyPair('RS256');
const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }] };

let server: Server;
let fetches: number;
let down: boolean;
let verifier: Verifier;

beforeAll(async () => {
  server = createServer((_request, response) => {
    fetches++;
    response.writeHead(down ? 500 : 200).end(JSON.stringify(jwks));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    TOKEN_ISSUER: 'https://issuer.example',
    TOKEN_AUDIENCE: 'images',
    TOKEN_JWKS_URI: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
  });
});
afterAll(() => void server.close());
beforeEach(() => {
  fetches = 0;
  down = false;
  verifier = connectVerifier();
});

const now = () => Math.floor(Date.now() / 1000);

/** A valid token with these changes; a claim that is undefined is left out. */
function tokenWith(
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key = pair.privateKey,
) {
  const payload = {
    iss: 'https://issuer.example',
    aud: 'images',
    sub: 'u-1',
    iat: now(),
    exp: now() + 60,
    token_use: 'id',
    ...claims,
  };
  return new SignJWT(Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined)))
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header } as { alg: string })
    .sign(key);
}

describe('A token is accepted', () => {
  test('if all claims are as required', async () => {
    expect(await verifier.verify(await tokenWith())).toMatchObject({ sub: 'u-1' });
  });

  test('of an issuer that does not name the use of the token', async () => {
    expect(await verifier.verify(await tokenWith({ token_use: undefined }, { typ: 'JWT' }))).toBeDefined();
  });
});

describe('A token is refused', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>?]>([
    ['that is expired', { exp: now() - 10, iat: now() - 100 }],
    ['without an expiry', { exp: undefined }],
    ['without a time of issue', { iat: undefined }],
    ['that is valid for more than a day', { exp: now() + 24 * 3600 + 10 }],
    ['that was issued in the future', { iat: now() + 3600, exp: now() + 7200 }],
    ['that is not valid yet', { nbf: now() + 3600 }],
    ['of another issuer', { iss: 'https://elsewhere.example' }],
    ['for another audience', { aud: 'other' }],
    ['without a subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
    ['with a subject that is not a string', { sub: ['u-1'] }],
    ['with a very long subject', { sub: 'x'.repeat(129) }],
    ['that is an access token', { token_use: 'access' }],
    ['of another type than JWT', {}, { typ: 'logout+jwt' }],
    ['with a critical extension', {}, { crit: ['b64'], b64: true }],
    ['with a key that is not the issuer’s', {}, { kid: 'k2' }],
    ['of more than 8 KB', { more: 'x'.repeat(8192) }],
  ])('%s', async (_title, claims, header) => {
    expect(await verifier.verify(await tokenWith(claims, header))).toBeUndefined();
  });

  test('that somebody else has signed', async () => {
    expect(await verifier.verify(await tokenWith({}, {}, otherPair.privateKey))).toBeUndefined();
  });

  test('that was changed', async () => {
    const [header, payload = '', signature] = (await tokenWith()).split('.');
    const other = Buffer.from(payload, 'base64url').toString().replace('u-1', 'u-2');
    expect(
      await verifier.verify([header, Buffer.from(other).toString('base64url'), signature].join('.')),
    ).toBeUndefined();
  });

  test('that is not signed, or signed with the public key as a secret', async () => {
    const body = (await tokenWith()).split('.')[1];
    const none = Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url');
    expect(await verifier.verify(`${none}.${body}.`)).toBeUndefined();
    const hs256 = await new SignJWT({
      iss: 'https://issuer.example',
      aud: 'images',
      sub: 'u-1',
      iat: now(),
      exp: now() + 60,
    })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode(JSON.stringify(jwks.keys[0])));
    expect(await verifier.verify(hs256)).toBeUndefined();
  });
});

describe("The issuer's keys", () => {
  test('are fetched once, and tokens are still verified while the issuer is down', async () => {
    await verifier.verify(await tokenWith());
    down = true;
    expect(await verifier.verify(await tokenWith())).toBeDefined();
    expect(fetches).toBe(1);
  });

  test('that can not be fetched are the service’s failure, and not the caller’s', async () => {
    down = true;
    await expect(verifier.verify(await tokenWith())).rejects.toThrow();
  });

  test('are not fetched again for each of many unknown keys', async () => {
    await verifier.verify(await tokenWith());
    const storm = await Promise.all(
      Array.from({ length: 50 }, (_value, i) => tokenWith({}, { kid: `unknown-${i}` })),
    );
    for (const token of storm) expect(await verifier.verify(token)).toBeUndefined();
    expect(fetches).toBe(2);
  });
});
