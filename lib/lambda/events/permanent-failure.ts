/** A failure for which a retry is useless: its message is moved to the dead-letter queue at once. */
export class PermanentFailure extends Error {
  override name = 'PermanentFailure';
}
