import { parseArgs } from 'node:util';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { escapeControlCharacters } from '../lib/cli/escape-control-characters.ts';
import { serviceUrl } from '../lib/cli/service-url.ts';
import { signIn, signOut } from '../lib/cli/sign-in/sign-in.ts';
import { USAGE } from './usage.ts';

/** How long a person may take to sign in. */
const SIGN_IN_MS = 10 * 60_000;

/** Signs a person in, for the commands that follow. */
export async function runSignIn(args: readonly string[], stop: AbortSignal): Promise<number> {
  const { url, device } = readArguments(args, 'sign-in');
  const signal = AbortSignal.any([stop, AbortSignal.timeout(SIGN_IN_MS)]);
  try {
    const name = await signIn(url, { byDevice: device, tell: (text) => console.error(text), signal });
    console.log(`Signed in to ${url} as ${escapeControlCharacters(name)}.`);
    return EXIT.done;
  } catch (error) {
    if (stop.aborted) return EXIT.interrupted;
    if (signal.aborted) throw new CliError('Nobody signed in within ten minutes.', EXIT.notAllowed);
    throw error;
  }
}

/** Signs the person out. */
export async function runSignOut(args: readonly string[]): Promise<number> {
  const { url } = readArguments(args, 'sign-out');
  const { wasSignedIn, isRevoked } = await signOut(url);
  if (!wasSignedIn) console.log(`Nobody was signed in to ${url}.`);
  else if (isRevoked) console.log(`Signed out of ${url}.`);
  else console.log(`Signed out of ${url} here. The issuer did not revoke the sign-in: it ends by itself.`);
  return EXIT.done;
}

function readArguments(args: readonly string[], program: 'sign-in' | 'sign-out') {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        url: { type: 'string', default: '' },
        ...(program === 'sign-in' && { device: { type: 'boolean' } as const }),
      },
    });
    return { url: serviceUrl(values.url), device: values.device === true };
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n${USAGE[program]}`, EXIT.usage);
  }
}
