/** An error that prevents the start of the local stack. Its message tells the user what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
