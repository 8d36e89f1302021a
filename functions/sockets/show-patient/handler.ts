import { ShowRequest } from '../../../lib/api/show-request.ts';
import { requirePatient } from '../../../lib/domain/access/access.ts';
import { connections } from '../../../lib/lambda/dependencies.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import {
  type SocketAnswer,
  type SocketRequest,
  serveSocket,
} from '../../../lib/lambda/sockets/serve-socket.ts';
import { route } from './route.ts';

type Deps = Needs<{ connections: 'show' }>;

/** Whether a number exists is not checked: it is the same for staff, who may see all, and a patient may show only their own. */
export async function handle(request: SocketRequest, { connections }: Deps): Promise<SocketAnswer> {
  const { connectionId: id, caller } = request;
  const { patient } = request.parse(ShowRequest);
  if (patient) requirePatient(caller, patient);
  await connections.show({ id, caller }, patient);
  return { statusCode: 200, message: { type: 'SHOWN', patient } };
}

export const handler = serveSocket(route, handle, { connections });
