/** The exit codes: 1 means that a file was not stored, 130 an interruption (128 + SIGINT). */
export const EXIT = { done: 0, notAll: 1, usage: 2, notAllowed: 3, interrupted: 130 } as const;

/** An error that ends the command. Its message tells the user what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.notAll, options: ErrorOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
