import type { Caller } from '../../domain/access/caller.ts';
import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { DomainError } from '../../domain/errors.ts';
import type { FrameAllowance } from '../../lambda/frame-allowance.ts';
import { PRIVATE_CACHE } from '../../lambda/http/cache-headers.ts';
import type { NegotiableRequest } from '../../lambda/http/content-negotiation.ts';
import { describePixels, type PixelDescription } from '../../media/dicom/parse/describe-pixels.ts';
import { type DicomFile, readDicom } from '../../media/dicom/parse/read-dicom.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import { bytesOf } from '../../storage/bytes-of.ts';
import { dicomKey } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import type { DicomResources } from './dicom-resources.ts';

export interface FileDeps {
  dicomStore: DicomResources;
  objects: Pick<SignedObjects, 'read'>;
  frameAllowance: Pick<FrameAllowance, 'take'>;
}

/** A request whose response may be decoded from a file. */
export interface DecodingRequest extends NegotiableRequest {
  caller: Caller;
}

/** Limits of decoding one frame; shorter than the function's timeout, so that it can still respond. */
export const DECODE_LIMITS = { milliseconds: 15_000 };

/** Cache headers of representations of a stored file, which never changes. */
export const IMMUTABLE_CACHE = { ...PRIVATE_CACHE, vary: `Accept, ${PRIVATE_CACHE.vary}` };

/** The bytes of the files that a process keeps. The last one is kept however large it is. */
const KEPT_BYTES = 64 * 1024 * 1024;

/**
 * The last opened files, the latest one at the end: a viewer requests the frames of one file one after the other, and the same slices
 * with other windows. The key has the hash of the file. Who may see an instance is checked before, for each request.
 */
const opened = new Map<string, { bytes: number; file: DicomFile }>();

/** Reads the whole file of an instance into memory. */
export async function openFile(
  instance: DicomInstance,
  { objects }: Pick<FileDeps, 'objects'>,
): Promise<DicomFile> {
  const key = dicomKey(instance);
  const known = opened.get(key);
  opened.delete(key);
  // Releases previous files first: two large files do not fit into memory.
  if (!known) makeRoom(instance.bytes);
  const file = known?.file ?? readDicom(await bytesOf(await objects.read(key, undefined, instance.bytes)));
  opened.set(key, { bytes: instance.bytes, file });
  return file;
}

function makeRoom(needed: number): void {
  let left = [...opened.values()].reduce((sum, { bytes }) => sum + bytes, needed);
  for (const [key, { bytes }] of opened) {
    if (left <= KEPT_BYTES) return;
    opened.delete(key);
    left -= bytes;
  }
}

/**
 * Turns the rejection of a file into an error response.
 *
 * @throws DomainError NOT_ACCEPTABLE for a rejected file; any other error unchanged
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
 * Returns the description of the file's pixels.
 *
 * @throws DomainError NOT_FOUND if it has none, NOT_ACCEPTABLE if they can't be decoded
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
