import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Returns the directory in the user's state directory (XDG Base Directory Specification) that only the user may read. */
export function stateDirectory(): string {
  const state = process.env.XDG_STATE_HOME || path.join(homedir(), '.local', 'state');
  const own = path.join(state, 'negatoscope');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  return own;
}
