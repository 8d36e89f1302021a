import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { CLI_REDIRECT_URI } from '../../domain/access/cli-redirect.ts';
import { CliError } from '../cli-error.ts';
import { reasonOf } from './reason-of.ts';
import type { SignInOptions } from './sign-in-options.ts';

/** Signs a person in by the browser of this computer: authorization code with PKCE and a loopback redirect (RFC 8252). */
export async function signInByBrowser(config: Configuration, { scope, tell, signal }: SignInOptions) {
  const pkceCodeVerifier = randomPKCECodeVerifier();
  const expectedState = randomState();
  const expectedNonce = randomNonce();
  const page = buildAuthorizationUrl(config, {
    redirect_uri: CLI_REDIRECT_URI,
    scope,
    // Another person may have used this browser before. For offline access, the person must be asked (OpenID Connect Core 1.0, 11).
    prompt: scope.split(' ').includes('offline_access') ? 'login consent' : 'login',
    code_challenge: await calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  });
  const { url, answer } = await receiveRedirect(expectedState, signal, () =>
    tell(`Open this page in the browser of this computer, and sign in:\n${page.href}`),
  );
  try {
    const checks = { pkceCodeVerifier, expectedState, expectedNonce };
    const tokens = await authorizationCodeGrant(config, url, checks);
    answer('You are signed in. Close this page, and go back to the command line.');
    return tokens;
  } catch (cause) {
    answer('Nobody is signed in. The command line says why.');
    throw new CliError(`Nobody is signed in: ${reasonOf(cause)}`, undefined, { cause });
  }
}

/** Waits until the browser is sent back. Requests without the state are of other programs and pages: they are not answered. */
async function receiveRedirect(state: string, signal: AbortSignal, whenReady: () => void) {
  const { port, pathname } = new URL(CLI_REDIRECT_URI);
  const received = Promise.withResolvers<{ url: URL; response: ServerResponse }>();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = URL.parse(request.url ?? '', CLI_REDIRECT_URI);
    const isOurs = url?.pathname === pathname && url.searchParams.get('state') === state;
    if (isOurs && request.method === 'GET') received.resolve({ url, response });
    else response.writeHead(404, { connection: 'close' }).end();
  });
  const abort = () => received.reject(signal.reason);
  // The abort may come before anybody waits for it.
  received.promise.catch(() => undefined);
  signal.addEventListener('abort', abort);
  try {
    server.listen(Number(port), '127.0.0.1');
    await once(server, 'listening', { signal }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new CliError(
        `Port ${port} of this computer is in use: the browser is sent back to it.`,
        undefined,
        {
          cause,
        },
      );
    });
    whenReady();
    const { url, response } = await received.promise;
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      connection: 'close',
    };
    return { url, answer: (text: string) => response.writeHead(200, headers).end(text) };
  } finally {
    signal.removeEventListener('abort', abort);
    server.close();
  }
}
