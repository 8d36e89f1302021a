import { RejectedImage } from '../../media/rejected-image.ts';
import type { FoundFile } from '../find-files.ts';
import { findSources } from '../find-sources.ts';
import { inspectFile } from '../inspect-file.ts';
import type { Journal } from '../journal.ts';
import { OpenZips } from '../open-zips.ts';
import type { UploadEndpoint } from '../upload-endpoint.ts';
import { Plan } from './plan.ts';
import { type DicomFacts, readDicomFacts } from './read-dicom-facts.ts';

interface Deps {
  endpoint: Pick<UploadEndpoint, 'detectType'>;
  journal: Pick<Journal, 'of'>;
  /** The service's limit for one file. */
  maxBytes: number;
  signal: AbortSignal;
}

/** Finds out what a push would send. It reads the headers of the files, and sends nothing. */
export async function planPush(root: string, deps: Deps): Promise<Plan> {
  const plan = new Plan();
  using zips = new OpenZips();
  for await (const found of findSources(root, zips)) {
    deps.signal.throwIfAborted();
    if ('path' in found) await planFile(found, plan, deps);
    else plan.leave(found.isFailure ? 'failed' : 'skipped', found.name, found.reason);
  }
  return plan;
}

async function planFile(file: FoundFile, plan: Plan, { endpoint, journal, maxBytes }: Deps): Promise<void> {
  const { name, bytes } = file;
  const seen = await inspectFile(file, endpoint, maxBytes);
  if ('reason' in seen) return plan.leave(seen.kind, name, seen.reason);
  if (journal.of(file)?.isSent) return plan.leave('sent before', name);
  let facts: DicomFacts | undefined;
  try {
    if (seen.mimeType === 'application/dicom') facts = await readDicomFacts(file);
  } catch (error) {
    if (error instanceof RejectedImage) return plan.leave('refused', name, error.reason);
    return plan.leave('failed', name, `can not be read: ${String(error)}`);
  }
  plan.send(bytes, facts);
}
