import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Service, until } from './service.ts';

// biome-ignore lint/suspicious/noExplicitAny: messages are looked into by each test
type Received = any;

/** A WebSocket client that stores the messages it receives. */
export class Listener {
  readonly messages: Received[] = [];
  readonly socket: WebSocket;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.messages.push(JSON.parse(String(data))));
  }

  get types(): string[] {
    return this.messages.map(({ type }) => type);
  }

  /** Says which patient it shows, as a page does. Returns the answer. */
  async show(patient?: unknown): Promise<Received> {
    const before = this.messages.length;
    const isReply = ({ type }: Received) => type === 'SHOWN' || type === 'ERROR';
    this.socket.send(JSON.stringify({ action: 'show', patient }));
    return until(async () => this.messages.slice(before).find(isReply));
  }

  /** Waits for a matching message. */
  waitFor(matches: (message: Received) => boolean): Promise<Received> {
    return until(async () => this.messages.find(matches));
  }
}

const socketUrl = ({ stack }: Service) => `${stack.url.replace('http', 'ws')}/ws`;

/** Connects with this token, as a page would. */
export async function listenWith(service: Service, token: string): Promise<Listener> {
  const listener = new Listener(new WebSocket(socketUrl(service), ['negatoscope', `bearer.${token}`]));
  await once(listener.socket, 'open');
  return listener;
}

/** Connects as a demo user. */
export const listen = async (service: Service, user: string) =>
  listenWith(service, await service.stack.token(user));

/** The status of a refused handshake. */
export async function refused(
  service: Service,
  {
    path = '',
    protocols = [],
    headers = {},
  }: { path?: string; protocols?: string[]; headers?: Record<string, string> },
): Promise<number> {
  const socket = new WebSocket(socketUrl(service) + path, protocols, { headers });
  const [, response] = await once(socket, 'unexpected-response');
  response.resume();
  return response.statusCode;
}
