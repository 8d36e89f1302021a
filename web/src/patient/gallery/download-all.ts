import { fetchBytes } from '../../api/client.ts';
import type { Batch, Image } from '../../api/types.ts';
import type { ZipDownloads } from '../../downloads/zip-downloads.ts';
import { saveBytes } from '../../parts/save-file.ts';

/** Downloads images: a ZIP for each of their batches, and each image of a case as a file. */
export async function downloadAll(
  downloads: ZipDownloads,
  batches: readonly Batch[],
  images: readonly Image[],
): Promise<void> {
  const groups = Map.groupBy(images, ({ batch }) => batches.find(({ id }) => id === batch));
  for (const [batch, of] of groups) {
    if (batch) {
      downloads.start(
        batch,
        of.map(({ id }) => id),
      );
    }
  }
  for (const { id, original_name: name } of groups.get(undefined) ?? []) {
    saveBytes(await fetchBytes(`/api/images/${id}/download`), name);
  }
}
