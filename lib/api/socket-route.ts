import type { Permissions } from './operation.ts';

/** A function that runs when a WebSocket connection opens or closes, declared once. */
export interface SocketRoute {
  /** Also the name of its folder and of its function. */
  id: string;
  /** API Gateway's route key. */
  routeKey: '$connect' | '$disconnect';
  summary: string;
  permissions: Permissions;
  memoryMb: number;
  timeoutSeconds: number;
}

/** The path of the WebSocket API on the service's domain. */
export const SOCKET_PATH = '/ws';

/** Declares a socket route and keeps its exact type. */
export const defineSocketRoute = <const T extends SocketRoute>(route: T): T => route;
