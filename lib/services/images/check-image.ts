import type { Images } from '../../data/images.ts';
import type { Image } from '../../domain/images/image.ts';
import { NOT_CHECKED } from '../../domain/uploads/upload-reasons.ts';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';
import type { Objects } from '../../storage/objects.ts';
import { type AttemptDeps, attemptCheck } from '../uploads/attempt-check.ts';
import { type ScanDeps, ScanFailure, scanOf } from '../uploads/scan-of.ts';
import { type ProcessDeps, processImage } from './process-image.ts';

export interface CheckDeps extends ProcessDeps, AttemptDeps, ScanDeps {
  images: ProcessDeps['images'] & Pick<Images, 'markFailed' | 'markScanning'>;
  bucket: ProcessDeps['bucket'] & Pick<Objects, 'head'>;
}

/**
 * Processes the uploaded bytes of an image as `processImage` does, once the malware scanner has found nothing in them. If they
 * can not be checked, the image says so.
 *
 * @returns false if the bytes or the image no longer exist, or wait for the scanner
 */
export async function checkImage(key: string, image: Image, deps: CheckDeps): Promise<boolean> {
  const { images, bucket, now } = deps;
  try {
    const scan = await scanOf(key, deps);
    if (scan.state === 'clean')
      return await attemptCheck(key, () => processImage(key, image, deps, scan.etag), deps);
    if (scan.state === 'infected') return (await images.markRejected(image, scan.reason, now())) !== 'gone';
    if (await bucket.head(key)) await images.markScanning(image, now());
    return false;
  } catch (error) {
    if (error instanceof PermanentFailure)
      await images.markFailed(image, error instanceof ScanFailure ? error.reason : NOT_CHECKED, now());
    throw error;
  }
}
