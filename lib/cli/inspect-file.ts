import type { FoundFile } from './find-files.ts';
import { formatBytes } from './format-bytes.ts';
import { readHead } from './read-head.ts';
import type { UploadEndpoint } from './upload-endpoint.ts';

/** A file that is not sent, with the reason. `failed`: data may be missing because of it. */
interface NotSent {
  kind: 'skipped' | 'refused' | 'failed';
  reason: string;
}

/** Returns the media type of a file, or why it is not sent. */
export async function inspectFile(
  file: FoundFile,
  endpoint: Pick<UploadEndpoint, 'detectType'>,
  maxBytes: number,
): Promise<{ mimeType: string } | NotSent> {
  if (file.bytes === 0) return { kind: 'skipped', reason: 'empty' };
  try {
    const seen = endpoint.detectType(await readHead(file));
    if ('reason' in seen) return { kind: 'skipped', ...seen };
    if (file.bytes <= maxBytes) return seen;
    const reason = `${formatBytes(file.bytes)} is too large: at most ${formatBytes(maxBytes)}`;
    return { kind: 'refused', reason };
  } catch (error) {
    return { kind: 'failed', reason: `can not be read: ${String(error)}` };
  }
}
