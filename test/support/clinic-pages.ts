import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './service.ts';

const SOCKETS_AT_ONCE = 4;
/** As the page's. */
const RECONNECT_MS = 2000;

interface Options {
  people: number;
  pages: number;
  /** Of all pages together. */
  requestsPerSecond: number;
  /** What pages request, one after the other. */
  paths: readonly string[];
}

/** Open pages of a clinic: each has a socket, and together they send so many requests a second, whatever is answered. */
export class ClinicPages {
  /** Responses by their status. */
  readonly statuses = new Map<number, number>();
  /** Responses that a page can not deal with. */
  readonly faults: string[] = [];
  readonly sockets: WebSocket[] = [];
  refusedHandshakes = 0;
  readonly #service: Service;
  readonly #options: Options;
  readonly #stop = new AbortController();
  #tokens: string[] = [];
  #running: Promise<unknown> = Promise.resolve();

  constructor(service: Service, options: Options) {
    this.#service = service;
    this.#options = options;
  }

  async open(): Promise<void> {
    const { people, pages } = this.#options;
    const token = (_value: unknown, person: number) =>
      this.#service.stack.token('staff', { sub: `person-${person}` });
    this.#tokens = await Promise.all(Array.from({ length: people }, token));
    const waiting = Array.from({ length: pages }, (_value, page) => this.#tokens[page % people] ?? '');
    const openNext = async () => {
      for (let own = waiting.pop(); own !== undefined; own = waiting.pop()) await this.#openSocket(own);
    };
    await Promise.all(Array.from({ length: SOCKETS_AT_ONCE }, openNext));
  }

  /** Sends requests until `close`. */
  start() {
    this.#running = this.#send();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    for (const socket of this.sockets) socket.close();
  }

  async #openSocket(token: string): Promise<void> {
    for (;;) {
      const url = new URL('/ws', this.#service.stack.url.replace(/^http/, 'ws'));
      const socket = new WebSocket(url, ['negatoscope', `bearer.${token}`]);
      const isOpen = await new Promise<boolean>((resolve) => {
        socket.addEventListener('open', () => resolve(true));
        socket.addEventListener('error', () => resolve(false));
      });
      if (isOpen) {
        this.sockets.push(socket);
        return;
      }
      this.refusedHandshakes += 1;
      await sleep(RECONNECT_MS);
    }
  }

  async #send(): Promise<void> {
    const { requestsPerSecond, paths, people } = this.#options;
    const pending = new Set<Promise<void>>();
    for (let number = 0; !this.#stop.signal.aborted; number++) {
      const path = paths[number % paths.length] ?? '/';
      const done = this.#request(path, this.#tokens[number % people] ?? '').finally(() =>
        pending.delete(done),
      );
      pending.add(done);
      await sleep(1000 / requestsPerSecond);
    }
    await Promise.all(pending);
  }

  async #request(path: string, token: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}` };
    try {
      const response = await fetch(new URL(path, this.#service.stack.url), { headers });
      await response.arrayBuffer();
      const { status } = response;
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      const isRefused = [429, 503].includes(status) && response.headers.has('retry-after');
      if (!response.ok && !isRefused) this.faults.push(`${status} ${path}`);
    } catch (error) {
      this.faults.push(`${error} ${path}`);
    }
  }
}
