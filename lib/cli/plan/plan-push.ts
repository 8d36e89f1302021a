import { RejectedImage } from '../../media/rejected-image.ts';
import { type FoundFile, findFiles } from '../find-files.ts';
import { formatBytes } from '../format-bytes.ts';
import { inspectFile } from '../inspect-file.ts';
import type { Journal } from '../journal.ts';
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
  for await (const found of findFiles(root)) {
    deps.signal.throwIfAborted();
    if ('path' in found) await planFile(found, plan, deps);
    else plan.leave(found.isFailure ? 'failed' : 'skipped', found.name, found.reason);
  }
  return plan;
}

async function planFile(file: FoundFile, plan: Plan, { endpoint, journal, maxBytes }: Deps): Promise<void> {
  const { name, bytes } = file;
  const seen = await inspectFile(file, endpoint);
  if ('reason' in seen) return plan.leave(seen.isFailure ? 'failed' : 'skipped', name, seen.reason);
  if (journal.of(file)?.isSent) return plan.leave('sent before', name);
  if (bytes > maxBytes)
    return plan.leave(
      'refused',
      name,
      `${formatBytes(bytes)} is too large: at most ${formatBytes(maxBytes)}`,
    );
  let facts: DicomFacts | undefined;
  try {
    if (seen.mimeType === 'application/dicom') facts = await readDicomFacts(file);
  } catch (error) {
    if (error instanceof RejectedImage) return plan.leave('refused', name, error.reason);
    return plan.leave('failed', name, `can not be read: ${String(error)}`);
  }
  plan.send(bytes, facts);
}
