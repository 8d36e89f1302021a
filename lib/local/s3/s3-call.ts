import { AsyncLocalStorage } from 'node:async_hooks';

/** The context of the request that s3rver is serving, for its store. */
export interface S3Call {
  createOnly: boolean;
  /** The entity tag that the source of a copy must have. */
  sourceEtag?: string | undefined;
  sourceIp: string;
  /** The declared size and checksums of the request's bytes. */
  expected: { bytes?: number; crc32?: string; md5?: string; sha256?: string };
  /** The checksum of the stored or read object. */
  crc32?: string;
}

export const currentCall = new AsyncLocalStorage<S3Call>();
