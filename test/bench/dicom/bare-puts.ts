import { PutObjectCommand } from '@aws-sdk/client-s3';
import { milliseconds } from '../measure.ts';
import { functionOf, type StackAddress, s3Of } from '../stack.ts';
import { ctSlice } from './dicom-file.ts';

/** The minimum for storing CT slices: the same bytes into the local S3, 4 at a time, and nothing else. Returns how many a second. */
export async function putsPerSecond(
  stack: StackAddress,
  out: string,
  { side, requests }: { side: number; requests: number },
): Promise<number> {
  const s3 = s3Of(stack);
  const { BUCKET_NAME: Bucket } = functionOf(out, stack.url, 'store-instances').environment;
  const Body = ctSlice(
    { sopUid: '2.25.1', seriesUid: '2.25.2', studyUid: '2.25.3', patientId: 'P-1001' },
    side,
  );
  const numbers = Array.from({ length: requests }, (_value, number) => number).values();
  const client = async () => {
    for (const number of numbers)
      await s3.send(new PutObjectCommand({ Bucket, Key: `bench/${number}`, Body }));
  };
  const ms = await milliseconds(() => Promise.all(Array.from({ length: 4 }, client)));
  s3.destroy();
  return (requests / ms) * 1000;
}
