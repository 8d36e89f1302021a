import { allowInsecureRequests, ClientSecretBasic, type Configuration, discovery, None } from 'openid-client';
import * as z from 'zod';
import { CliError } from '../cli-error.ts';
import { isLoopbackHost } from '../loopback-host.ts';
import { reasonOf } from './reason-of.ts';

/** The part of the page's configuration that is for sign-in. */
export const SignInConfig = z.object({ issuer: z.url(), clientId: z.string().min(1), scope: z.string() });
export type SignInConfig = z.infer<typeof SignInConfig>;

/** Reads from the service who issues its tokens. */
export async function readSignInConfig(service: URL, signal: AbortSignal): Promise<SignInConfig> {
  const source = new URL(`${service.pathname.replace(/\/$/, '')}/config.json`, service);
  try {
    const response = await fetch(source, { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return SignInConfig.parse(await response.json());
  } catch (cause) {
    signal.throwIfAborted();
    throw new CliError(`${source} does not say where to sign in: ${reasonOf(cause)}`, undefined, { cause });
  }
}

/**
 * Reads the issuer's metadata (OpenID Connect Discovery 1.0).
 *
 * @param clientSecret of a program. People sign in by a public client, which has none.
 */
export async function discoverIssuer(
  issuer: string,
  clientId: string,
  clientSecret?: string,
): Promise<Configuration> {
  const url = new URL(issuer);
  const authentication = clientSecret === undefined ? None() : ClientSecretBasic(clientSecret);
  const execute = isLoopbackHost(url.hostname) ? [allowInsecureRequests] : [];
  return discovery(url, clientId, undefined, authentication, { execute });
}
