import { CliError, EXIT } from '../cli-error.ts';
import type { Credential } from '../service-client.ts';
import { readSignInConfig } from './issuer.ts';
import { StoredSignIn } from './stored-sign-in.ts';
import { tokensOfPerson, tokensOfProgram } from './tokens.ts';

/**
 * Returns the credential for a service: of the environment, or else of the person who signed in. No argument has one, because everybody at
 * a computer may read the arguments of a process.
 */
export async function credentialFor(
  service: URL,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Credential> {
  const {
    NEGATOSCOPE_API_KEY: apiKey,
    NEGATOSCOPE_TOKEN: token,
    NEGATOSCOPE_CLIENT_ID: id,
    NEGATOSCOPE_CLIENT_SECRET: secret,
  } = environment;
  if (apiKey) return { 'x-api-key': apiKey };
  if (token) return token;
  if (id && secret) return tokensOfProgram(await readSignInConfig(service, signal), { id, secret }, signal);
  if (id || secret)
    throw new CliError(
      'Expected NEGATOSCOPE_CLIENT_ID and NEGATOSCOPE_CLIENT_SECRET together.',
      EXIT.notAllowed,
    );
  const stored = new StoredSignIn(service);
  if (stored.read()) return tokensOfPerson(stored, signal);
  throw new CliError(
    `Nobody is signed in to ${service}. Sign in first: npm run negatoscope -- sign-in --url ${service}`,
    EXIT.notAllowed,
  );
}
