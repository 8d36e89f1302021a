import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { escapeControlCharacters } from '../lib/cli/escape-control-characters.ts';
import { isLoopbackHost } from '../lib/cli/loopback-host.ts';
import { ServiceClient } from '../lib/cli/service-client.ts';
import { runGateway as run } from '../lib/gateway/gateway.ts';
import { parseSettings, type Settings } from '../lib/gateway/settings.ts';
import { USAGE } from './usage.ts';

/** Runs the gateway until it is interrupted. Returns the exit code. */
export async function runGateway(args: readonly string[], signal: AbortSignal): Promise<number> {
  const settings = readSettings(args);
  const log = (line: string) => console.error(`${new Date().toISOString()} ${escapeControlCharacters(line)}`);
  const onWait = (seconds: number) => log(`The service asks to wait for ${seconds} s.`);
  const client = new ServiceClient({
    url: new URL(settings.url),
    token: readCredential(settings),
    signal,
    onWait,
  });
  await run(settings, { client, log, signal });
  return EXIT.done;
}

function readSettings(args: readonly string[]): Settings {
  const wrong = (what: string) => new CliError(`${what}\n${USAGE.gateway}`, EXIT.usage);
  let file: string | undefined;
  try {
    ({
      positionals: [file],
    } = parseArgs({ args: [...args], allowPositionals: true, options: {} }));
  } catch (error) {
    throw wrong(String(error));
  }
  if (file === undefined) throw wrong('Expected the settings file.');
  try {
    const settings = parseSettings(readFileSync(file, 'utf8'), file);
    const { protocol, hostname } = new URL(settings.url);
    if (protocol === 'http:' && !isLoopbackHost(hostname))
      throw wrong('Expected https:// in url: the API key and the images of patients go there.');
    return settings;
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw wrong(`${file}: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`);
  }
}

/** No option takes it: the arguments of a process can be seen by everybody on the computer. */
function readCredential({ apiKeyFile }: Settings): string | { 'x-api-key': string } {
  const { NEGATOSCOPE_API_KEY, NEGATOSCOPE_TOKEN } = process.env;
  if (NEGATOSCOPE_API_KEY) return { 'x-api-key': NEGATOSCOPE_API_KEY };
  if (NEGATOSCOPE_TOKEN) return NEGATOSCOPE_TOKEN;
  if (apiKeyFile !== undefined) return { 'x-api-key': readFileSync(apiKeyFile, 'utf8').trim() };
  throw new CliError(
    'Expected NEGATOSCOPE_API_KEY or NEGATOSCOPE_TOKEN, or apiKeyFile in the settings.',
    EXIT.usage,
  );
}
