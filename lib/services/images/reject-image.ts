import type { ImageIntake } from '../../data/images/image-intake.ts';
import type { Image } from '../../domain/images/image.ts';
import { publishDecision } from '../uploads/publish-decision.ts';

interface RejectDeps {
  imageIntake: Pick<ImageIntake, 'markRejected'>;
  now: () => Date;
}

/**
 * Rejects an undecided image, and publishes that.
 *
 * @returns false if the image no longer exists
 */
export async function rejectImage(
  image: Image,
  reason: string,
  { imageIntake, now }: RejectDeps,
): Promise<boolean> {
  const decision = await imageIntake.markRejected(image, reason, now());
  if (decision === 'done') publishDecision({ status: 'rejected', reason }, now());
  return decision !== 'gone';
}
