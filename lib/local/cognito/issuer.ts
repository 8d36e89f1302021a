import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import {
  type CryptoKey,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import * as z from 'zod';
import { Clock } from '../clock.ts';
import { sendLocalError } from '../local-error.ts';
import { readBody } from '../request-body.ts';
import { StartError } from '../start-error.ts';
import { localClientId } from '../template.ts';
import { authorize, Codes } from './authorize.ts';
import { type Claims, demoUsers } from './demo-users.ts';
import { subjectOf } from './subject.ts';

/** The audience of refresh tokens: only this issuer accepts them, the API does not. */
const REFRESH = 'negatoscope-local-refresh';

const RefreshToken = z.object({ 'cognito:username': z.string(), jti: z.string() });

const TokenRequest = z.strictObject({
  user: z.string(),
  claims: z.record(z.string(), z.unknown()).default({}),
  expiresInSeconds: z.int().default(3600),
});

/** A small OIDC issuer for the people of the user pool and tests. It signs any requested claims, so it runs only on loopback. */
export class Issuer {
  readonly #url: string;
  readonly #privateKey: CryptoKey;
  readonly #publicJwk: JWK;
  readonly #clock: Clock;
  readonly #codes: Codes;
  readonly #people: () => Readonly<Record<string, Claims>>;
  /** The ids of revoked refresh tokens, until a restart. */
  readonly #revoked = new Set<string>();

  private constructor(
    url: string,
    privateKey: CryptoKey,
    publicJwk: JWK,
    clock: Clock,
    people: () => Readonly<Record<string, Claims>>,
  ) {
    this.#url = url;
    this.#clock = clock;
    this.#people = people;
    this.#codes = new Codes(clock);
    this.#privateKey = privateKey;
    this.#publicJwk = publicJwk;
  }

  /**
   * Opens the issuer with the key pair in the data directory, so that tokens survive a restart.
   *
   * @param people the claims of those who can sign in, by their user names
   */
  static async open(
    dataDir: string,
    url: string,
    clock = new Clock(),
    people: () => Readonly<Record<string, Claims>> = () => demoUsers,
  ): Promise<Issuer> {
    const file = path.join(dataDir, 'issuer-key.pem');
    if (!existsSync(file)) {
      const { privateKey } = await generateKeyPair('RS256', { extractable: true });
      writeFileSync(`${file}.new`, await exportPKCS8(privateKey), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    }
    try {
      const privateKey = await importPKCS8(readFileSync(file, 'utf8'), 'RS256', { extractable: true });
      const { kty, n, e } = await exportJWK(privateKey);
      const kid = createHash('sha256').update(`${n}`).digest('base64url').slice(0, 16);
      const publicJwk = { kty, n, e, kid, alg: 'RS256', use: 'sig' } as JWK;
      return new Issuer(url, privateKey, publicJwk, clock, people);
    } catch (cause) {
      throw new StartError(`The local issuer's key ${file} is damaged: remove it, and a new one is made.`, {
        cause,
      });
    }
  }

  /** Signs an id token for a person. `claims` override the defaults. */
  async token(user: string, claims: Record<string, unknown> = {}, expiresInSeconds = 3600): Promise<string> {
    const nowSeconds = Math.floor(this.#clock.now() / 1000);
    return new SignJWT({
      iss: this.#url,
      aud: localClientId,
      sub: subjectOf(user),
      'cognito:username': user,
      token_use: 'id',
      ...this.#people()[user],
      // A token with a negative lifetime was issued before it expired, like every expired token.
      iat: nowSeconds + Math.min(0, expiresInSeconds - 1),
      exp: nowSeconds + expiresInSeconds,
      jti: randomUUID(),
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: `${this.#publicJwk.kid}`, typ: 'JWT' })
      .sign(this.#privateKey);
  }

  /** Handles the issuer's paths (below `/local`). Returns false for any other path. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    { pathname, searchParams: query }: URL,
  ): Promise<boolean> {
    switch (`${request.method} ${pathname}`) {
      case 'GET /local/.well-known/openid-configuration':
        sendJson(response, {
          issuer: this.#url,
          jwks_uri: `${this.#url}/jwks.json`,
          authorization_endpoint: `${this.#url}/authorize`,
          token_endpoint: `${this.#url}/token`,
          revocation_endpoint: `${this.#url}/revoke`,
          response_types_supported: ['code'],
          grant_types_supported: ['authorization_code', 'refresh_token'],
          code_challenge_methods_supported: ['S256'],
          token_endpoint_auth_methods_supported: ['none'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        });
        return true;
      case 'GET /local/jwks.json':
      case 'GET /local/.well-known/jwks.json':
        sendJson(response, { keys: [this.#publicJwk] });
        return true;
      case 'GET /local/authorize':
        authorize(response, query, this.#codes, this.#people());
        return true;
      case 'POST /local/token':
        await this.#answerToken(request, response);
        return true;
      case 'POST /local/revoke':
        await this.#answerRevocation(request, response);
        return true;
      default:
        return false;
    }
  }

  async #answerToken(request: IncomingMessage, response: ServerResponse) {
    const body = await readBody(request, 100_000);
    const text = body?.toString('utf8') ?? '';
    // Parses the body whatever its content type: curl declares JSON as a form.
    const form = new URLSearchParams(text);
    if (form.has('grant_type')) return this.#answerGrant(response, form);
    const parsed = TokenRequest.safeParse(parseJson(text));
    if (!parsed.success) {
      const details = parsed.error.issues.map(
        (issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`,
      );
      return sendLocalError(response, 400, 'Expected JSON such as {"user":"doctor"}.', details);
    }
    const { user, claims, expiresInSeconds } = parsed.data;
    const people = this.#people();
    if (!Object.hasOwn(people, user)) {
      const known = Object.keys(people).join(', ');
      return sendLocalError(response, 400, `Unknown user ${JSON.stringify(user)}.`, [
        `user: expected one of ${known}`,
      ]);
    }
    const accessToken = await this.token(user, claims, expiresInSeconds);
    sendJson(response, { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds });
  }

  /** Returns tokens for a code or for a refresh token. */
  async #answerGrant(response: ServerResponse, form: URLSearchParams) {
    const type = form.get('grant_type');
    if (type === 'authorization_code') {
      const granted = this.#codes.redeem(form);
      if (!granted) return refuseGrant(response, 'invalid_grant', 'The code is used, too old, or not yours.');
      return this.#sendTokens(response, granted.user, granted.nonce);
    }
    if (type === 'refresh_token') {
      const token = await this.#readRefreshToken(form.get('refresh_token') ?? '');
      // A person who was disabled keeps no sign-in.
      const isTheirs = token && Object.hasOwn(this.#people(), token['cognito:username']);
      if (!isTheirs || this.#revoked.has(token.jti))
        return refuseGrant(response, 'invalid_grant', 'The refresh token is none of ours, or too old.');
      return this.#sendTokens(response, token['cognito:username']);
    }
    return refuseGrant(
      response,
      'unsupported_grant_type',
      `Expected a code or a refresh token, not ${type}.`,
    );
  }

  async #sendTokens(response: ServerResponse, user: string, nonce?: string) {
    const idToken = await this.token(user, nonce === undefined ? {} : { nonce });
    sendJson(response, {
      id_token: idToken,
      access_token: idToken,
      refresh_token: await this.token(user, { aud: REFRESH, token_use: 'refresh' }, 12 * 3600),
      token_type: 'Bearer',
      expires_in: 3600,
    });
  }

  /** Revokes a refresh token (RFC 7009). An unknown token is no error (2.2). */
  async #answerRevocation(request: IncomingMessage, response: ServerResponse) {
    const form = new URLSearchParams((await readBody(request, 100_000))?.toString('utf8'));
    const token = await this.#readRefreshToken(form.get('token') ?? '');
    if (token) this.#revoked.add(token.jti);
    response.writeHead(200).end();
  }

  /** Refresh tokens are signed and not stored, so they survive a restart. */
  async #readRefreshToken(token: string): Promise<z.infer<typeof RefreshToken> | undefined> {
    try {
      const key = await importJWK(this.#publicJwk, 'RS256');
      const { payload } = await jwtVerify(token, key, {
        issuer: this.#url,
        audience: REFRESH,
        currentDate: new Date(this.#clock.now()),
      });
      return RefreshToken.parse(payload);
    } catch {
      return undefined;
    }
  }
}

/** OAuth's error format (RFC 6749, 5.2), which client libraries expect. */
function refuseGrant(response: ServerResponse, error: string, description: string) {
  response.writeHead(400, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ error, error_description: description }));
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** As Cognito does, for pages of every origin: a token goes only to who has the code and its verifier. */
function sendJson(response: ServerResponse, body: unknown) {
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
  });
  response.end(JSON.stringify(body));
}
