import { toBatchImage } from '../../api/views/batch-image.ts';
import { FileDetails, type UploadResult } from '../../api/views/upload-result.ts';
import { categoryFaults } from '../../domain/images/category.ts';
import type { Image } from '../../domain/images/image.ts';
import type { Limits } from '../../domain/limits/limits.ts';
import type { StorageQuotas } from '../../domain/limits/storage-quota.ts';
import { pictureTypes } from '../../domain/uploads/upload.ts';
import { describeIssues } from '../../lambda/http/describe-issues.ts';
import type { ReceivedFiles } from '../../lambda/http/form.ts';
import { inspectFile } from '../../media/image/inspect-file.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import { incomingKey } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import { type CreateDeps, createImages, withdrawImages } from './create-images.ts';

interface RefusedFile {
  name: string;
  reasons: string[];
}

interface CheckedFile {
  name: string;
  bytes: Uint8Array;
  given: Pick<Image, 'fileName' | 'mimeType' | 'fileSize' | 'category' | 'caption'> & { crc32: string };
}

interface AcceptedFile extends CheckedFile {
  image: Image;
}

/** Checks the files of a form. Returns the new image's values for a valid file, and the reasons for any other. */
export function checkFiles(
  files: ReceivedFiles,
  { categories, captions }: { categories: readonly string[]; captions: readonly string[] },
  clinic: { limits: Limits; categories: readonly string[] },
): (CheckedFile | RefusedFile)[] {
  const { limits } = clinic;
  const accepted = pictureTypes(limits);
  return files.map(({ name, bytes }, index) => {
    const found = inspectFile(bytes, limits.imageBytes, accepted);
    // An empty item of a list means that the file has no value.
    const details = FileDetails.safeParse(
      { category: categories[index] || undefined, caption: captions[index] },
      { reportInput: true },
    );
    const faults = details.success
      ? categoryFaults(details.data.category, clinic.categories)
      : describeIssues(details.error);
    if (!(found instanceof RejectedImage) && details.success && faults.length === 0)
      return { name, bytes, given: { fileName: name, ...found, ...details.data } };
    return { name, reasons: [...(found instanceof RejectedImage ? [found.reason] : []), ...faults] };
  });
}

export const toUploadResult = (file: AcceptedFile | RefusedFile): UploadResult =>
  'image' in file
    ? { name: file.name, status: 'created', image: toBatchImage(file.image, null) }
    : { ...file, status: 'refused' };

export interface StoreDeps extends CreateDeps {
  objects: Pick<SignedObjects, 'create'>;
}

/**
 * Stores files and their images.
 *
 * @returns the ids of the images whose files S3 did not store; these images are removed
 * @throws StorageFull if the files do not fit into the quotas
 * @throws Error if S3 stored none of the files
 */
export async function storeFiles(
  files: readonly AcceptedFile[],
  deps: StoreDeps,
  quotas: StorageQuotas | undefined,
): Promise<ReadonlySet<string>> {
  // Items are written first: an object without an image belongs to nobody.
  const images = files.map(({ image }) => image);
  await createImages(images, deps, quotas);
  const stored = await Promise.allSettled(
    files.map(({ image, bytes, given: { mimeType, crc32 } }) =>
      deps.objects.create(incomingKey(image), { bytes, mimeType, crc32 }),
    ),
  );
  const lost = images.filter((_image, index) => stored[index]?.status === 'rejected');
  // S3 may have stored the file although its response was lost: a client that retries must not get two images.
  if (lost.length > 0) await withdrawImages(lost, deps);
  const failure = stored.find((each) => each.status === 'rejected');
  if (failure && lost.length === files.length) throw failure.reason;
  return new Set(lost.map(({ id }) => id));
}
