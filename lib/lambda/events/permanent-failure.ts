/** A failure that a retry can't mend: its message goes to the dead-letter queue at once. */
export class PermanentFailure extends Error {
  override name = 'PermanentFailure';
}
