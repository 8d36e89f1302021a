import * as z from 'zod';

/**
 * `pending`: an upload URL was issued; the bytes have not arrived or are not checked yet. `scanning`: they have arrived
 * and are searched for malware. `ready`: they are an image and its renditions exist. `rejected`: they are not an image.
 * `failed`: they could not be checked. `expired`: they never arrived. For these three, `statusReason` says why.
 * `deleted`: it was ready, and can be restored for some time.
 */
export const ImageStatus = z
  .enum(['pending', 'scanning', 'ready', 'rejected', 'failed', 'expired', 'deleted'])
  .meta({ examples: ['ready'] });
export type ImageStatus = z.infer<typeof ImageStatus>;

/** The states of an image whose bytes nobody has judged yet, or that may still arrive late. */
const UNDECIDED = ['pending', 'scanning', 'failed', 'expired'] as const;

/**
 * All changes of an image's state. Each write of a state has the condition that the image is in a state of `from`, so that
 * an event that comes twice, late or in another order changes nothing. Without `to`, the image is removed for good.
 */
export const TRANSITIONS = {
  scan: { from: ['pending', 'failed', 'expired'], to: 'scanning' },
  accept: { from: UNDECIDED, to: 'ready' },
  reject: { from: UNDECIDED, to: 'rejected' },
  fail: { from: ['pending', 'scanning'], to: 'failed' },
  expire: { from: ['pending'], to: 'expired' },
  delete: { from: ['ready'], to: 'deleted' },
  restore: { from: ['deleted'], to: 'ready' },
  erase: { from: ImageStatus.options, to: undefined },
} as const satisfies Record<string, { from: readonly ImageStatus[]; to: ImageStatus | undefined }>;
export type Transition = keyof typeof TRANSITIONS;

/** Whether the bytes of the image may still be accepted. */
export const isUndecided = ({ status }: { status: ImageStatus }): boolean =>
  UNDECIDED.some((each) => each === status);

/** Whether the image is expected to be decided soon. */
export const isBeingChecked = ({ status }: { status: ImageStatus }): boolean =>
  status === 'pending' || status === 'scanning';
