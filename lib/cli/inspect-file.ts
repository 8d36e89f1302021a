import type { FoundFile } from './find-files.ts';
import { readHead } from './read-head.ts';
import type { UploadEndpoint } from './upload-endpoint.ts';

/** Returns the media type of a file, or why it is not sent; and whether data may be missing because of it. */
export async function inspectFile(
  file: FoundFile,
  endpoint: Pick<UploadEndpoint, 'detectType'>,
): Promise<{ mimeType: string } | { reason: string; isFailure: boolean }> {
  if (file.bytes === 0) return { reason: 'empty', isFailure: false };
  try {
    return { isFailure: false, ...endpoint.detectType(await readHead(file)) };
  } catch (error) {
    return { reason: `can not be read: ${String(error)}`, isFailure: true };
  }
}
