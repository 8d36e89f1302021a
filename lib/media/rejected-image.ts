/**
 * An upload that can't become an image, with a `reason` for the person who sent it: what is wrong, with figures.
 * Final: the same bytes give the same answer, so nothing may be retried. Any other error is ours.
 */
export class RejectedImage extends Error {
  override readonly name = 'RejectedImage';
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}
