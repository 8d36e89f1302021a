import { currentToken } from '../api/client.ts';
import { Backoff } from '../parts/backoff.ts';
import { isReply, parseSocketMessage, type SocketMessage, type SocketReply } from './socket-message.ts';

/** Less than the ten minutes after which API Gateway closes an idle connection. */
const KEEP_ALIVE_MS = 4 * 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const TICK_MS = 5000;
/** A timer that fires so late shows that the computer slept: its connection is dead, although no event says so. */
const SLEEP_DETECTION_MS = 30_000;

/** After so many attempts in a row the connection counts as refused: by a proxy, or by the service. */
const MOST_FAILURES = 4;

/** Without an answer after so long, or after an error, the page says again what it shows. */
const ANSWER_MS = 5000;

const TOO_MANY_REQUESTS = 429;

/** The patient whose images the page shows; null for no patient, undefined for images of anybody. */
export type Shown = string | null | undefined;

/**
 * `open`: the messages about what the page shows arrive. `refused`: there is a network, and no connection for several
 * attempts.
 */
export type LiveUpdatesState = 'open' | 'closed' | 'refused';

interface Listeners {
  onMessage: (message: SocketMessage) => void;
  onState: (state: LiveUpdatesState) => void;
}

/** A WebSocket that reconnects, and says which patient the page shows. */
export class UpdatesSocket {
  readonly #onMessage: (message: SocketMessage) => void;
  readonly #onState: (state: LiveUpdatesState) => void;
  #shown: Shown;
  /** What the page said last. */
  #said: Shown;
  /** Until when an answer is awaited: the answers of two questions could be mixed up. */
  #answer: ReturnType<typeof setTimeout> | undefined;
  #socket: WebSocket | undefined;
  readonly #backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, () => void this.#connect());
  readonly #timers: ReturnType<typeof setInterval>[];
  #tickedAt = Date.now();
  #hasEnded = false;
  /** Attempts since the last open connection. */
  #failures = 0;

  constructor(shown: Shown, { onMessage, onState }: Listeners) {
    this.#shown = shown;
    this.#onMessage = onMessage;
    this.#onState = onState;
    this.#timers = [setInterval(this.#sendKeepAlive, KEEP_ALIVE_MS), setInterval(this.#tick, TICK_MS)];
    window.addEventListener('online', this.#reconnect);
    window.addEventListener('offline', this.#disconnect);
    void this.#connect();
  }

  /** Requests the messages about this patient instead. */
  show(shown: Shown): void {
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#onState('closed');
    if (this.#answer === undefined) this.#tell();
  }

  /** Closes the socket without reconnecting. */
  end(): void {
    this.#hasEnded = true;
    for (const timer of this.#timers) clearInterval(timer);
    window.removeEventListener('online', this.#reconnect);
    window.removeEventListener('offline', this.#disconnect);
    this.#disconnect();
    this.#backoff.cancel();
  }

  async #connect(): Promise<void> {
    this.#backoff.cancel();
    const token = await currentToken().catch(() => undefined);
    if (this.#hasEnded || this.#socket) return;
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`, [
      'negatoscope',
      `bearer.${token}`,
    ]);
    this.#socket = socket;
    socket.onopen = () => {
      this.#backoff.reset();
      this.#failures = 0;
      this.#tell();
    };
    socket.onmessage = ({ data }) => {
      const message = parseSocketMessage(data);
      if (!message) return;
      if (isReply(message)) this.#hear(message);
      else this.#onMessage(message);
    };
    socket.onclose = this.#disconnect;
  }

  readonly #tell = (): void => {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#said = this.#shown;
    this.#socket.send(JSON.stringify({ action: 'show', patient: this.#shown }));
    this.#answer = setTimeout(this.#tell, ANSWER_MS);
  };

  #hear(reply: SocketReply): void {
    // After too many requests, the timer says it again. Another error is for good: nothing of this patient may be seen.
    if (reply.type === 'ERROR' && reply.statusCode === TOO_MANY_REQUESTS) return;
    clearTimeout(this.#answer);
    this.#answer = undefined;
    if (this.#said === this.#shown) this.#onState('open');
    else this.#tell();
  }

  /** Does not wait for the `close` event, which a dead connection fires only after minutes. */
  readonly #disconnect = (): void => {
    if (!this.#socket) return;
    this.#socket.onopen = null;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = undefined;
    clearTimeout(this.#answer);
    this.#answer = undefined;
    if (navigator.onLine) this.#failures += 1;
    this.#onState(this.#failures < MOST_FAILURES ? 'closed' : 'refused');
    this.#backoff.start();
  };

  readonly #reconnect = (): void => {
    this.#disconnect();
    void this.#connect();
  };

  readonly #sendKeepAlive = (): void => {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('here');
  };

  readonly #tick = (): void => {
    const now = Date.now();
    if (now - this.#tickedAt > SLEEP_DETECTION_MS) this.#reconnect();
    this.#tickedAt = now;
  };
}
