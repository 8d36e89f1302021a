import { Connections } from '../../../lib/data/connections.ts';
import { DicomStore } from '../../../lib/data/dicom.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { Batch } from '../../../lib/domain/batch.ts';
import { type Connection, isSettled, isValid } from '../../../lib/domain/connection.ts';
import { ExamImage, patientOfExamImage } from '../../../lib/domain/exam-image.ts';
import { Export } from '../../../lib/domain/export.ts';
import { Image, isReady } from '../../../lib/domain/image.ts';
import {
  type Message,
  type News,
  newsOfBatch,
  newsOfExamImage,
  newsOfExport,
  newsOfImage,
} from '../../../lib/domain/news.ts';
import { logger } from '../../../lib/http/answer.ts';
import { environment } from '../../../lib/http/environment.ts';
import { type ChangedItem, serveItemChanges } from '../../../lib/http/serve-item-changes.ts';
import { Sockets } from '../../../lib/http/sockets.ts';
import { renditionKey } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

interface Deps {
  connections: Pick<Connections, 'around' | 'remove'>;
  sockets: Pick<Sockets, 'send' | 'close'>;
  store: Pick<DicomStore, 'patientsOfStudies'>;
  now: () => Date;
}

/**
 * A socket may hear of the same thing twice, and hears of things in their order, or is closed: what could not be sent
 * is not tried again, so that a slow client holds up nobody, and who connects anew looks at what there is.
 */
export async function handle(change: ChangedItem, deps: Deps) {
  const { messages, patientId, mayKnow } = await newsOf(change, deps);
  if (messages.length === 0) return;
  const connections = await deps.connections.around(patientId);
  const listening = connections.filter((each) => isValid(each, deps.now()) && mayKnow(each.caller));
  const told = await Promise.allSettled(listening.map((connection) => tell(connection, messages, deps)));
  for (const each of told) if (each.status === 'rejected') throw each.reason;
}

async function tell(connection: Connection, messages: Message[], { connections, sockets, now }: Deps) {
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

async function newsOf({ before, after }: ChangedItem, { store }: Pick<Deps, 'store'>): Promise<News> {
  const parsed = <T>(schema: { parse(item: unknown): T }) => ({
    before: before && schema.parse(before),
    after: after && schema.parse(after),
  });
  switch ((after ?? before)?.sk) {
    case 'IMAGE':
      return newsOfImage(parsed(Image), (image) =>
        isReady(image) ? renditionKey(image.key, 'thumbnail') : undefined,
      );
    case 'BATCH':
      return newsOfBatch(parsed(Batch));
    case 'EXPORT':
      return newsOfExport(parsed(Export));
    default: {
      const change = parsed(ExamImage);
      const image = change.after;
      const patientId = image && (await patientOfExamImage(image, store.patientsOfStudies()));
      return newsOfExamImage(change, patientId ?? null);
    }
  }
}

export const handler = serveItemChanges(trigger, handle, () => ({
  connections: new Connections(connectTable(environment.connectionsTableName)),
  sockets: new Sockets(),
  store: new DicomStore(connectTable(environment.tableName)),
  now: () => new Date(),
}));
