import type { Permissions } from './operation.ts';

/** What a function does as a socket opens or closes, declared once. */
export interface SocketRoute {
  /** Also the name of its folder and of its function. */
  id: string;
  /** API Gateway's name of the occasion. */
  routeKey: '$connect' | '$disconnect';
  summary: string;
  permissions: Permissions;
  memoryMb: number;
  timeoutSeconds: number;
}

/** Where the socket is, below the service's own address. */
export const SOCKET_PATH = '/ws';

/** Declares such a function; its own types are kept. */
export const defineSocketRoute = <const T extends SocketRoute>(route: T): T => route;
