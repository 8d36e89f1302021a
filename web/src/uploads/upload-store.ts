import { type DBSchema, openDB } from 'idb';
import type { UploadRecord } from './upload-record.ts';

interface Schema extends DBSchema {
  uploads: { key: string; value: UploadRecord };
}

const open = () =>
  openDB<Schema>('negatoscope-uploads', 1, {
    upgrade: (database) => void database.createObjectStore('uploads', { keyPath: 'id' }),
  });
let database: ReturnType<typeof open> | undefined;
const connect = () => {
  database ??= open();
  return database;
};

/** Remembers a file, with what is known of its way so far. */
export const keepUpload = async (record: UploadRecord): Promise<void> => {
  await (await connect()).put('uploads', record);
};

/** Forgets a file: it is stored, or nobody wants it any more. */
export const dropUpload = async (id: string): Promise<void> => (await connect()).delete('uploads', id);

/** Forgets all files, so that none stays on a computer that others use too. */
export const forgetUploads = async (): Promise<void> => (await connect()).clear('uploads');

/** Takes over what pages that are gone have left, once for all pages that are open. */
export async function adoptUploads(subject: string, owner: string): Promise<UploadRecord[]> {
  return navigator.locks.request('uploads-adoption', async () => {
    const store = await connect();
    const { held = [] } = await navigator.locks.query();
    const living = new Set(held.map(({ name }) => name));
    const left = (await store.getAll('uploads')).filter(
      (record) => record.subject === subject && !living.has(lockOf(record.owner)),
    );
    const adopted = left.map((record) => ({ ...record, owner }));
    for (const record of adopted) await store.put('uploads', record);
    return adopted;
  });
}

/** The lock that a page holds as long as it lives. */
export const lockOf = (owner: string): string => `uploads of ${owner}`;
