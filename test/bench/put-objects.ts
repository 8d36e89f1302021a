import { PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { functionOf, type StackAddress, s3Of } from './stack.ts';

const PUTS_AT_ONCE = 16;

/** An object of the bucket for images and DICOM files. */
export type BenchObject = Pick<PutObjectCommandInput, 'Key' | 'Body' | 'ContentType'>;

/** Puts objects where the service reads them, without the functions that process uploads. */
export async function putObjects(
  cdkOut: string,
  stack: StackAddress,
  objects: Iterator<BenchObject, unknown> & Iterable<BenchObject>,
): Promise<void> {
  const s3 = s3Of(stack);
  const Bucket = functionOf(cdkOut, stack.url, 'get-image').environment.BUCKET_NAME ?? '';
  const writer = async () => {
    for (const object of objects) await s3.send(new PutObjectCommand({ Bucket, ...object }));
  };
  await Promise.all(Array.from({ length: PUTS_AT_ONCE }, writer));
  s3.destroy();
}
