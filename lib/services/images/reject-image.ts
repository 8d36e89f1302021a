import type { Images } from '../../data/images.ts';
import type { Image } from '../../domain/images/image.ts';
import { publishDecision } from '../uploads/publish-decision.ts';

interface RejectDeps {
  images: Pick<Images, 'markRejected'>;
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
  { images, now }: RejectDeps,
): Promise<boolean> {
  const decision = await images.markRejected(image, reason, now());
  if (decision === 'done') publishDecision({ status: 'rejected', reason }, now());
  return decision !== 'gone';
}
