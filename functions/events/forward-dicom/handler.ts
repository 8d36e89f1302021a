import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import { DicomUid } from '../../../lib/domain/dicom/uids.ts';
import { dicomStore, objects } from '../../../lib/lambda/dependencies.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { PermanentFailure } from '../../../lib/lambda/events/permanent-failure.ts';
import { type StreamedItem, serveItems } from '../../../lib/lambda/events/serve-items.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { Orthanc } from '../../../lib/services/orthanc/orthanc.ts';
import { OrthancSignIn } from '../../../lib/services/orthanc/orthanc-sign-in.ts';
import { dicomKey } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

const Stored = z.object({ sopUid: DicomUid });

type Deps = Needs<{ dicomStore: 'findInstance'; objects: 'read' }> & { orthanc: Pick<Orthanc, 'store'> };

/** Idempotent: Orthanc recognizes an instance by its identifiers, and keeps the one that it has. */
export async function handle(item: StreamedItem, { dicomStore, objects, orthanc }: Deps) {
  const { sopUid } = Stored.parse(item);
  const { instance } = await dicomStore.findInstance(sopUid);
  if (!instance) return;
  const key = dicomKey(instance);
  // Orthanc unpacks a ZIP whatever its Content-Type: a ZIP hidden in a preamble could store unchecked files.
  const start = await buffer(await objects.read(key, { first: 0, last: 1 }));
  if (start.toString('latin1') === 'PK') throw new PermanentFailure('Orthanc would take the file for a ZIP');
  await orthanc.store(await objects.read(key, undefined, instance.bytes), instance.bytes);
}

export const handler = serveItems(trigger, handle, {
  dicomStore,
  objects,
  orthanc: () => {
    const { url, secret } = environment.orthanc;
    const signIn = secret === undefined ? undefined : new OrthancSignIn(secret);
    return new Orthanc({ url, auth: signIn && (() => signIn.auth()) });
  },
});
