import type { Caller } from '../access/caller.ts';
import { DomainError } from '../errors.ts';
import type { Limits } from './limits.ts';

/** What the files of somebody occupy, or may occupy: images and DICOM files together. */
export interface StoredAmount {
  bytes: number;
  files: number;
}

/** What the person who uploads may store, and what may be stored of the patient to whom the files belong. */
export interface StorageQuotas {
  uploader: StoredAmount;
  patient: StoredAmount;
}

/** The quotas of an upload; undefined for an API key, by which a whole system of the clinic sends: it must lose nothing. */
export const storageQuotasOf = (caller: Caller, limits: Limits): StorageQuotas | undefined =>
  caller.role === 'service'
    ? undefined
    : {
        uploader: { bytes: limits.storedBytesPerPerson, files: limits.storedFilesPerPerson },
        patient: { bytes: limits.storedBytesPerPatient, files: limits.storedFilesPerPatient },
      };

const TEXTS = {
  uploader: ['The files do not fit into your storage.', 'your storage quota is exceeded'],
  patient: [
    'The files do not fit into the storage of the patient.',
    'the storage quota of the patient is exceeded',
  ],
} as const;

/**
 * The error for files that do not fit into a quota. It is 413 and not 429: waiting frees nothing, and clients send a
 * request again after 429.
 */
export class StorageFull extends DomainError {
  constructor(whose: keyof StorageQuotas, quota: StoredAmount, used: StoredAmount, wanted: StoredAmount) {
    const [message, reason] = TEXTS[whose];
    super('PAYLOAD_TOO_LARGE', message, {
      details: [
        `${reason}: ${used.files} of at most ${quota.files} files are stored, ${used.bytes} of at most ${quota.bytes} bytes; ${wanted.files} of ${wanted.bytes} bytes were to be added`,
        'what is deleted counts until it can no longer be restored; the clinic can raise the quota',
      ],
    });
  }
}
