/** How the service answers. `back`: it does again, since a moment. */
export type ConnectionState = 'ok' | 'offline' | 'failing' | 'slow' | 'back';

/** After this time without an answer, the service is slow; milliseconds. */
const SLOW_MS = 4000;
/** A single failure of the service is over with the next attempt; a network error is not. */
const FAILURES_SHOWN = 2;
/** How long the page says that the service answers again; milliseconds. */
const BACK_MS = 3000;

/** What the requests of the page tell about the connection. */
class Connection {
  readonly #listeners = new Set<() => void>();
  readonly #slow = new Set<symbol>();
  #isOffline = false;
  /** Failures in a row. */
  #failures = 0;
  #state: ConnectionState = 'ok';
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): ConnectionState => this.#state;

  /** Called when the browser finds or loses the network. */
  setOffline(isOffline: boolean): void {
    this.#isOffline = isOffline;
    // Whether the service answers through this network is open again.
    if (!isOffline) this.#failures = 0;
    this.#update();
  }

  /** Follows a request until it has an answer. */
  async follow(request: Promise<Response>): Promise<Response> {
    const id = Symbol('request');
    const timer = setTimeout(() => {
      this.#slow.add(id);
      this.#update();
    }, SLOW_MS);
    try {
      const response = await request;
      // A response of API Gateway or CloudFront for a function that did not answer.
      this.#failures = response.status >= 500 ? this.#failures + 1 : 0;
      return response;
    } catch (error) {
      // A request that the page itself has ended says nothing about the network.
      if (error instanceof TypeError) this.#failures += FAILURES_SHOWN;
      throw error;
    } finally {
      clearTimeout(timer);
      this.#slow.delete(id);
      this.#update();
    }
  }

  #update(): void {
    const before = this.#state;
    const now = this.#isOffline
      ? 'offline'
      : this.#failures >= FAILURES_SHOWN
        ? 'failing'
        : this.#slow.size > 0
          ? 'slow'
          : 'ok';
    if (now !== 'ok') clearTimeout(this.#timer);
    if (now === before || (now === 'ok' && before === 'back')) return;
    this.#show(now === 'ok' ? 'back' : now);
    if (now === 'ok') this.#timer = setTimeout(() => this.#show('ok'), BACK_MS);
  }

  #show(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

export const connection = new Connection();
