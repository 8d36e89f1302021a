import { parseArgs } from 'node:util';
import * as z from 'zod';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { createFirstAdmin } from '../lib/deployment/first-admin.ts';
import { DEFAULT_STAGE, readSettings } from '../lib/deployment/read-settings.ts';
import { USAGE } from './usage.ts';

/** Invites the first admin. */
export async function runFirstAdmin(args: readonly string[]): Promise<number> {
  const { stage: name, email } = readArguments(args);
  const { stage, settings } = readSettings(name);
  if (settings.oidc)
    throw new CliError(
      `People sign in at ${settings.oidc.issuer}: make an admin there, by the claim groups.`,
    );
  const username = await createFirstAdmin(stage, email);
  console.log(
    `${username} is an admin. Cognito sends the first password to ${email}; it is valid for three days.`,
  );
  return EXIT.done;
}

function readArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { email: { type: 'string' }, stage: { type: 'string', default: DEFAULT_STAGE } },
    });
    const email = z.email('Expected an address as --email.').safeParse(values.email);
    if (!email.success) throw new Error(email.error.issues[0]?.message);
    return { stage: values.stage, email: email.data };
  } catch (error) {
    throw new CliError(
      `${error instanceof Error ? error.message : error}\n${USAGE['first-admin']}`,
      EXIT.usage,
    );
  }
}
