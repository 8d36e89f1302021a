import { afterAll, vi } from 'vitest';
import { beginFile } from '../people.ts';

// Runs before each test file, as one of vitest's `setupFiles`: where files share a process, none finds what another has left.
beginFile();

const environment = { ...process.env };
afterAll(() => {
  vi.unstubAllGlobals();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
});
