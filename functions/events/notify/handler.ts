import { connections, dicomStore, now, sockets } from '../../../lib/lambda/dependencies.ts';
import { type ChangedItem, serveItemChanges } from '../../../lib/lambda/events/serve-item-changes.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type DeliveryDeps, deliver } from '../../../lib/services/notifications/deliver.ts';
import { notificationsOf } from '../../../lib/services/notifications/notification-of.ts';
import { trigger } from './trigger.ts';

type Deps = DeliveryDeps & Needs<{ dicomStore: 'patientsOfInstances' }>;

export async function handle(change: ChangedItem, deps: Deps) {
  const notifications = await notificationsOf(change, deps.dicomStore);
  const delivered = await Promise.allSettled(notifications.map((each) => deliver(each, deps)));
  for (const each of delivered) if (each.status === 'rejected') throw each.reason;
}

export const handler = serveItemChanges(trigger, handle, { connections, sockets, dicomStore, now });
