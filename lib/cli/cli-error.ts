/** How the command ends, for scripts: 1 is that something was not stored, 130 an interruption (128 + SIGINT). */
export const EXIT = { done: 0, notAll: 1, usage: 2, notAllowed: 3, interrupted: 130 } as const;

/** Why the whole command can not go on, in a sentence that its user can act on. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.notAll, options: ErrorOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
