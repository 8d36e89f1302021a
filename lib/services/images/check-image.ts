import type { ImageDecisions } from '../../data/images/image-decisions.ts';
import type { Image } from '../../domain/images/image.ts';
import { NOT_CHECKED } from '../../domain/uploads/upload-reasons.ts';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';
import type { Turns } from '../../lambda/events/turns.ts';
import type { Objects } from '../../storage/objects.ts';
import { type AttemptDeps, attemptCheck } from '../uploads/attempt-check.ts';
import { publishDecision } from '../uploads/publish-decision.ts';
import { type ScanDeps, ScanFailure, scanOf } from '../uploads/scan-of.ts';
import { type ProcessDeps, processImage } from './process-image.ts';
import { rejectImage } from './reject-image.ts';

export interface CheckDeps extends ProcessDeps, AttemptDeps, ScanDeps {
  imageDecisions: ProcessDeps['imageDecisions'] & Pick<ImageDecisions, 'markFailed' | 'markScanning'>;
  bucket: ProcessDeps['bucket'] & Pick<Objects, 'head'>;
}

/**
 * Processes the uploaded bytes of an image as `processImage` does, once the malware scanner has found nothing in them. If they
 * can not be checked, the image says so.
 *
 * @returns false if the bytes or the image no longer exist, or wait for the scanner
 */
export async function checkImage(
  key: string,
  image: Image,
  deps: CheckDeps,
  turns: Pick<Turns, 'alone'>,
): Promise<boolean> {
  const { imageDecisions, bucket, now } = deps;
  try {
    const scan = await scanOf(key, deps);
    if (scan.state === 'clean')
      return await attemptCheck(key, () => processImage(key, image, deps, scan.etag), deps, turns);
    if (scan.state === 'infected') return await rejectImage(image, scan.reason, deps);
    if (await bucket.head(key)) await imageDecisions.markScanning(image, now());
    return false;
  } catch (error) {
    if (error instanceof PermanentFailure) {
      const reason = error instanceof ScanFailure ? error.reason : NOT_CHECKED;
      if (await imageDecisions.markFailed(image, reason, now()))
        publishDecision({ status: 'failed', reason }, now());
    }
    throw error;
  }
}
