import { route as closeConnection } from './close-connection/route.ts';
import { route as openConnection } from './open-connection/route.ts';

/** All functions that API Gateway invokes for WebSockets. */
export const socketRoutes = [openConnection, closeConnection] as const;
