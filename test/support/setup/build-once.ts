import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../../lib/local/synthesis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The directory of the synthesized stack. */
    cdkOut: string;
  }
}

const projectDir = join(import.meta.dirname, '..', '..', '..');

/** Builds the functions and synthesizes the stack, once for all projects; again only when their sources have changed. */
export async function setup({ vitest }: TestProject) {
  const root = vitest.getRootProject();
  if (root.getProvidedContext().cdkOut) return;
  const dataDir = join(projectDir, '.local', 'tests');
  mkdirSync(dataDir, { recursive: true });
  // The tests of the stack synthesize from the bundles themselves.
  if (!existsSync(join(projectDir, 'dist')) || !existsSync(join(projectDir, 'dist-web'))) {
    rmSync(join(dataDir, 'cdk.out.digest'), { force: true });
  }
  root.provide('cdkOut', await synthesize({ projectDir, dataDir, verbose: false }));
}
