import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { Settings } from '../stack/settings.ts';

const ROOT = join(import.meta.dirname, '..', '..');
export const DEFAULT_STAGE = 'prod';

/** A stage's name is part of the domain of its sign-in page, which is at most 63 characters long. */
const Stage = z.string().regex(/^[a-z][a-z0-9]{0,19}$/, 'must be up to 20 small letters and digits');

/**
 * The settings of a stage: those of `stages/<stage>.json`, which git ignores. The default stage needs no such file.
 *
 * @throws an error that names the file and each setting that is wrong
 */
export function readSettings(
  name: string,
  folder = join(ROOT, 'stages'),
): { stage: string; settings: Settings } {
  const stage = parse(Stage, name, `The stage ${JSON.stringify(name)}`);
  const file = join(folder, `${stage}.json`);
  if (!existsSync(file) && stage !== DEFAULT_STAGE)
    throw new Error(`The stage ${stage} has no settings: write ${relative('', file)}, {} for the defaults.`);
  const settings = existsSync(file) ? parseJson(readFileSync(file, 'utf8'), file) : {};
  return { stage, settings: parse(Settings, settings, file) };
}

function parse<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`${what} is wrong:\n${z.prettifyError(parsed.error)}`);
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON.`, { cause });
  }
}
