interface Waiting {
  order: number;
  begin: () => void;
}

/**
 * The order of the messages of one invocation. They are processed at the same time. Those that must be alone in the process begin when
 * the others are done, one after the other.
 */
export class Turns {
  readonly #remainingMs: () => number;
  readonly #neededMs: number;
  readonly #waiting: Waiting[] = [];
  /** Messages that are neither done nor waiting to be alone. */
  #busy: number;

  /**
   * @param messages how many messages the invocation has; each must be given to `take`
   * @param remainingMs the time until the invocation is ended
   * @param neededMs what any message may need of it: with less, none begins alone
   */
  constructor(messages: number, remainingMs: () => number, neededMs: number) {
    this.#busy = messages;
    this.#remainingMs = remainingMs;
    this.#neededMs = neededMs;
  }

  /** Processes a message. */
  async take<T>(process: () => Promise<T>): Promise<T> {
    try {
      return await process();
    } finally {
      this.#leave();
    }
  }

  /**
   * Lets a message go on when every other one is done, or waits for the same with a higher `order`.
   *
   * @throws Error if there may be too little time left: the message is to be retried
   */
  async alone(order: number): Promise<void> {
    await new Promise<void>((begin) => {
      this.#waiting.push({ order, begin });
      this.#leave();
    });
    if (this.#remainingMs() < this.#neededMs)
      throw new Error('the other messages of the invocation took its time');
  }

  #leave(): void {
    this.#busy -= 1;
    if (this.#busy > 0) return;
    const [next] = this.#waiting.sort((one, other) => one.order - other.order).splice(0, 1);
    if (!next) return;
    this.#busy += 1;
    next.begin();
  }
}
