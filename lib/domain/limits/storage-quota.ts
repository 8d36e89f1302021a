import type { Caller } from '../access/caller.ts';
import { DomainError } from '../errors.ts';
import type { Limits } from './limits.ts';

/** What the images of one uploader occupy, or may occupy. */
export interface StoredAmount {
  bytes: number;
  files: number;
}

/** The quota of a person's images; undefined for an API key, by which a whole system of the clinic sends. */
export const storageQuotaOf = (caller: Caller, limits: Limits): StoredAmount | undefined =>
  caller.role === 'service'
    ? undefined
    : { bytes: limits.imageBytesPerPerson, files: limits.imagesPerPerson };

/**
 * The error for images that do not fit into the quota. It is 413 and not 429: waiting frees nothing, and clients send a
 * request again after 429.
 */
export function storageFull(
  quota: StoredAmount,
  used: StoredAmount | undefined,
  wanted: StoredAmount,
): DomainError {
  const { bytes, files } = used ?? { bytes: 0, files: 0 };
  return new DomainError('PAYLOAD_TOO_LARGE', 'The images do not fit into your storage.', {
    details: [
      `one person may store ${quota.files} images of ${quota.bytes} bytes in all; you have ${files} of ${bytes} bytes, and ${wanted.files} of ${wanted.bytes} bytes were to be added`,
      'a deleted image counts until it can no longer be restored; the clinic can raise the quota',
    ],
  });
}
