import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sourceDigest } from './source-digest.ts';
import { StartError } from './start-error.ts';

interface SynthesisOptions {
  projectDir: string;
  dataDir: string;
  verbose: boolean;
  /** The Orthanc server that also receives each stored DICOM file. */
  orthancUrl?: string | undefined;
  /** Whether uploads are scanned for malware. */
  scan?: boolean;
  /** Hears of each phase that the app tells, as it begins. */
  onPhase?: (phase: string) => void;
}

/** Runs the CDK app, which builds the functions, unless nothing has changed. Returns CDK's output directory. */
export async function synthesize({
  projectDir,
  dataDir,
  verbose,
  orthancUrl,
  scan = false,
  onPhase,
}: SynthesisOptions): Promise<string> {
  const cdkOut = path.join(dataDir, 'cdk.out');
  const digestFile = path.join(dataDir, 'cdk.out.digest');
  const laptop = { orthancUrl, scan };
  const digest = `${sourceDigest(projectDir)} ${JSON.stringify(laptop)}`;
  if (existsSync(digestFile) && readFileSync(digestFile, 'utf8') === digest && existsSync(cdkOut))
    return cdkOut;
  const fresh = `${cdkOut}.new`;
  rmSync(digestFile, { force: true });
  rmSync(fresh, { recursive: true, force: true });
  const { context = {} } = JSON.parse(readFileSync(path.join(projectDir, 'cdk.json'), 'utf8'));
  // Without the CDK CLI: faster, and needs no credentials.
  const environment = {
    CDK_OUTDIR: fresh,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, laptop }),
    // The CDK's validation takes seconds, and is about a deployment.
    CDK_VALIDATION: 'false',
  };
  await run(projectDir, 'bin/app.ts', environment, verbose, onPhase);
  rmSync(cdkOut, { recursive: true, force: true });
  renameSync(fresh, cdkOut);
  // Written last, so that an interrupted start is repeated.
  writeFileSync(digestFile, digest);
  return cdkOut;
}

async function run(
  projectDir: string,
  file: string,
  environment: Record<string, string>,
  verbose: boolean,
  onPhase: SynthesisOptions['onPhase'],
): Promise<void> {
  const child = spawn(process.execPath, [file], {
    cwd: projectDir,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.on('message', (phase) => onPhase?.(String(phase)));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk;
      if (verbose) process.stderr.write(chunk);
    });
  }
  const code = await new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  if (code === 0) return;
  if (!verbose) process.stderr.write(output);
  throw new StartError(`The local stack cannot start, since ${file} failed (its output is above).`);
}
