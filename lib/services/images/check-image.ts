import type { Images } from '../../data/images.ts';
import type { Image } from '../../domain/images/image.ts';
import { NOT_CHECKED } from '../../domain/uploads/upload-reasons.ts';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';
import { type AttemptDeps, attemptCheck } from '../uploads/attempt-check.ts';
import { type ProcessDeps, processImage } from './process-image.ts';

export interface CheckDeps extends ProcessDeps, AttemptDeps {
  images: ProcessDeps['images'] & Pick<Images, 'markFailed'>;
}

/** Processes the uploaded bytes of an image as `processImage` does. If they can not be checked, the image says so. */
export async function checkImage(key: string, image: Image, deps: CheckDeps): Promise<boolean> {
  try {
    return await attemptCheck(key, () => processImage(key, image, deps), deps);
  } catch (error) {
    if (error instanceof PermanentFailure) await deps.images.markFailed(image, NOT_CHECKED, deps.now());
    throw error;
  }
}
