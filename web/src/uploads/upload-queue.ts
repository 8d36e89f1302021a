import { ApiError, explain } from '../api/api-error.ts';
import { faultOf } from './check-file.ts';
import { checksumOf } from './checksums.ts';
import { putBytes } from './put-bytes.ts';
import { hasArrived, MOST_AT_ONCE, sign } from './sign.ts';
import type { UploadItem, UploadRecord, UploadTarget } from './upload-record.ts';
import { adoptUploads, dropUpload, keepUpload, lockOf } from './upload-store.ts';

const AT_ONCE = 5;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 20_000;
/** How long what is stored stays in the list. */
const STORED_MS = 3000;
const NOTIFY_MS = 100;

/** The files that this page sends: five at a time, again where the network failed, and after a reload too. */
export class UploadQueue {
  readonly #subject: string;
  readonly #owner = crypto.randomUUID();
  readonly #records = new Map<string, UploadRecord>();
  readonly #items = new Map<string, UploadItem>();
  readonly #sending = new Map<string, AbortController>();
  readonly #listeners = new Set<() => void>();
  #snapshot: readonly UploadItem[] = [];
  #notifying: ReturnType<typeof setTimeout> | undefined;
  #isSigning = false;
  #isPaused = false;
  #pauseMs = FIRST_PAUSE_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(subject: string) {
    this.#subject = subject;
    // Held until the page is gone; then another page takes over what is left.
    void navigator.locks.request(lockOf(this.#owner), () => new Promise(() => undefined));
    window.addEventListener('online', () => this.#wake());
  }

  /** Goes on with what a page that is gone has left. */
  async resume(): Promise<void> {
    for (const record of await adoptUploads(this.#subject, this.#owner)) this.#take(record);
    this.#pump();
  }

  /** Takes files; one that could never be an image says so, and stops no other. */
  add(files: readonly File[], target: UploadTarget): void {
    for (const file of files) {
      const record: UploadRecord = {
        id: crypto.randomUUID(),
        subject: this.#subject,
        owner: this.#owner,
        target,
        file,
        name: file.name,
        type: file.type,
      };
      const fault = faultOf(file);
      this.#take(record);
      if (fault) this.#end(record.id, 'refused', fault);
      // Without room to remember them, files are sent all the same; only a reload would lose them.
      else void keepUpload(record).catch(() => undefined);
    }
    this.#pump();
  }

  /** Stops sending a file, or takes it off the list. */
  cancel(id: string): void {
    this.#sending.get(id)?.abort();
    this.#forget(id);
    this.#pump();
  }

  /** Sends again what failed, and only that. */
  retry(): void {
    for (const item of this.#items.values()) {
      if (item.state === 'failed') this.#update(item.id, { state: 'waiting', reason: undefined, sent: 0 });
    }
    this.#wake();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (isPaused) for (const controller of this.#sending.values()) controller.abort();
    this.#notify();
    this.#wake();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly items = (): readonly UploadItem[] => this.#snapshot;

  #wake(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#pump();
  }

  /** Starts whatever can be started now. */
  #pump(): void {
    if (this.#isPaused || this.#retry !== undefined) return;
    const waiting = [...this.#items.values()].filter(({ state }) => state === 'waiting');
    for (const { id } of waiting) {
      if (this.#sending.size >= AT_ONCE) return;
      const record = this.#records.get(id);
      if (record?.signed) void this.#send(record);
    }
    const unsigned = waiting.flatMap(({ id }) => this.#records.get(id) ?? []).filter(({ signed }) => !signed);
    if (unsigned.length > 0 && !this.#isSigning) void this.#sign(unsigned);
  }

  /** Gets leave to send the files, in as few requests as can be: a person has ten a minute. */
  async #sign(records: UploadRecord[]): Promise<void> {
    this.#isSigning = true;
    try {
      const target = records[0]?.target;
      if (!target) return;
      const most = target.kind === 'case' ? 1 : MOST_AT_ONCE;
      const ofTarget = records.filter((record) => isSame(record.target, target)).slice(0, most);
      const ready = (await Promise.all(ofTarget.map((record) => this.#withChecksum(record)))).filter(
        (record) => record !== undefined,
      );
      if (ready.length === 0) return;
      // The same files in another try are the same wish.
      const key = await keyOf(ready);
      const signed = await sign(target, ready, key);
      for (const [index, record] of ready.entries()) this.#keep({ ...record, signed: signed[index] });
      this.#pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      this.#onSignFailure(records, error);
    } finally {
      this.#isSigning = false;
      this.#pump();
    }
  }

  async #withChecksum(record: UploadRecord): Promise<UploadRecord | undefined> {
    if (record.crc32) return record;
    try {
      return this.#keep({ ...record, crc32: await checksumOf(record.id, record.file) });
    } catch (error) {
      this.#end(record.id, 'refused', explain(error));
      return undefined;
    }
  }

  #onSignFailure(records: UploadRecord[], error: unknown): void {
    if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) {
      this.#pause();
      return;
    }
    const target = records[0]?.target;
    const ofTarget = records.filter((record) => target && isSame(record.target, target));
    // `files.3.size must be …` is about one file; the others go without it.
    const named = ofTarget.slice(0, MOST_AT_ONCE).flatMap(({ id }, index) => {
      const reason = error.details.find((detail) => detail.startsWith(`files.${index}.`));
      return reason ? [{ id, reason }] : [];
    });
    if (named.length > 0) {
      for (const { id, reason } of named) this.#end(id, 'refused', reason);
      return;
    }
    for (const { id } of ofTarget) this.#end(id, 'refused', explain(error));
  }

  async #send(record: UploadRecord): Promise<void> {
    const { id, signed, file } = record;
    if (!signed) return;
    const controller = new AbortController();
    this.#sending.set(id, controller);
    this.#update(id, { state: 'sending' });
    const hasEnded = Date.parse(signed.expiresAt) < Date.now();
    const outcome = hasEnded
      ? 'unsigned'
      : await putBytes(file, signed, (sent) => this.#update(id, { sent }), controller.signal);
    this.#sending.delete(id);
    if (outcome === 'there') this.#end(id, 'stored');
    else if (outcome === 'refused') {
      this.#end(id, 'refused', 'What was sent is not the file that was chosen. Has it changed?');
    } else {
      this.#update(id, { state: 'waiting', sent: 0 });
      if (outcome === 'unsigned') await this.#signAnew(record);
      else if (outcome === 'lost') this.#pause();
    }
    if (outcome === 'there') this.#pauseMs = FIRST_PAUSE_MS;
    this.#pump();
  }

  /** A URL has ended: perhaps its bytes had arrived all the same, and only the word of it was lost. */
  async #signAnew({ signed, ...record }: UploadRecord): Promise<void> {
    this.#update(record.id, { state: 'sending' });
    try {
      if (signed && (await hasArrived(signed.imageId))) return this.#end(record.id, 'stored');
      this.#keep(record);
    } catch {
      this.#pause();
    }
    this.#update(record.id, { state: 'waiting' });
  }

  /** Waits before the next try, longer each time, or until the network is back. */
  #pause(): void {
    if (this.#retry !== undefined) return;
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined;
        this.#pump();
      },
      this.#pauseMs * (0.75 + Math.random() / 2),
    );
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #take(record: UploadRecord): void {
    const { id, target, name, file } = record;
    this.#records.set(id, record);
    this.#items.set(id, { id, target, name, bytes: file.size, sent: 0, state: 'waiting' });
    this.#notify();
  }

  #keep(record: UploadRecord): UploadRecord {
    if (!this.#items.has(record.id)) return record;
    this.#records.set(record.id, record);
    void keepUpload(record).catch(() => undefined);
    return record;
  }

  #end(id: string, state: 'stored' | 'refused' | 'failed', reason?: string): void {
    const item = this.#items.get(id);
    this.#update(id, { state, reason, sent: state === 'stored' ? (item?.bytes ?? 0) : 0 });
    if (state !== 'failed') {
      this.#records.delete(id);
      void dropUpload(id).catch(() => undefined);
    }
    if (state === 'stored') setTimeout(() => this.#clearStored(), STORED_MS);
  }

  /** What is stored leaves the list when all is, so that the sum of it stays true. */
  #clearStored(): void {
    const items = [...this.#items.values()];
    if (items.some(({ state }) => state === 'waiting' || state === 'sending')) return;
    for (const { id, state } of items) if (state === 'stored') this.#items.delete(id);
    this.#notify();
  }

  #forget(id: string): void {
    this.#items.delete(id);
    this.#records.delete(id);
    void dropUpload(id).catch(() => undefined);
    this.#notify();
    this.#clearStored();
  }

  #update(id: string, changes: Partial<UploadItem>): void {
    const item = this.#items.get(id);
    if (item) this.#items.set(id, { ...item, ...changes });
    this.#notify();
  }

  #notify(): void {
    this.#notifying ??= setTimeout(() => {
      this.#notifying = undefined;
      this.#snapshot = [...this.#items.values()];
      for (const listener of this.#listeners) listener();
    }, NOTIFY_MS);
  }
}

const isSame = (one: UploadTarget, other: UploadTarget): boolean =>
  one.kind === other.kind && one.id === other.id;

/** The same for the same files, and other for any others. */
async function keyOf(records: readonly UploadRecord[]): Promise<string> {
  const text = records.map(({ id }) => id).join(' ');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest).slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
