import { connections, now, sockets } from '../../../lib/lambda/dependencies.ts';
import { serveSchedule } from '../../../lib/lambda/events/serve-schedule.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { trigger } from './trigger.ts';

type Deps = Needs<{ connections: 'ended' | 'remove'; sockets: 'close' }, 'now'>;

/** A connection that can't be closed now is tried again a minute later. */
export async function handle({ connections, sockets, now }: Deps) {
  const ended = await Array.fromAsync(connections.ended(now()));
  const closed = await Promise.allSettled(
    ended.map(async (connection) => {
      await sockets.close(connection.id);
      await connections.remove(connection);
    }),
  );
  for (const each of closed) if (each.status === 'rejected') throw each.reason;
}

export const handler = serveSchedule(trigger, handle, { connections, sockets, now });
