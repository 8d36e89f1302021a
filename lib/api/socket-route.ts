import type { Permissions } from './operation.ts';

/** A function that runs when a WebSocket connection opens or closes, or when its client sends a message, declared once. */
export interface SocketRoute {
  /** Also the name of its folder and of its function. */
  id: string;
  /** API Gateway's route key. Of a message it is its `action`; the client receives the function's answer then. */
  routeKey: '$connect' | '$disconnect' | 'show';
  summary: string;
  /** The limit that each message counts against, together with the person's requests; none if undefined. */
  rate?: 'metadata';
  permissions: Permissions;
  memoryMb: number;
  timeoutSeconds: number;
}

/** The path of the WebSocket API on the service's domain. */
export const SOCKET_PATH = '/ws';

/** Declares a socket route and keeps its exact type. */
export const defineSocketRoute = <const T extends SocketRoute>(route: T): T => route;
