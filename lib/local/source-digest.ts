import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** What the build and the synthesis read; a change anywhere else needs neither. */
const sources = [
  'bin/**/*',
  'lib/**/*',
  'functions/**/*',
  'web/**/*',
  'layers/*/nodejs/package*.json',
  'package.json',
  'package-lock.json',
  'cdk.json',
  'tsconfig.json',
];

/** A digest over the source files that decide what the build and the synthesis give. */
export function sourceDigest(projectDir: string): string {
  const digest = createHash('sha256').update(process.version);
  const files = globSync(sources, {
    cwd: projectDir,
    exclude: (name) => name.split(path.sep).includes('node_modules'),
  });
  for (const file of files.sort()) {
    const absolute = path.join(projectDir, file);
    if (statSync(absolute).isFile()) digest.update(`\0${file}\0`).update(readFileSync(absolute));
  }
  return digest.digest('hex');
}
