import { setTimeout as sleep } from 'node:timers/promises';

/** Lambda's refusal of an invocation, which it answers by 429 (API reference, "Invoke"). API Gateway takes it for a failed integration. */
export class ThrottledInvocation extends Error {
  override readonly name = 'TooManyRequestsException';

  constructor() {
    super('Rate Exceeded.');
  }
}

/** How soon a poller of a queue or a stream tries again; milliseconds. Lambda's own pause is not documented. */
const RETRY_MS = 100;

/**
 * The invocations that all functions of an account may have at the same time (Lambda quotas, "Concurrent executions"). On AWS an
 * invocation never waits for a process, so that one that waits here counts as well.
 */
export class AccountConcurrency {
  readonly #limit: number;
  #running = 0;

  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  /**
   * Begins an invocation.
   *
   * @returns the function that ends it; it may be called more than once
   * @throws ThrottledInvocation if there are too many
   */
  begin(): () => void {
    if (this.#running >= this.#limit) throw new ThrottledInvocation();
    this.#running += 1;
    let hasEnded = false;
    return () => {
      if (!hasEnded) this.#running -= 1;
      hasEnded = true;
    };
  }

  /** Begins an invocation as soon as there are few enough: Lambda retries the events of queues, streams and schedules. */
  async beginLater(): Promise<() => void> {
    while (this.#running >= this.#limit) await sleep(RETRY_MS);
    return this.begin();
  }
}
