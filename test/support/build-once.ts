import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../lib/local/synthesis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the synthesized stack. */
    cdkOut: string;
  }
}

/** Builds the functions and synthesizes the stack, once for all tests. */
export async function setup(project: TestProject) {
  const dataDir = mkdtempSync(join(tmpdir(), 'negatoscope-synth-'));
  const projectDir = join(import.meta.dirname, '..', '..');
  project.provide('cdkOut', await synthesize({ projectDir, dataDir, verbose: false, onPhase: () => {} }));
  return () => rmSync(dataDir, { recursive: true, force: true });
}
