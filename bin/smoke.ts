import { parseArgs } from 'node:util';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { ServiceClient } from '../lib/cli/service-client.ts';
import { smoke } from '../lib/deployment/smoke/smoke.ts';
import { USAGE } from './usage.ts';

/** Tries the service from outside. */
export async function runSmoke(args: readonly string[]): Promise<number> {
  const { url, token } = readArguments(args);
  const client = new ServiceClient({
    url,
    token,
    signal: AbortSignal.timeout(15 * 60_000),
    onWait: (seconds) => console.error(`The service asks to wait for ${seconds} s.`),
  });
  const onStep = (what: string, milliseconds: number) =>
    console.log(`${String(Math.round(milliseconds)).padStart(7)} ms  ${what}`);
  await smoke({ client, token, onStep });
  console.log('Everything works.');
  return EXIT.done;
}

function readArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({ args: [...args], options: { url: { type: 'string', default: '' } } });
    const url = URL.parse(values.url);
    if (!url) throw new Error('Expected the service as --url.');
    const token = process.env.NEGATOSCOPE_TOKEN ?? '';
    if (token === '') throw new Error('Expected the token of an admin as NEGATOSCOPE_TOKEN.');
    return { url, token };
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n${USAGE.smoke}`, EXIT.usage);
  }
}
