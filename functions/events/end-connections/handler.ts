import { Connections } from '../../../lib/data/connections.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { serveSchedule } from '../../../lib/lambda/events/serve-schedule.ts';
import { Sockets } from '../../../lib/lambda/sockets/sockets.ts';
import { trigger } from './trigger.ts';

interface Deps {
  connections: Pick<Connections, 'ended' | 'remove'>;
  sockets: Pick<Sockets, 'close'>;
  now: () => Date;
}

/** What can't be closed now is still there a minute later. */
export async function handle({ connections, sockets, now }: Deps) {
  const ended = await Array.fromAsync(connections.ended(now()));
  const closed = await Promise.allSettled(
    ended.map(async ({ id }) => {
      await sockets.close(id);
      await connections.remove(id);
    }),
  );
  for (const each of closed) if (each.status === 'rejected') throw each.reason;
}

export const handler = serveSchedule(trigger, handle, () => ({
  connections: new Connections(connectTable(environment.connectionsTableName)),
  sockets: new Sockets(),
  now: () => new Date(),
}));
