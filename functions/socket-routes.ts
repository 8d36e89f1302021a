import { route as closeConnection } from './sockets/close-connection/route.ts';
import { route as openConnection } from './sockets/open-connection/route.ts';

/** All functions that sockets wake. */
export const socketRoutes = [openConnection, closeConnection] as const;
