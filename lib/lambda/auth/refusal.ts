/** Why credentials were refused. */
export type RefusalReason =
  | 'no credentials'
  | 'malformed key'
  | 'unknown key'
  | 'wrong secret'
  | 'revoked or expired key'
  | 'invalid token'
  | 'expired token'
  | 'no role';

/** Credentials that were refused, with whom they name. Neither the secret of a key nor a token is part of it. */
export class Refusal {
  readonly reason: RefusalReason;
  readonly keyId: string | undefined;
  /** Who the token says that it is of. Nobody has proved that, unless the reason is `no role`. */
  readonly subject: string | undefined;

  constructor(reason: RefusalReason, named: { keyId?: string; subject?: string | undefined } = {}) {
    this.reason = reason;
    this.keyId = named.keyId;
    this.subject = named.subject;
  }

  /** The key or the subject that the credentials name, as a resource of the audit log. */
  get resource(): string | undefined {
    if (this.keyId !== undefined) return `key ${this.keyId}`;
    return this.subject === undefined ? undefined : `subject ${this.subject}`;
  }
}

/**
 * The error of an authorizer for which API Gateway responds with 401; for any other it responds with 500.
 *
 * It has no stack: the runtime logs the error of each invocation, and an attacker would fill the log with stacks.
 */
export class Unauthorized extends Error {
  override readonly name = 'Unauthorized';

  constructor() {
    super('Unauthorized');
    this.stack = 'Unauthorized';
  }
}
