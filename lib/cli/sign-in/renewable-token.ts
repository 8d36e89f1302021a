/** A token and the milliseconds for which it is valid from now on. */
export interface IssuedToken {
  value: string;
  lifetimeMs: number;
}

/** A token is renewed if it is valid for no longer: a request with it may wait in queues. */
const MARGIN_MS = 60_000;

/** A token that is renewed before it expires, by one request to the issuer at a time. */
export class RenewableToken {
  readonly #renew: () => Promise<IssuedToken>;
  #current: { value: string; untilMs: number } | undefined;
  #renewing: Promise<string> | undefined;

  constructor(renew: () => Promise<IssuedToken>) {
    this.#renew = renew;
  }

  /** Returns a token that is valid for the next minute. */
  async get(): Promise<string> {
    const { value, untilMs } = this.#current ?? { value: '', untilMs: 0 };
    return untilMs - MARGIN_MS > performance.now() ? value : this.#renewed();
  }

  /** Returns another token than one that the service refused. */
  async insteadOf(refused: string): Promise<string> {
    return this.#current && this.#current.value !== refused ? this.get() : this.#renewed();
  }

  #renewed(): Promise<string> {
    this.#renewing ??= this.#renew()
      .then(({ value, lifetimeMs }) => {
        // Not by the clock: it may be wrong on this computer, or be corrected meanwhile.
        this.#current = { value, untilMs: performance.now() + lifetimeMs };
        return value;
      })
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }
}
