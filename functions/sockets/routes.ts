import { route as closeConnection } from './close-connection/route.ts';
import { route as openConnection } from './open-connection/route.ts';

/** All functions that sockets wake. */
export const socketRoutes = [openConnection, closeConnection] as const;
