import { parseArgs } from 'node:util';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { checksOf, Obstacle } from '../lib/deployment/preflight.ts';
import { DEFAULT_STAGE, readSettings } from '../lib/deployment/read-settings.ts';
import { USAGE } from './usage.ts';

/**
 * Runs each check, also after one that failed.
 *
 * @returns the exit code: `EXIT.done` if nothing is in the way
 */
export async function runPreflight(args: readonly string[]): Promise<number> {
  const { stage, settings } = readSettings(readArguments(args));
  let obstacles = 0;
  for (const { what, run } of checksOf(stage, settings)) {
    try {
      console.log(`ok    ${what}: ${await run()}`);
    } catch (error) {
      obstacles += 1;
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
      console.log(`FAIL  ${what}: ${error instanceof Obstacle ? message : `${name}: ${message}`}`);
    }
  }
  console.log(obstacles === 0 ? 'Next: npm run deploy' : `${obstacles} to settle first.`);
  return obstacles === 0 ? EXIT.done : EXIT.notAll;
}

function readArguments(args: readonly string[]): string {
  try {
    const options = { stage: { type: 'string', default: DEFAULT_STAGE } } as const;
    return parseArgs({ args: [...args], options }).values.stage;
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n${USAGE.preflight}`, EXIT.usage);
  }
}
