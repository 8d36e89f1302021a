import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { SocketContext } from './socket-event.ts';

/** API Gateway's limits for a WebSocket connection (API Gateway quotas, WebSocket APIs). */
const idleMs = 10 * 60 * 1000;
const lifeMs = 2 * 60 * 60 * 1000;
const goingAway = 1001;

/** An open connection, with API Gateway's idle timeout and maximum duration. */
export class SocketConnection {
  readonly context: SocketContext;
  lastActiveAt: number;
  readonly #clock: Clock;
  readonly #socket: WebSocket;
  readonly #life: NodeJS.Timeout;
  #idle: NodeJS.Timeout | undefined;

  constructor(context: SocketContext, socket: WebSocket, clock: Clock) {
    this.context = context;
    this.lastActiveAt = clock.now();
    this.#clock = clock;
    this.#socket = socket;
    this.#life = setTimeout(() => this.close(), lifeMs);
    for (const sign of ['message', 'ping', 'pong'] as const) socket.on(sign, () => this.#seen());
    socket.once('close', () => {
      clearTimeout(this.#life);
      clearTimeout(this.#idle);
    });
    this.#seen();
  }

  async send(data: Buffer): Promise<void> {
    this.#seen();
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(data, { binary: false }, (error) => (error ? reject(error) : resolve()));
    });
  }

  close() {
    this.#socket.close(goingAway);
    // If the client does not respond, the connection is terminated.
    setTimeout(() => this.#socket.terminate(), 1000).unref();
  }

  #seen() {
    this.lastActiveAt = this.#clock.now();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), idleMs);
  }
}
