import { route as closeConnection } from './close-connection/route.ts';
import { route as openConnection } from './open-connection/route.ts';
import { route as showPatient } from './show-patient/route.ts';

/** All functions that API Gateway invokes for WebSockets. */
export const socketRoutes = [openConnection, closeConnection, showPatient] as const;
