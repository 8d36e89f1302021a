import { S3Client } from '@aws-sdk/client-s3';

/** S3's client, for S3 itself and for stores like it; checksums are ours to give where they matter. */
export const connectS3 = (): S3Client =>
  new S3Client({
    // S3-compatible stores have no host name for each bucket.
    forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
