import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const TYPES: Record<string, string> = { '.svg': 'image/svg+xml', '.png': 'image/png' };

/** It is part of `/config.json`, which each page loads before anything else. */
const MOST_BYTES = 100_000;

/**
 * An SVG or PNG file as a data URL (RFC 2397).
 *
 * @param path from the project's folder
 * @throws an error that names the file if there is none, or it is larger than 100 kB
 */
export function dataUrlOf(path: string): string {
  const bytes = readFileSync(join(ROOT, path));
  if (bytes.length > MOST_BYTES)
    throw new Error(`${path} has ${bytes.length} bytes; a logo may have ${MOST_BYTES}.`);
  return `data:${TYPES[extname(path)]};base64,${bytes.toString('base64')}`;
}
