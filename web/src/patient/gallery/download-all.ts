import { copyFileName } from '../../../../lib/domain/file-name.ts';
import { fetchBytes } from '../../api/client.ts';
import type { Batch, Image } from '../../api/types.ts';
import type { ZipDownloads } from '../../downloads/zip-downloads.ts';
import { isEdited } from '../../edits/is-edited.ts';
import { saveBytes } from '../../parts/save-file.ts';

/** Downloads images: a ZIP for each of their batches, and each image of a case as a file. */
export async function downloadAll(
  downloads: ZipDownloads,
  batches: readonly Batch[],
  images: readonly Image[],
  asEdited: boolean,
): Promise<void> {
  const groups = Map.groupBy(images, ({ batch }) => batches.find(({ id }) => id === batch));
  for (const [batch, of] of groups) {
    if (batch) {
      downloads.start(
        batch,
        of.map(({ id }) => id),
        asEdited && of.some(isEdited),
      );
    }
  }
  for (const image of groups.get(undefined) ?? []) {
    const { path, name } = fileOf(image, asEdited);
    saveBytes(await fetchBytes(path), name);
  }
}

/** As in a ZIP: a document of several pages stays as it is, because edits show the first one only. */
function fileOf({ id, original_name: name, edit, pages = 1 }: Image, asEdited: boolean) {
  if (!asEdited || !edit?.steps || pages > 1) return { path: `/api/images/${id}/download`, name };
  const copy = { format: 'jpeg', page: 1 };
  return {
    path: `/api/images/${id}/data?format=jpeg&edit=${edit.version}`,
    name: copyFileName(name, copy),
  };
}
