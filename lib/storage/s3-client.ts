import { S3Client } from '@aws-sdk/client-s3';

/** Creates a client for S3 or a compatible store. The SDK adds no checksums: callers add them where they matter. */
export const connectS3 = (): S3Client =>
  new S3Client({
    // S3-compatible stores have no host name for each bucket.
    forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
