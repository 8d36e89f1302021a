import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The inputs of the build and the synthesis. Other files do not affect them. */
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

/** A digest of the source files on which the build and the synthesis depend. */
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
