import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the installed packages. */
export const PROGRAMS = join(import.meta.dirname, '..', 'programs', 'node_modules');

/** The path of a file of an installed package. */
export function programFile(path: string): string {
  const file = join(PROGRAMS, path);
  if (!existsSync(file)) throw new Error(`${path} is not installed: run npm run clients first`);
  return file;
}

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. An exit code other than 0 is a result too. */
export const run = (
  command: string,
  args: readonly string[],
  { cwd, env: own = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', ...own };
    const options = { cwd, env, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
