import type { ImageDecisions } from '../../data/images/image-decisions.ts';
import type { Image } from '../../domain/images/image.ts';
import { publishDecision } from '../uploads/publish-decision.ts';

interface RejectDeps {
  imageDecisions: Pick<ImageDecisions, 'markRejected'>;
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
  { imageDecisions, now }: RejectDeps,
): Promise<boolean> {
  const decision = await imageDecisions.markRejected(image, reason, now());
  if (decision === 'done') publishDecision({ status: 'rejected', reason }, now());
  return decision !== 'gone';
}
