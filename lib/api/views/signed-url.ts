import * as z from 'zod';

/** A URL of S3 that whoever has it can use for a while. */
export const SignedUrl = z
  .url()
  .meta({ examples: ['https://bucket.s3.amazonaws.com/key?X-Amz-Signature=…'] });

/** The headers that a signed URL is bound to. */
export const SignedHeaders = z
  .record(z.string(), z.string())
  .describe('To be sent exactly so.')
  .meta({ examples: [{ 'content-type': 'image/jpeg', 'if-none-match': '*' }] });
