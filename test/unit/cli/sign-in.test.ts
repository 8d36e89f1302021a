import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { credentialFor } from '../../../lib/cli/sign-in/credential.ts';
import { RenewableToken } from '../../../lib/cli/sign-in/renewable-token.ts';
import { signIn, signOut } from '../../../lib/cli/sign-in/sign-in.ts';
import { StoredSignIn } from '../../../lib/cli/sign-in/stored-sign-in.ts';
import { CLI_REDIRECT_URI } from '../../../lib/domain/access/cli-redirect.ts';
import { submitForms } from '../../support/form-browser.ts';

const state = mkdtempSync(join(tmpdir(), 'negatoscope-sign-in-'));
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
/** The parameters of each request for tokens. */
const requested: string[] = [];
let server: Server;
let service: URL;
const signal = AbortSignal.timeout(60_000);

/** An issuer of the clinic's own, which has what Cognito does not have, and the service's configuration that names it. */
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  service = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const issuer = service.origin;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'page',
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        redirect_uris: [CLI_REDIRECT_URI],
        grant_types: ['authorization_code', 'refresh_token', DEVICE],
      },
      {
        client_id: 'program',
        client_secret: 'a secret: 100%',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: {
      deviceFlow: { enabled: true },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
    },
    // Each refresh token is accepted once: the second use ends the sign-in.
    rotateRefreshToken: true,
  });
  provider.on('grant.success', ({ oidc }) => requested.push(String(oidc.params?.grant_type)));
  const answer = provider.callback();
  const config = { issuer, clientId: 'page', scope: 'openid email profile offline_access' };
  server.on('request', (request, response) => {
    if (request.url === '/config.json') response.end(JSON.stringify(config));
    else answer(request, response);
  });
});
afterAll(() => {
  server.close();
  rmSync(state, { recursive: true, force: true });
  vi.unstubAllEnvs();
});
beforeEach(() => {
  vi.stubEnv('XDG_STATE_HOME', state);
  requested.length = 0;
});

/** Signs a person in, who does what the command line tells. */
async function signInAs(login: string, byDevice: boolean) {
  const pages: Promise<string>[] = [];
  const tell = (text: string) => {
    const [url = ''] = /http\S+/.exec(text) ?? [];
    const [, code = ''] = /code (\S+)$/.exec(text) ?? [];
    pages.push(submitForms(url, { login, password: 'any', user_code: code }));
  };
  const name = await signIn(service, { byDevice, tell, signal });
  return { name, page: await pages[0] };
}

const person = async () => {
  const credential = await credentialFor(service, {}, signal);
  if (!(credential instanceof RenewableToken)) throw new Error('expected a token that is renewed');
  return credential;
};
const subjectOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub;

test('A person signs in by the browser, and only the user of the computer may read what is stored', async () => {
  const { name, page } = await signInAs('sam', false);
  expect(name).toBe('sam');
  expect(page).toContain('You are signed in.');
  const folder = join(state, 'negatoscope');
  const [file = ''] = readdirSync(folder);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(subjectOf(await (await person()).get())).toBe('sam');
});

test('A person signs in by another device, and replaces who was signed in before', async () => {
  expect((await signInAs('dana', true)).name).toBe('dana');
  expect(requested).toContain(DEVICE);
  expect(subjectOf(await (await person()).get())).toBe('dana');
});

test('Commands of one person renew the token at the same time, though the issuer ends the sign-in if a refresh token is used twice', async () => {
  const commands = await Promise.all([person(), person(), person()]);
  const tokens = await Promise.all(commands.map((each) => each.get()));
  expect(tokens.map(subjectOf)).toEqual(['dana', 'dana', 'dana']);
  const [one] = commands;
  const [first] = tokens;
  if (!one || !first) throw new Error('there are tokens');
  // In the same second, the issuer signs the same token again.
  await sleep(1000);
  const second = await one.insteadOf(first);
  expect(second).not.toBe(first);
  expect(await one.get()).toBe(second);
  // Another request was refused with the token that is replaced already.
  expect(await one.insteadOf(first)).toBe(second);
  expect(requested).toEqual(Array(4).fill('refresh_token'));
});

test('After signing out, nothing is stored, and the issuer accepts the refresh token no more', async () => {
  const folder = join(state, 'negatoscope');
  const [file = ''] = readdirSync(folder);
  const { refreshToken } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const before = await person();
  expect(await signOut(service)).toEqual({ wasSignedIn: true, isRevoked: true });
  expect(readdirSync(folder)).toEqual([]);
  await expect(before.get()).rejects.toThrow('Nobody is signed in any more.');
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'page',
    refresh_token: refreshToken,
  });
  expect((await fetch(new URL('/token', service), { method: 'POST', body })).status).toBe(400);
  await expect(person()).rejects.toThrow('Nobody is signed in');
  expect(await signOut(service)).toEqual({ wasSignedIn: false, isRevoked: false });
});

test('A program has client credentials, and asks again when its token is refused', async () => {
  const environment = { NEGATOSCOPE_CLIENT_ID: 'program', NEGATOSCOPE_CLIENT_SECRET: 'a secret: 100%' };
  const credential = await credentialFor(service, environment, signal);
  if (!(credential instanceof RenewableToken)) throw new Error('expected a token that is renewed');
  const first = await credential.get();
  expect(await credential.get()).toBe(first);
  expect(await credential.insteadOf(first)).not.toBe(first);
  expect(requested).toEqual(['client_credentials', 'client_credentials']);
  const wrong = await credentialFor(service, { ...environment, NEGATOSCOPE_CLIENT_SECRET: 'no' }, signal);
  await expect((wrong as RenewableToken).get()).rejects.toThrow(
    /client authentication failed\. Check NEGATOSCOPE_CLIENT_ID/,
  );
});

test('A key or a token of the environment comes before the person who signed in', async () => {
  const both = { NEGATOSCOPE_API_KEY: 'key', NEGATOSCOPE_TOKEN: 'token' };
  expect(await credentialFor(service, both, signal)).toEqual({ 'x-api-key': 'key' });
  expect(await credentialFor(service, { NEGATOSCOPE_TOKEN: 'token' }, signal)).toBe('token');
});

test('Requests without the state of the sign-in neither end it nor sign anybody in', async () => {
  const answers: number[] = [];
  const stop = new AbortController();
  const tell = async () => {
    for (const query of ['?code=x', '?code=x&state=other', 'favicon.ico'])
      answers.push((await fetch(new URL(query, CLI_REDIRECT_URI))).status);
    stop.abort(new Error('enough'));
  };
  await expect(signIn(service, { byDevice: false, tell, signal: stop.signal })).rejects.toThrow('enough');
  expect(answers).toEqual([404, 404, 404]);
});

test('A port that another program has is named as the reason', async () => {
  const other = createServer().listen(Number(new URL(CLI_REDIRECT_URI).port), '127.0.0.1');
  await once(other, 'listening');
  const tell = () => expect.unreachable('nobody may be sent to the port of another program');
  const attempt = signIn(service, { byDevice: false, tell, signal });
  await expect(attempt).rejects.toThrow('Port 47115 of this computer is in use');
  other.close();
});

test('A damaged file counts as nobody signed in, and signing in replaces it', async () => {
  const { path } = new StoredSignIn(service);
  writeFileSync(path, '{"issuer":');
  await expect(person()).rejects.toThrow('Nobody is signed in');
  expect((await signInAs('sam', false)).name).toBe('sam');
  expect(subjectOf(await (await person()).get())).toBe('sam');
});

test('Half of the client credentials is refused, and not replaced by the person who signed in', async () => {
  const half = credentialFor(service, { NEGATOSCOPE_CLIENT_ID: 'program' }, signal);
  await expect(half).rejects.toThrow('NEGATOSCOPE_CLIENT_SECRET together');
});

test('A person who refuses is told so', async () => {
  const tell = async (text: string) => {
    const { searchParams } = new URL(/http\S+/.exec(text)?.[0] ?? '');
    const query = new URLSearchParams({ error: 'access_denied', state: searchParams.get('state') ?? '' });
    // The issuer names itself (RFC 9207).
    query.set('iss', service.origin);
    await fetch(`${CLI_REDIRECT_URI}?${query}`);
  };
  await expect(signIn(service, { byDevice: false, tell, signal })).rejects.toThrow(
    'Nobody is signed in: access_denied',
  );
});

test('A token is renewed a minute before it expires, once for all requests of that moment', async () => {
  let issued = 0;
  const renew = async () => ({ value: `token ${++issued}`, lifetimeMs: issued === 1 ? 60_000 : 120_000 });
  const token = new RenewableToken(renew);
  expect(await Promise.all([token.get(), token.get()])).toEqual(['token 1', 'token 1']);
  expect(await Promise.all([token.get(), token.get()])).toEqual(['token 2', 'token 2']);
  expect(await token.get()).toBe('token 2');
});
