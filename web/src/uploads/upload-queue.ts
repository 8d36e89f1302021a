import { explain } from '../api/api-error.ts';
import { text } from '../messages/text.ts';
import { Backoff } from '../parts/backoff.ts';
import { hashOf } from '../parts/hash-of.ts';
import { dicomFaultOf, faultOf, typeOf } from './check-file.ts';
import { checksumOf } from './checksums.ts';
import { divideFiles, mayBeDicom } from './dicom-files.ts';
import { DicomResults } from './dicom-results.ts';
import { FilePersister } from './file-persister.ts';
import { GroupSize } from './group-size.ts';
import { Previews } from './previews.ts';
import { putBytes } from './put-bytes.ts';
import { failureOf, hasArrived, requestGrants } from './request-grants.ts';
import { UploadItems } from './upload-items.ts';
import type { UploadRecord, UploadTarget } from './upload-record.ts';
import {
  adoptUploads,
  claimUploads,
  deletePersisted,
  deleteUpload,
  isSameTarget,
  lockOf,
  persistedFile,
  saveUpload,
} from './upload-store.ts';

const AT_ONCE = 5;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 20_000;
/** How often S3 may fail with one file before the user must decide. */
const MOST_FAILURES = 6;
/** How long stored files stay in the list. */
const STORED_MS = 3000;
/** How often a page checks whether another page was closed. */
const ADOPT_MS = 10_000;

interface UploadEvents {
  /** Images of the target exist whose bytes are still to come. */
  onGranted: (target: UploadTarget) => void;
  /** A DICOM file is stored in a study. */
  onStudy: (study: string, target: UploadTarget) => void;
}

/** Uploads files: five at a time, again after network errors, and also after a reload. */
export class UploadQueue {
  readonly #subject: string;
  readonly #events: UploadEvents;
  readonly #owner = crypto.randomUUID();
  readonly #records = new Map<string, UploadRecord>();
  /** Files that are not (yet) in the browser's storage. */
  readonly #files = new Map<string, Blob>();
  /** Small pictures of the files. */
  readonly previews = new Previews();
  /** Their progress. */
  readonly items = new UploadItems();
  readonly #sending = new Map<string, AbortController>();
  readonly #failures = new Map<string, number>();
  readonly #backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, () => this.#pump());
  readonly #groupSize = new GroupSize();
  readonly #persister = new FilePersister((id) => {
    this.#files.delete(id);
    this.items.notify();
  });
  readonly #results = new DicomResults((id, { status, reason, data }) => {
    if (status !== 'stored') return this.#end(id, 'refused', reason ?? text('uploads.not-stored'));
    const target = this.items.get(id)?.target;
    if (target && data) this.#events.onStudy(data.StudyInstanceUID, target);
    this.#end(id, 'stored');
  });
  #isSigning = false;
  #isPaused = false;
  #lastOrder = 0;

  constructor(subject: string, events: UploadEvents) {
    this.#subject = subject;
    this.#events = events;
    // Held until the page is closed; then another page takes over the remaining files.
    void navigator.locks.request(lockOf(this.#owner), () => new Promise(() => undefined));
    window.addEventListener('online', () => this.#wake());
    setInterval(() => void this.resume(), ADOPT_MS);
  }

  /** Continues the uploads of closed pages. */
  async resume(): Promise<void> {
    const adopted = await adoptUploads(this.#subject, this.#owner).catch(() => []);
    for (const { record, isPersisted } of adopted) {
      this.#take(record);
      this.previews.put(record.id, () => this.#bytesOf(record.id));
      if (record.isSent) this.#check(record);
      else if (!isPersisted) this.#end(record.id, 'refused', text('uploads.closed-too-soon'));
    }
    this.#pump();
  }

  /**
   * Adds files. DICOM files go to the studies of the patient whom they name, the others to the target. A file that is neither
   * DICOM nor an image is shown as refused, and the others are uploaded.
   */
  add(files: readonly File[], target: UploadTarget): void {
    const unclear = files.filter(mayBeDicom);
    // Pictures are shown before the first byte of them is read.
    this.#addTo(
      target,
      files.filter((file) => !unclear.includes(file)),
    );
    if (unclear.length > 0) void this.#divide(unclear, target);
  }

  async #divide(files: readonly File[], target: UploadTarget): Promise<void> {
    const { dicom, others } = await divideFiles(files);
    const { id, patientId, title } = target;
    this.#addTo({ kind: 'dicom', id, patientId, title }, dicom);
    this.#addTo(target, others);
  }

  #addTo(target: UploadTarget, files: readonly File[]): void {
    for (const file of files) {
      const record: UploadRecord = {
        id: crypto.randomUUID(),
        subject: this.#subject,
        owner: this.#owner,
        target,
        order: this.#nextOrder(),
        name: file.name,
        type: typeOf(file),
        bytes: file.size,
        attempts: 0,
      };
      const fault = target.kind === 'dicom' ? dicomFaultOf(file) : faultOf(file);
      this.#take(record);
      this.previews.put(record.id, async () => file);
      if (fault) this.#end(record.id, 'refused', fault);
      else {
        this.#keep(record);
        this.#files.set(record.id, file);
        this.#persister.keep(record.id, file);
      }
    }
    this.#pump();
  }

  /** Cancels the upload of a file, or removes it from the list. */
  cancel(id: string): void {
    this.#sending.get(id)?.abort();
    this.items.remove(id);
    this.previews.drop(id);
    this.#forget(id);
    this.items.clearStored();
    this.#pump();
  }

  /** Uploads only the failed files again. */
  retry(): void {
    for (const { id } of this.items.in('failed')) {
      this.items.update(id, { state: 'waiting', reason: undefined, sent: 0 });
    }
    this.#failures.clear();
    this.#wake();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether the browser had no space to store some files, so that only this page has them. */
  get mustStay(): boolean {
    return this.#persister.notPersisted > 0;
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (isPaused) for (const controller of this.#sending.values()) controller.abort();
    this.items.notify();
    this.#wake();
  }

  #wake(): void {
    this.#backoff.cancel();
    this.#backoff.reset();
    this.#pump();
  }

  /** Starts all uploads that can start now. */
  #pump(): void {
    if (this.#isPaused || this.#backoff.isOn) return;
    this.#releaseEnded();
    const waiting = this.#waiting();
    const signed = waiting.filter((record) => record.grant);
    const starting = signed.slice(0, AT_ONCE - this.#sending.size);
    for (const record of starting) void this.#send(record);
    const left = signed.length - starting.length;
    const unsigned = waiting.filter((record) => !record.grant);
    // While the last few are uploaded, so that no upload waits for a grant.
    if (unsigned.length > 0 && left <= AT_ONCE && !this.#isSigning) void this.#sign(unsigned);
  }

  #waiting(): UploadRecord[] {
    return this.items.in('waiting').flatMap(({ id }) => this.#records.get(id) ?? []);
  }

  /** After hours of sleep every waiting URL has expired. Nothing was sent by them, so new ones replace them. */
  #releaseEnded(): void {
    const ended = this.#waiting().filter(({ grant: signed }) => signed && signed.endsAt < Date.now());
    if (ended.length > 0) this.#groupSize.tooMany();
    for (const record of ended) {
      if (record.grant?.wasTried) void this.#signAnew(record);
      else this.#keep(withoutGrant(record));
    }
  }

  /** Requests upload grants for the next files, in as few requests as possible. */
  async #sign([first, ...others]: UploadRecord[]): Promise<void> {
    if (!first) return;
    this.#isSigning = true;
    const { target } = first;
    const most = target.kind === 'case' ? 1 : this.#groupSize.next();
    const group = [first, ...others.filter((record) => isSameTarget(record.target, target))].slice(0, most);
    let asked: UploadRecord[] = [];
    try {
      asked = await this.#claimed(await this.#withChecksums(group));
      if (asked.length === 0) return;
      // The same files in another attempt are the same request.
      const signed = await requestGrants(target, asked, await idempotencyKeyOf(asked));
      for (const [index, record] of asked.entries()) {
        this.#keep({ ...record, grant: signed[index] });
        this.items.update(record.id, { imageId: signed[index]?.imageId });
      }
      if (signed[0]) this.#groupSize.given(signed[0].endsAt);
      this.#events.onGranted(target);
      this.#backoff.reset();
    } catch (error) {
      const reasons = failureOf(error, asked.length, explain);
      if (reasons === 'later') this.#backoff.start();
      else this.#refuse(asked, reasons);
    } finally {
      this.#isSigning = false;
      this.#pump();
    }
  }

  #refuse(records: readonly UploadRecord[], reasons: readonly (string | undefined)[]): void {
    for (const [index, { id }] of records.entries()) {
      const reason = reasons[index];
      if (reason !== undefined) this.#end(id, 'refused', reason);
    }
  }

  async #withChecksums(records: readonly UploadRecord[]): Promise<UploadRecord[]> {
    const summed = records.map(async (record) => {
      if (record.crc32) return record;
      const file = await this.#bytesOf(record.id);
      const crc32 = file && (await checksumOf(record.id, file));
      if (crc32) return this.#keep({ ...record, crc32 });
      this.#unreadable(record.id);
      return undefined;
    });
    return (await Promise.all(summed)).filter((record) => record !== undefined);
  }

  /** The file until it is copied, then the copy. */
  async #bytesOf(id: string): Promise<Blob | undefined> {
    return this.#files.get(id) ?? persistedFile(id).catch(() => undefined);
  }

  #unreadable(id: string): void {
    if (this.#files.has(id)) {
      this.#end(id, 'refused', text('uploads.unreadable'));
    } else {
      // The copy exists, or is found when the browser is less busy.
      this.#countFailure(id, text('uploads.unreadable-now'));
      this.#backoff.start();
    }
  }

  async #claimed(records: UploadRecord[]): Promise<UploadRecord[]> {
    // Without storage for records, a page can't know what other windows upload.
    const twice = await claimUploads(records).catch(() => new Set<string>());
    for (const id of twice) this.#end(id, 'refused', text('uploads.already'));
    return records.filter(({ id }) => !twice.has(id) && this.#records.has(id));
  }

  async #send(record: UploadRecord): Promise<void> {
    const { id, grant: signed } = record;
    if (!signed) return;
    const controller = new AbortController();
    this.#sending.set(id, controller);
    this.items.update(id, { state: 'sending' });
    const tried = { ...record, grant: { ...signed, wasTried: true } };
    this.#keep(tried);
    const file = await this.#bytesOf(id);
    const onProgress = (sent: number) => this.items.update(id, { sent });
    const outcome = file ? await putBytes(file, signed, onProgress, controller.signal) : 'lost';
    this.#sending.delete(id);
    if (outcome === 'stored') {
      this.#backoff.reset();
      this.#arrived(record);
    } else if (outcome === 'refused') {
      this.#end(id, 'refused', text('uploads.changed'));
    } else if (outcome === 'expired') {
      // The copy was not finished in time: the storage may refuse the file.
      if (signed.endsAt > Date.now()) this.#countFailure(id);
      if (this.items.get(id)?.state === 'sending') await this.#signAnew(tried);
    } else {
      this.items.update(id, { state: 'waiting', sent: 0 });
      if (outcome === 'unable') this.#countFailure(id);
      if (outcome === 'lost' && !(await isReadable(await this.#bytesOf(id)))) this.#unreadable(id);
      else if (outcome !== 'aborted') this.#backoff.start();
    }
    this.#pump();
  }

  #countFailure(id: string, reason = text('uploads.store-refuses')): void {
    const failures = (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    if (failures >= MOST_FAILURES) this.#end(id, 'failed', reason);
  }

  /** A URL has expired. Its bytes may have arrived nevertheless, and only the response was lost. */
  async #signAnew(record: UploadRecord): Promise<void> {
    const { id, grant: signed } = record;
    this.items.update(id, { state: 'sending', sent: 0 });
    try {
      if (signed && (await hasArrived(record.target, signed.imageId))) return this.#arrived(record);
      this.#keep(withoutGrant(record));
    } catch {
      this.#backoff.start();
    }
    this.items.update(id, { state: 'waiting' });
    this.#pump();
  }

  /** The bytes are stored. An image is shown from now on; of a DICOM file it is asked what becomes of it. */
  #arrived(record: UploadRecord): void {
    if (record.target.kind !== 'dicom') {
      this.#end(record.id, 'stored');
      return;
    }
    const sent = this.#keep({ ...record, isSent: true });
    this.#files.delete(record.id);
    this.#persister.drop(record.id);
    void deletePersisted(record.id).catch(() => undefined);
    this.#check(sent);
  }

  #check({ id, bytes, grant }: UploadRecord): void {
    this.items.update(id, { state: 'checking', sent: bytes });
    if (grant) this.#results.follow(id, grant.imageId);
  }

  #nextOrder(): number {
    this.#lastOrder = Math.max(this.#lastOrder + 1, Date.now());
    return this.#lastOrder;
  }

  #take(record: UploadRecord): void {
    const { id, target, name, bytes, grant } = record;
    this.#records.set(id, record);
    this.items.put({ id, target, name, bytes, sent: 0, state: 'waiting', imageId: grant?.imageId });
  }

  #keep(record: UploadRecord): UploadRecord {
    if (!this.#records.has(record.id)) return record;
    this.#records.set(record.id, record);
    // Without storage for records, files are uploaded nevertheless; only a reload would lose them.
    void saveUpload(record).catch(() => undefined);
    return record;
  }

  #end(id: string, state: 'stored' | 'refused' | 'failed', reason?: string): void {
    const item = this.items.get(id);
    const isStored = state === 'stored';
    const storedAt = isStored ? Date.now() : undefined;
    this.items.update(id, { state, reason, storedAt, sent: isStored ? (item?.bytes ?? 0) : 0 });
    if (state !== 'failed') this.#forget(id);
    if (isStored) setTimeout(() => this.items.clearStored(), STORED_MS);
  }

  #forget(id: string): void {
    this.#records.delete(id);
    this.#files.delete(id);
    this.#failures.delete(id);
    this.#persister.drop(id);
    void deleteUpload(id).catch(() => undefined);
  }
}

const withoutGrant = (record: UploadRecord): UploadRecord => ({
  ...record,
  grant: undefined,
  attempts: record.attempts + 1,
});

/**
 * The Idempotency-Key of a request for upload URLs. It depends on the files and their attempts: after a URL has expired a new
 * key is needed, because the old one would repeat the expired URL.
 */
const idempotencyKeyOf = (records: readonly UploadRecord[]): Promise<string> =>
  hashOf(records.map(({ id, attempts }) => `${id}.${attempts}`).join(' '), 16);

/** Whether the browser can still read the file: a memory card may have been removed. */
const isReadable = async (file: Blob | undefined): Promise<boolean> =>
  file
    ?.slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    ) ?? false;
