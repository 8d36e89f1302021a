/** A reason why the local stack cannot start, in one sentence that its reader can act on. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
