import { type DBSchema, openDB } from 'idb';
import type { UploadRecord, UploadTarget } from './upload-record.ts';

interface Schema extends DBSchema {
  uploads: { key: string; value: UploadRecord };
  /** Apart from the records, which are written anew at each step: megabytes are written once. */
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
    // Perhaps it can be opened the next time.
    database = undefined;
    throw error;
  });
  return database;
};

/** Remembers what is known of a file's way so far. */
export const saveUpload = async (record: UploadRecord): Promise<void> => {
  await (await connect()).put('uploads', record);
};

/** Copies a file's bytes into the browser's own store: they are there when the file is not. */
export async function persistFile(id: string, file: Blob): Promise<void> {
  // Read whole: in a private window the store holds what it is given, which of a file is where it lies.
  const copy = new Blob([await file.arrayBuffer()], { type: file.type });
  const store = await connect();
  await store.put('files', copy, id);
  try {
    // There, too, the bytes may follow later, and would be lost with the page: what can be read has arrived.
    await (await store.get('files', id))?.slice(-1).arrayBuffer();
  } catch (error) {
    // No room for them in the memory, for one.
    await store.delete('files', id);
    throw error;
  }
}

/** The copy of a file's bytes, where there is one. */
export const persistedFile = async (id: string): Promise<Blob | undefined> =>
  (await connect()).get('files', id);

/** Forgets a file: it is stored, or nobody wants it any more. */
export async function deleteUpload(id: string): Promise<void> {
  const change = (await connect()).transaction(['uploads', 'files'], 'readwrite');
  await Promise.all([
    change.objectStore('uploads').delete(id),
    change.objectStore('files').delete(id),
    change.done,
  ]);
}

/** Forgets all files of a person, so that none stays on a computer that others use too. */
export const forgetUploads = (subject: string): Promise<void> =>
  forget((record) => record.subject === subject);

async function forget(matches: (record: UploadRecord) => boolean): Promise<void> {
  for (const record of await (await connect()).getAll('uploads'))
    if (matches(record)) await deleteUpload(record.id);
}

/** How long what a closed page has left waits for the one whose it is, where others use the computer. */
const ABANDONED_MS = 24 * 60 * 60_000;

/** What a page that is gone has left. */
export interface Adopted {
  record: UploadRecord;
  /** Whether there was time to copy the file. */
  isPersisted: boolean;
}

/** Takes over what pages that are gone have left, once for all pages that are open; what others have left for long goes. */
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
 * Remembers files of which the checksum is known now, and gives the ids of those that are on their way already: dropped
 * twice, or in two windows.
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

/** Whether files go to the same place. */
export const isSameTarget = (one: UploadTarget, other: UploadTarget): boolean =>
  one.kind === other.kind && one.id === other.id;

/** Lets one page at a time look at the store and write into it. */
const withStoreLock = <T>(work: () => Promise<T>): Promise<T> =>
  navigator.locks.request('uploads-adoption', work);

/** The lock that a page holds as long as it lives. */
export const lockOf = (owner: string): string => `uploads of ${owner}`;
