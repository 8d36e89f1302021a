/**
 * Longer lines refuse requests. The four processes of a function serve so many within half of API Gateway's 29 s if
 * each takes a second; with more, clients would give up, and send again what is still in the line. The page and the
 * command line send fewer at once.
 */
export const maxWaitingForFunction = 64;
/** In all lines together: each request holds its body, of up to 6 MB, while it waits. */
export const maxWaiting = 128;
/** As long as API Gateway lets a client wait for a function. */
const maxWaitMs = 29_000;

/** A request is refused, before anything was done for it, because too many wait already. */
export class OverloadError extends Error {
  override readonly name = 'OverloadError';

  /** It has no stack: where many are refused, to find it out would take a tenth of the time. */
  constructor(message: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** How many wait in all lines of a local stack. */
export interface Waiting {
  count: number;
}

interface Waiter<Process> {
  serve(process: Process): void;
  fail(error: Error): void;
}

/** Those who wait for a process of one function: first come, first served. */
export class WaitingLine<Process> {
  readonly #waiters = new Set<Waiter<Process>>();
  readonly #inAll: Waiting;

  constructor(inAll: Waiting) {
    this.#inAll = inAll;
  }

  get length(): number {
    return this.#waiters.size;
  }

  /** Throws an OverloadError if the line is too long for one more request. */
  requireRoom() {
    if (this.length >= maxWaitingForFunction)
      throw new OverloadError(`${this.length} requests already wait for this function`);
    if (this.#inAll.count >= maxWaiting)
      throw new OverloadError(`${this.#inAll.count} requests already wait for functions`);
  }

  /**
   * Waits for a process: if `sheddable`, not in a long line and not for long; otherwise as long as it takes.
   *
   * @param gone says that nobody wants the process any more
   */
  join(sheddable: boolean, gone?: AbortSignal): Promise<Process> {
    gone?.throwIfAborted();
    if (sheddable) this.requireRoom();
    const { promise, resolve, reject } = Promise.withResolvers<Process>();
    const leave = () => {
      clearTimeout(timer);
      gone?.removeEventListener('abort', giveUp);
      this.#waiters.delete(waiter);
      this.#inAll.count -= 1;
    };
    const waiter = {
      serve: (process: Process) => {
        leave();
        resolve(process);
      },
      fail: (error: Error) => {
        leave();
        reject(error);
      },
    };
    const giveUp = () => waiter.fail(gone?.reason);
    gone?.addEventListener('abort', giveUp);
    const timer = sheddable
      ? setTimeout(
          () => waiter.fail(new OverloadError(`no process was free for ${maxWaitMs / 1000} s`)),
          maxWaitMs,
        )
      : undefined;
    this.#waiters.add(waiter);
    this.#inAll.count += 1;
    return promise;
  }

  /** Gives the first in line a process. */
  serve(process: Process) {
    this.#first?.serve(process);
  }

  /** Tells the first in line that there is no process for it. */
  fail(error: Error) {
    this.#first?.fail(error);
  }

  close(error: Error) {
    for (const waiter of this.#waiters) waiter.fail(error);
  }

  get #first(): Waiter<Process> | undefined {
    return this.#waiters.values().next().value;
  }
}
