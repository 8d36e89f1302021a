import { buffer } from 'node:stream/consumers';
import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { DomainError } from '../../domain/errors.ts';
import { PRIVATE_CACHE } from '../../lambda/http/cache-headers.ts';
import { describePixels, type PixelDescription } from '../../media/dicom/parse/describe-pixels.ts';
import { type DicomFile, readDicom } from '../../media/dicom/parse/read-dicom.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import { dicomKey } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import type { DicomResources } from './dicom-resources.ts';

export interface FileDeps {
  dicomStore: DicomResources;
  objects: Pick<SignedObjects, 'read'>;
}

/** Limits of decoding one frame; shorter than the function's timeout, so that it can still respond. */
export const DECODE_LIMITS = { milliseconds: 15_000 };

/** Cache headers of representations of a stored file, which never changes. */
export const IMMUTABLE_CACHE = { ...PRIVATE_CACHE, vary: `Accept, ${PRIVATE_CACHE.vary}` };

/** The last file that was opened: a viewer that plays a film asks for one frame of it after the other. */
let last: { key: string; file: DicomFile } | undefined;

/** The instance's file, in memory whole. */
export async function openFile(
  instance: DicomInstance,
  { objects }: Pick<FileDeps, 'objects'>,
): Promise<DicomFile> {
  const key = dicomKey(instance);
  if (last?.key === key) return last.file;
  // Two large ones would be too much.
  last = undefined;
  const file = readDicom(await buffer(await objects.read(key)));
  last = { key, file };
  return file;
}

/**
 * Turns the rejection of a file into an error response.
 *
 * @throws DomainError NOT_ACCEPTABLE for what the file is not, any other error as it is
 */
export function throwNotAcceptable(error: unknown): never {
  if (!(error instanceof RejectedImage)) throw error;
  const details = [error.reason];
  throw new DomainError('NOT_ACCEPTABLE', 'There is no such representation of this file.', {
    details,
    cause: error,
  });
}

/**
 * What the file's pixels are.
 *
 * @throws DomainError NOT_FOUND where it has none, NOT_ACCEPTABLE where nothing can be made of them
 */
export function requirePixels(file: DicomFile): PixelDescription {
  let pixels: PixelDescription | undefined;
  try {
    pixels = describePixels(file);
  } catch (error) {
    throwNotAcceptable(error);
  }
  if (pixels) return pixels;
  throw new DomainError('NOT_FOUND', 'There is no such frame.', { details: ['this instance has no pixels'] });
}
