import { useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, authorizedFetch, bodyOf } from '../api/client.ts';
import type { Batch, ExportArchive } from '../api/types.ts';
import { saveBytes, saveFile } from '../parts/save-file.ts';

const POLL_MS = 1000;
/** Larger archives are not kept in the page's memory: the service builds them in S3, and the browser downloads them from there. */
const MOST_IN_MEMORY_BYTES = 16 * 1024 * 1024;
/** The number of ids that fit into a URL. */
const MOST_IDS = 170;

/** Downloads a batch, or some of its images, as a ZIP, with progress. If it is several, they are offered as links. */
export function useZip({ id, name }: Pick<Batch, 'id' | 'name'>) {
  const [progress, setProgress] = useState<string>();
  const [archives, setArchives] = useState<readonly ExportArchive[]>([]);

  /** By the browser's own download, which continues after a network error. It asks the user before it starts several at once. */
  const offer = (made: readonly ExportArchive[]) => {
    const [only, ...others] = made;
    if (only && others.length === 0) saveFile(only.url);
    else setArchives(made);
  };

  const download = async (imageIds: string[] = []) => {
    try {
      setArchives([]);
      setProgress('Making the ZIP …');
      const zip = imageIds.length <= MOST_IDS ? await stream(id, imageIds) : await startExport(id, imageIds);
      if (zip instanceof Blob) saveBytes(zip, `${fileNameOf(name)}.zip`);
      else offer(await finished(zip, (part) => setProgress(`Making the ZIP … ${Math.floor(part * 100)} %`)));
      setProgress(undefined);
    } catch (error) {
      setProgress(`The ZIP could not be made: ${explain(error)}`);
    }
  };
  return { download, progress, archives };
}

/** The archive, or the id of an export if the archive is too large to be streamed or kept in memory. */
async function stream(batchId: string, imageIds: string[]): Promise<Blob | string> {
  const query = imageIds.length > 0 ? `?image_ids=${imageIds.join(',')}` : '';
  const response = await authorizedFetch(`/api/images/batches/${batchId}/download${query}`);
  if (response.status === 200) {
    if (Number(response.headers.get('content-length')) <= MOST_IN_MEMORY_BYTES) return response.blob();
    await response.body?.cancel();
    return startExport(batchId, imageIds);
  }
  const body: { id?: string; message?: string } = await response.json();
  if (response.status === 202 && body.id) return body.id;
  throw new Error(body.message ?? response.statusText);
}

async function startExport(batchId: string, imageIds: string[]): Promise<string> {
  const { id } = await bodyOf(
    api.POST('/api/images/batches/{id}/exports', {
      params: { path: { id: batchId } },
      // Without ids, all images.
      body: imageIds.length > 0 ? { image_ids: imageIds } : {},
    }),
  );
  return id;
}

/** Waits until an export is ready. Returns its archives. */
export async function finished(
  exportId: string,
  onProgress: (part: number) => void,
): Promise<ExportArchive[]> {
  for (;;) {
    const { status, progress, archives, reason } = await bodyOf(
      api.GET('/api/exports/{id}', { params: { path: { id: exportId } } }),
    );
    if (archives) return archives;
    if (status === 'failed') throw new Error(reason ?? 'it failed on our side; try again');
    onProgress(progress);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const fileNameOf = (name: string): string => name.replaceAll(/[\\/:*?"<>|]/g, '-');
