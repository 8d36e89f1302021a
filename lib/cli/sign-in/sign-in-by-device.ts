import { type Configuration, initiateDeviceAuthorization, pollDeviceAuthorizationGrant } from 'openid-client';
import { CliError, EXIT } from '../cli-error.ts';
import { escapeControlCharacters } from '../escape-control-characters.ts';
import { reasonOf } from './reason-of.ts';
import type { SignInOptions } from './sign-in-options.ts';

/** Signs a person in by the browser of any device: the device authorization grant (RFC 8628). Cognito does not have it. */
export async function signInByDevice(config: Configuration, { scope, tell, signal }: SignInOptions) {
  if (config.serverMetadata().device_authorization_endpoint === undefined)
    throw new CliError(
      'The issuer does not offer sign-in by a device. Sign in without --device.',
      EXIT.usage,
    );
  try {
    const asked = await initiateDeviceAuthorization(config, { scope });
    const [page, code] = [asked.verification_uri, asked.user_code].map(escapeControlCharacters);
    tell(`Open ${page} on any device, sign in, and enter the code ${code}`);
    return await pollDeviceAuthorizationGrant(config, asked, undefined, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new CliError(`Nobody is signed in: ${reasonOf(cause)}`, undefined, { cause });
  }
}
