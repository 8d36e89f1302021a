import { type DBSchema, openDB } from 'idb';
import type { UploadRecord, UploadTarget } from './upload-record.ts';

interface Schema extends DBSchema {
  uploads: { key: string; value: UploadRecord };
  /** Separate from the records, which are rewritten at each step: the bytes are written once. */
  files: { key: string; value: Blob };
}

const open = () =>
  openDB<Schema>('negatoscope-uploads', 2, {
    upgrade: (database) => {
      for (const name of database.objectStoreNames) database.deleteObjectStore(name);
      database.createObjectStore('uploads', { keyPath: 'id' });
      database.createObjectStore('files');
    },
  });
let database: ReturnType<typeof open> | undefined;
const connect = () => {
  database ??= open().catch((error) => {
    // The database may open the next time.
    database = undefined;
    throw error;
  });
  return database;
};

/** Stores the record of an upload. */
export const saveUpload = async (record: UploadRecord): Promise<void> => {
  await (await connect()).put('uploads', record);
};

/** Copies a file's bytes into the browser's storage, for when the file is no longer readable. */
export async function persistFile(id: string, file: Blob): Promise<void> {
  // The whole file is read: in a private window the storage keeps only a reference of a File.
  const copy = new Blob([await file.arrayBuffer()], { type: file.type });
  const store = await connect();
  await store.put('files', copy, id);
  try {
    // The bytes may also be written later, and be lost with the page: reading them proves that they are stored.
    await (await store.get('files', id))?.slice(-1).arrayBuffer();
  } catch (error) {
    // For example, there is not enough memory.
    await store.delete('files', id);
    throw error;
  }
}

/** Returns the copy of a file's bytes, if it exists. */
export const persistedFile = async (id: string): Promise<Blob | undefined> =>
  (await connect()).get('files', id);

/** Deletes only the copy, when its bytes are stored and their check is not over. */
export const deletePersisted = async (id: string): Promise<void> => (await connect()).delete('files', id);

/** Deletes the record and the copy of a file that is uploaded or cancelled. */
export async function deleteUpload(id: string): Promise<void> {
  const change = (await connect()).transaction(['uploads', 'files'], 'readwrite');
  await Promise.all([
    change.objectStore('uploads').delete(id),
    change.objectStore('files').delete(id),
    change.done,
  ]);
}

/** Deletes all files of a user, so that none stays on a shared computer. */
export const forgetUploads = (subject: string): Promise<void> =>
  forget((record) => record.subject === subject);

async function forget(matches: (record: UploadRecord) => boolean): Promise<void> {
  for (const record of await (await connect()).getAll('uploads'))
    if (matches(record)) await deleteUpload(record.id);
}

/** How long the files of a closed page wait for their user on a shared computer. */
const ABANDONED_MS = 24 * 60 * 60_000;

/** An upload of a closed page. */
export interface Adopted {
  record: UploadRecord;
  /** Whether the file was copied. */
  isPersisted: boolean;
}

/** Takes over the uploads of closed pages, in one of the open pages only. Deletes old ones of other users. */
export async function adoptUploads(subject: string, owner: string): Promise<Adopted[]> {
  return withStoreLock(async () => {
    const store = await connect();
    const { held = [] } = await navigator.locks.query();
    const living = new Set(held.map(({ name }) => name));
    const isAbandoned = ({ owner }: UploadRecord) => !living.has(lockOf(owner));
    await forget(
      (record) =>
        isAbandoned(record) && record.subject !== subject && record.order < Date.now() - ABANDONED_MS,
    );
    const left = (await store.getAll('uploads')).filter(
      (record) => isAbandoned(record) && record.subject === subject,
    );
    const adopted: Adopted[] = [];
    for (const each of left.toSorted((one, other) => one.order - other.order)) {
      const record = { ...each, owner };
      await store.put('uploads', record);
      adopted.push({ record, isPersisted: (await store.count('files', record.id)) > 0 });
    }
    return adopted;
  });
}

/**
 * Stores files whose checksum is now known. Returns the ids of those that are already being uploaded: dropped twice, or in two
 * windows.
 */
export async function claimUploads(records: readonly UploadRecord[]): Promise<Set<string>> {
  return withStoreLock(async () => {
    const store = await connect();
    const claimed = (await store.getAll('uploads')).filter(({ crc32 }) => crc32 !== undefined);
    const twice = new Set<string>();
    for (const record of records) {
      if (claimed.some((other) => other.id !== record.id && isSameFile(other, record))) twice.add(record.id);
      else {
        claimed.push(record);
        await store.put('uploads', record);
      }
    }
    return twice;
  });
}

const isSameFile = (one: UploadRecord, other: UploadRecord): boolean =>
  one.crc32 === other.crc32 &&
  one.bytes === other.bytes &&
  one.name === other.name &&
  one.subject === other.subject &&
  isSameTarget(one.target, other.target);

/** Whether two uploads have the same target. */
export const isSameTarget = (one: UploadTarget, other: UploadTarget): boolean =>
  one.kind === other.kind && one.id === other.id;

/** Lets only one page at a time read and write the records. */
const withStoreLock = <T>(work: () => Promise<T>): Promise<T> =>
  navigator.locks.request('uploads-adoption', work);

/** The lock that a page holds while it is open. */
export const lockOf = (owner: string): string => `uploads of ${owner}`;
