import {
  batchNotification,
  examImageNotification,
  exportNotification,
  imageNotification,
  type Message,
  type Notification,
} from '../../../lib/api/notifications.ts';
import { Connections } from '../../../lib/data/connections.ts';
import { DicomStore } from '../../../lib/data/dicom-store.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { Batch } from '../../../lib/domain/batches/batch.ts';
import { ExamImage, patientOfExamImage } from '../../../lib/domain/exams/exam-image.ts';
import { Export } from '../../../lib/domain/exports/export.ts';
import { Image, isReady } from '../../../lib/domain/images/image.ts';
import { type Connection, isSettled, isValid } from '../../../lib/domain/sockets/connection.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { type ChangedItem, serveItemChanges } from '../../../lib/lambda/events/serve-item-changes.ts';
import { logger } from '../../../lib/lambda/http/response.ts';
import { Sockets } from '../../../lib/lambda/sockets/sockets.ts';
import { renditionKey } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

interface Deps {
  connections: Pick<Connections, 'listFor' | 'remove'>;
  sockets: Pick<Sockets, 'send' | 'close'>;
  store: Pick<DicomStore, 'patientsOfStudies'>;
  now: () => Date;
}

/**
 * A connection gets messages in order and at least once, or is closed: a failed delivery is not retried, so that a slow client
 * delays nobody. Clients read the lists again after they have reconnected.
 */
export async function handle(change: ChangedItem, deps: Deps) {
  const { messages, patientId, isVisibleTo } = await notificationOf(change, deps);
  if (messages.length === 0) return;
  const connections = await deps.connections.listFor(patientId);
  const listening = connections.filter((each) => isValid(each, deps.now()) && isVisibleTo(each.caller));
  const deliveries = await Promise.allSettled(
    listening.map((connection) => deliver(connection, messages, deps)),
  );
  for (const each of deliveries) if (each.status === 'rejected') throw each.reason;
}

async function deliver(connection: Connection, messages: Message[], { connections, sockets, now }: Deps) {
  try {
    for (const message of messages) {
      if (await sockets.send(connection.id, message)) continue;
      if (isSettled(connection, now())) await connections.remove(connection.id);
      return;
    }
  } catch (error) {
    logger.warn('a connection is closed, as nothing can be sent', {
      id: connection.id,
      error: error as Error,
    });
    await sockets.close(connection.id);
    await connections.remove(connection.id);
  }
}

async function notificationOf(
  { before, after }: ChangedItem,
  { store }: Pick<Deps, 'store'>,
): Promise<Notification> {
  const parsed = <T>(schema: { parse(item: unknown): T }) => ({
    before: before && schema.parse(before),
    after: after && schema.parse(after),
  });
  switch ((after ?? before)?.sk) {
    case 'IMAGE':
      return imageNotification(parsed(Image), (image) =>
        isReady(image) ? renditionKey(image.key, 'thumbnail') : undefined,
      );
    case 'BATCH':
      return batchNotification(parsed(Batch));
    case 'EXPORT':
      return exportNotification(parsed(Export));
    default: {
      const change = parsed(ExamImage);
      const image = change.after;
      const patientId = image && (await patientOfExamImage(image, store.patientsOfStudies()));
      return examImageNotification(change, patientId ?? null);
    }
  }
}

export const handler = serveItemChanges(trigger, handle, () => ({
  connections: new Connections(connectTable(environment.connectionsTableName)),
  sockets: new Sockets(),
  store: new DicomStore(connectTable(environment.tableName)),
  now: () => new Date(),
}));
