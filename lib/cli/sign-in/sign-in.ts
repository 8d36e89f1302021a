import { type Configuration, tokenRevocation } from 'openid-client';
import { CliError } from '../cli-error.ts';
import { discoverIssuer, readSignInConfig } from './issuer.ts';
import { reasonOf } from './reason-of.ts';
import { signInByBrowser } from './sign-in-by-browser.ts';
import { signInByDevice } from './sign-in-by-device.ts';
import type { SignInOptions } from './sign-in-options.ts';
import { StoredSignIn } from './stored-sign-in.ts';

/** Signs a person in to a service, and stores the refresh token. Returns who it is, as the issuer calls them. */
export async function signIn(
  service: URL,
  { byDevice, tell, signal }: Omit<SignInOptions, 'scope'> & { byDevice: boolean },
): Promise<string> {
  const { issuer, clientId, scope } = await readSignInConfig(service, signal);
  const config = await configOf(issuer, clientId);
  const tokens = await (byDevice ? signInByDevice : signInByBrowser)(config, { scope, tell, signal });
  if (tokens.refresh_token === undefined)
    throw new CliError(`The issuer ${issuer} gives no refresh token for the scope "${scope}".`);
  const stored = new StoredSignIn(service);
  await revoke(stored);
  stored.write({ issuer, clientId, refreshToken: tokens.refresh_token });
  const claims = tokens.claims();
  return String(claims?.name ?? claims?.email ?? claims?.sub);
}

/** Ends the sign-in: here, and at the issuer if that revokes tokens. Returns whether anybody was signed in. */
export async function signOut(service: URL): Promise<{ wasSignedIn: boolean; isRevoked: boolean }> {
  const stored = new StoredSignIn(service);
  const wasSignedIn = stored.read() !== undefined;
  const isRevoked = await revoke(stored);
  stored.remove();
  return { wasSignedIn, isRevoked };
}

/** Revokes the refresh token (RFC 7009). Returns false if the issuer could not be asked, or does not revoke tokens. */
async function revoke(stored: StoredSignIn): Promise<boolean> {
  const signIn = stored.read();
  if (!signIn) return false;
  try {
    const config = await discoverIssuer(signIn.issuer, signIn.clientId);
    if (config.serverMetadata().revocation_endpoint === undefined) return false;
    await tokenRevocation(config, signIn.refreshToken, { token_type_hint: 'refresh_token' });
    return true;
  } catch {
    return false;
  }
}

async function configOf(issuer: string, clientId: string): Promise<Configuration> {
  try {
    return await discoverIssuer(issuer, clientId);
  } catch (cause) {
    throw new CliError(`The issuer ${issuer} can not be asked: ${reasonOf(cause)}`, undefined, { cause });
  }
}
