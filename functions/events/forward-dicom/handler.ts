import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import { DicomStore } from '../../../lib/data/dicom-store.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { DicomUid } from '../../../lib/domain/dicom/uids.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { PermanentFailure } from '../../../lib/lambda/events/permanent-failure.ts';
import { serveMessages } from '../../../lib/lambda/events/serve-messages.ts';
import { Orthanc } from '../../../lib/services/orthanc/orthanc.ts';
import { dicomKey } from '../../../lib/storage/object-keys.ts';
import { SignedObjects } from '../../../lib/storage/signed-objects.ts';
import { trigger } from './trigger.ts';

const Message = z.object({ sopUid: DicomUid });

export interface Deps {
  store: Pick<DicomStore, 'getInstance'>;
  files: Pick<SignedObjects, 'read'>;
  orthanc: Pick<Orthanc, 'store'>;
}

/** May see an instance again: Orthanc knows it by its identifiers, and keeps the one that it has. */
export async function handle({ sopUid }: z.infer<typeof Message>, { store, files, orthanc }: Deps) {
  const instance = await store.getInstance(sopUid);
  if (!instance) return;
  const key = dicomKey(instance);
  // Orthanc unpacks a ZIP, whatever it is announced as: whoever hid one in a preamble would store what they like in it.
  const start = await buffer(await files.read(key, { first: 0, last: 1 }));
  if (start.toString('latin1') === 'PK') throw new PermanentFailure('Orthanc would take the file for a ZIP');
  await orthanc.store(await files.read(key), instance.bytes);
}

const connect = (): Deps => ({
  store: new DicomStore(connectTable(environment.tableName)),
  files: new SignedObjects(environment.bucketName),
  orthanc: new Orthanc(environment.orthanc),
});

export const handler = serveMessages(trigger, Message, handle, connect);
