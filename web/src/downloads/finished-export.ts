import { isTransient } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { ExportArchive } from '../api/types.ts';
import { text } from '../messages/text.ts';

const POLL_MS = 1000;
/** After a failure of the network or the service; milliseconds. */
const FAILED_POLL_MS = 3000;

/** The service could not make the export: another one has to be started. */
export class ExportFailed extends Error {}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Waits until an export is ready. It goes on without the page, so that failures of the network do not end it.
 *
 * @param isWanted asked before each request
 * @returns its archives; none if nobody wants them any more
 * @throws ExportFailed, or ApiError if the service refuses
 */
export async function finishedExport(
  exportId: string,
  onProgress: (part: number) => void,
  isWanted: () => boolean = () => true,
): Promise<readonly ExportArchive[]> {
  while (isWanted()) {
    try {
      const params = { path: { id: exportId } };
      const { status, progress, archives, reason } = await bodyOf(api.GET('/api/exports/{id}', { params }));
      if (archives) return archives;
      if (status === 'failed') throw new ExportFailed(reason ?? text('downloads.service-failed'));
      onProgress(progress);
      await pause(POLL_MS);
    } catch (error) {
      if (!isTransient(error)) throw error;
      await pause(FAILED_POLL_MS);
    }
  }
  return [];
}
