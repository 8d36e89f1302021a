import { AsyncLocalStorage } from 'node:async_hooks';

/** What the layer in front knows of the request that s3rver is serving, for the store behind it. */
export interface S3Call {
  createOnly: boolean;
  sourceIp: string;
  /** What the received bytes must amount to. */
  expected: { bytes?: number; crc32?: string; md5?: string; sha256?: string };
  /** The checksum of what was stored or read. */
  crc32?: string;
}

export const currentCall = new AsyncLocalStorage<S3Call>();
