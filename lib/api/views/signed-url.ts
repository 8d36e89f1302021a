import * as z from 'zod';

/** A presigned S3 URL. Anyone who has it can use it until it expires. */
export const SignedUrl = z.url().meta({
  examples: ['https://bucket.s3.amazonaws.com/key?X-Amz-Expires=900&X-Amz-Signature=9f86d081884c7d65'],
});

/** The headers that a request to the signed URL must have. */
export const SignedHeaders = z
  .record(z.string(), z.string())
  .describe('To be sent exactly so.')
  .meta({ examples: [{ 'content-type': 'image/jpeg', 'if-none-match': '*' }] });
