/**
 * The time of the emulated services and of the functions: that of the machine, moved forward by `shiftMs`. Timers, log
 * lines and measurements keep the machine's time.
 */
export class Clock {
  #shiftMs = 0;
  readonly #listeners: (() => unknown)[] = [];

  /** Milliseconds between the machine's time and this one. */
  get shiftMs(): number {
    return this.#shiftMs;
  }

  /** Milliseconds since the epoch, as `Date.now()`. */
  now(): number {
    return Date.now() + this.#shiftMs;
  }

  /** Calls `listener` after each step; the step is over when its promise is fulfilled. */
  onAdvance(listener: () => unknown) {
    this.#listeners.push(listener);
  }

  /** Moves the time forward. It never goes back: what has expired would exist again. */
  async advance(ms: number): Promise<void> {
    if (!Number.isSafeInteger(ms) || ms < 0) {
      throw new RangeError(`Expected a whole number of milliseconds, 0 or more, but received ${ms}.`);
    }
    this.#shiftMs += ms;
    for (const listener of this.#listeners) await listener();
  }
}
