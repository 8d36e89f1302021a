import type { Message, Notification } from '../../api/notifications.ts';
import type { Connections } from '../../data/connections.ts';
import { type Connection, isSettled, isValid } from '../../domain/sockets/connection.ts';
import { logger } from '../../lambda/http/response.ts';
import type { Sockets } from '../../lambda/sockets/sockets.ts';

export interface DeliveryDeps {
  connections: Pick<Connections, 'listFor' | 'remove'>;
  sockets: Pick<Sockets, 'send' | 'close'>;
  now: () => Date;
}

/**
 * Sends the messages to the connections that show what they are about and may receive them. A connection gets messages in order and at least once, or is
 * closed: a failed delivery is not retried, so that a slow client delays nobody. Clients read the lists again after they
 * have reconnected.
 */
export async function deliver(notification: Notification, deps: DeliveryDeps) {
  const { messages, isVisibleTo } = notification;
  if (messages.length === 0) return;
  const connections = await deps.connections.listFor(notification);
  const listening = connections.filter((each) => isValid(each, deps.now()) && isVisibleTo(each.caller));
  const deliveries = await Promise.allSettled(listening.map((each) => sendTo(each, messages, deps)));
  for (const each of deliveries) if (each.status === 'rejected') throw each.reason;
}

async function sendTo(
  connection: Connection,
  messages: Message[],
  { connections, sockets, now }: DeliveryDeps,
) {
  const { id } = connection;
  try {
    for (const message of messages) {
      if (await sockets.send(id, message)) continue;
      if (isSettled(connection, now())) await connections.remove(connection);
      return;
    }
  } catch (error) {
    logger.warn('a connection is closed, as nothing can be sent', { id, error: error as Error });
    await sockets.close(id);
    await connections.remove(connection);
  }
}
