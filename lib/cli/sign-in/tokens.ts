import {
  clientCredentialsGrant,
  ResponseBodyError,
  refreshTokenGrant,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { ATTEMPTS, backOff } from '../back-off.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { discoverIssuer, type SignInConfig } from './issuer.ts';
import { reasonOf } from './reason-of.ts';
import { type IssuedToken, RenewableToken } from './renewable-token.ts';
import type { StoredSignIn } from './stored-sign-in.ts';
import { withLock } from './with-lock.ts';

/** An issuer that does not say how long a token is valid (RFC 6749, 5.1: it should) is asked again after this time. */
const UNKNOWN_LIFETIME_SECONDS = 300;

type Granted = TokenEndpointResponse & TokenEndpointResponseHelpers;

/** Returns the tokens of a person, by the refresh token of an earlier sign-in. */
export function tokensOfPerson(stored: StoredSignIn, signal: AbortSignal): RenewableToken {
  const renew = async (): Promise<IssuedToken> => {
    const signIn = stored.read();
    if (!signIn) throw new CliError('Nobody is signed in any more.', EXIT.notAllowed);
    const { issuer, clientId, refreshToken } = signIn;
    const granted = await refreshTokenGrant(await discoverIssuer(issuer, clientId), refreshToken);
    if (granted.refresh_token) stored.write({ ...signIn, refreshToken: granted.refresh_token });
    return tokenOf(granted);
  };
  // Many issuers accept each refresh token once, and end the sign-in if two commands send the same one (RFC 9700, 4.14.2).
  const renewAlone = () => withLock(`${stored.path}.lock`, signal, renew);
  return new RenewableToken(() => withRetries(renewAlone, signal, 'Sign in again (sign-in --url …)'));
}

/** Returns the tokens of a program: client credentials (RFC 6749, 4.4) at the issuer of the service. */
export function tokensOfProgram(
  { issuer, scope }: SignInConfig,
  client: { id: string; secret: string },
  signal: AbortSignal,
): RenewableToken {
  // The scopes of the page are about people. An issuer may refuse them to a program (OpenID Connect Core 1.0, 5.4).
  const ofPeople = new Set(['openid', 'email', 'profile', 'offline_access']);
  const own = scope.split(' ').filter((each) => !ofPeople.has(each));
  const renew = async () => {
    const config = await discoverIssuer(issuer, client.id, client.secret);
    return tokenOf(await clientCredentialsGrant(config, own.length > 0 ? { scope: own.join(' ') } : {}));
  };
  const advice = 'Check NEGATOSCOPE_CLIENT_ID and NEGATOSCOPE_CLIENT_SECRET';
  return new RenewableToken(() => withRetries(renew, signal, advice));
}

/** The API accepts ID tokens of people, as the page sends them: Cognito's access tokens name neither the audience nor the patient. */
function tokenOf(granted: Granted): IssuedToken {
  const claims = granted.claims();
  const lifetimeSeconds = claims ? claims.exp - claims.iat : granted.expiresIn();
  return {
    value: granted.id_token ?? granted.access_token,
    lifetimeMs: (lifetimeSeconds ?? UNKNOWN_LIFETIME_SECONDS) * 1000,
  };
}

/** Whether the issuer understood the request and refused it, so that a repetition gives the same answer. */
const isRefusal = (error: unknown) =>
  (error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError) &&
  error.status < 500;

async function withRetries(
  renew: () => Promise<IssuedToken>,
  signal: AbortSignal,
  advice: string,
): Promise<IssuedToken> {
  for (let failures = 1; ; failures++) {
    try {
      return await renew();
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof CliError) throw cause;
      if (isRefusal(cause)) {
        const message = `The issuer gives no token: ${reasonOf(cause)}. ${advice}, and run the same command again: it goes on.`;
        throw new CliError(message, EXIT.notAllowed, { cause });
      }
      if (failures === ATTEMPTS)
        throw new CliError(`The issuer gives no token: ${reasonOf(cause)}`, EXIT.notAllowed, { cause });
      await backOff(failures, signal);
    }
  }
}
