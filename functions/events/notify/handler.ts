import type { Message, Notification } from '../../../lib/api/notifications.ts';
import { type Connection, isSettled, isValid } from '../../../lib/domain/sockets/connection.ts';
import { connections, dicomStore, now, sockets } from '../../../lib/lambda/dependencies.ts';
import { type ChangedItem, serveItemChanges } from '../../../lib/lambda/events/serve-item-changes.ts';
import { logger } from '../../../lib/lambda/http/response.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { notificationsOf } from '../../../lib/services/notifications/notification-of.ts';
import { trigger } from './trigger.ts';

type Deps = Needs<
  { connections: 'listFor' | 'remove'; dicomStore: 'patientsOfStudies'; sockets: 'send' | 'close' },
  'now'
>;

/**
 * A connection gets messages in order and at least once, or is closed: a failed delivery is not retried, so that a slow client
 * delays nobody. Clients read the lists again after they have reconnected.
 */
export async function handle(change: ChangedItem, deps: Deps) {
  for (const each of await notificationsOf(change, deps.dicomStore)) await send(each, deps);
}

async function send({ messages, patientId, isVisibleTo }: Notification, deps: Deps) {
  if (messages.length === 0) return;
  const connections = await deps.connections.listFor(patientId);
  const listening = connections.filter((each) => isValid(each, deps.now()) && isVisibleTo(each.caller));
  const deliveries = await Promise.allSettled(listening.map((each) => deliver(each, messages, deps)));
  for (const each of deliveries) if (each.status === 'rejected') throw each.reason;
}

async function deliver(connection: Connection, messages: Message[], { connections, sockets, now }: Deps) {
  const { id } = connection;
  try {
    for (const message of messages) {
      if (await sockets.send(id, message)) continue;
      if (isSettled(connection, now())) await connections.remove(id);
      return;
    }
  } catch (error) {
    logger.warn('a connection is closed, as nothing can be sent', { id, error: error as Error });
    await sockets.close(id);
    await connections.remove(id);
  }
}

export const handler = serveItemChanges(trigger, handle, { connections, sockets, dicomStore, now });
