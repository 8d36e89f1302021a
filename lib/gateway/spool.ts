import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FoundFile } from '../cli/find-files.ts';
import { runMinorGc } from '../media/minor-gc.ts';
import { SyncedFolder } from './sync-folder.ts';

/** Why an instance is not put into the spool. */
export class SpoolRefusal extends Error {
  override readonly name = 'SpoolRefusal';
  readonly kind: 'full' | 'tooLarge';

  constructor(kind: 'full' | 'tooLarge', message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface SpoolLimits {
  /** Of all files that wait; bytes. */
  maxBytes: number;
  /** What stays free on the disk; bytes. */
  keepFreeBytes: number;
}

/** An incoming file whose bytes are on the disk, but which does not wait to be sent yet. */
export interface Draft {
  path: string;
  bytes: number;
  /** Puts it among the files that wait to be sent. Afterwards it survives a loss of power. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** A new, empty file. */
interface NewFile {
  path: string;
  handle: FileHandle;
}

/** New files that are kept ready: to create one takes the disk as long as to write a small instance. */
const READY_FILES = 4;
/** Bytes that are gathered before they are written: a fragment has at most 64 KB. */
const WRITE_BYTES = 512 * 1024;
type WriteBuffers = [Buffer, Buffer];
/** How many bytes arrive between two looks at the free space of the disk. */
const CHECK_BYTES = 16 * 1024 * 1024;
/** How long a look at the free space counts: other programs write to the disk, too. */
const CHECK_MS = 1000;

/**
 * The files that were received and are not in the service yet, on the disk: `incoming` has those that arrive, `waiting`
 * those that wait to be sent, and `refused` those that the service refused, each with its reason beside it. A file is
 * in `waiting` only if all its bytes are on the disk.
 */
export class Spool {
  readonly #folder: string;
  readonly #limits: SpoolLimits;
  readonly #waiting = new Map<string, FoundFile>();
  /** Used again, because such large ones are collected late. */
  readonly #buffers: WriteBuffers[] = [];
  readonly #waitingFolder: SyncedFolder;
  readonly #readyFiles: NewFile[] = [];
  #bytes = 0;
  #number = 0;
  /** When the disk was seen to have enough space, and how many bytes have arrived since. */
  #seenMs = Number.NEGATIVE_INFINITY;
  #unseenBytes = 0;
  #onAdded = () => {};

  private constructor(folder: string, limits: SpoolLimits) {
    this.#folder = folder;
    this.#limits = limits;
    this.#waitingFolder = new SyncedFolder(this.#in('waiting'));
  }

  /** Opens the folder. What had not completely arrived when the gateway ended was not acknowledged: it is deleted. */
  static async open(folder: string, limits: SpoolLimits): Promise<Spool> {
    const spool = new Spool(folder, limits);
    await rm(spool.#in('incoming'), { recursive: true, force: true });
    for (const each of ['incoming', 'waiting', 'refused'])
      await mkdir(spool.#in(each), { recursive: true, mode: 0o700 });
    for (const name of (await readdir(spool.#in('waiting'))).sort()) {
      const { size, mtimeMs } = await stat(spool.#in('waiting', name));
      spool.#add(name, size, mtimeMs);
    }
    return spool;
  }

  /** The files that wait, the oldest first. */
  get waiting(): FoundFile[] {
    return [...this.#waiting.values()];
  }

  /** Those and what is arriving; bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When the oldest waiting file arrived; milliseconds since 1970. */
  get oldestMs(): number | undefined {
    return this.#waiting.values().next().value?.modifiedMs;
  }

  /** Called after each added file. */
  onAdded(call: () => void): void {
    this.#onAdded = call;
  }

  /**
   * Writes a file as its bytes arrive, and waits until they are on the disk.
   *
   * @param maxBytes of the file
   * @throws SpoolRefusal, or the error of the disk or of the sender; then nothing is left of the file
   */
  async write(parts: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Draft> {
    let bytes = 0;
    let file: NewFile | undefined;
    const discard = async () => {
      if (file) await rm(file.path, { force: true });
      this.#bytes -= bytes;
      bytes = 0;
    };
    const buffers = this.#buffers.pop() ?? [Buffer.alloc(WRITE_BYTES), Buffer.alloc(WRITE_BYTES)];
    try {
      await this.#requireSpace();
      file = this.#readyFiles.pop() ?? (await this.#newFile());
      const { handle } = file;
      let written = Promise.resolve();
      for await (const batch of batches(parts, buffers)) {
        const isLook = Math.floor((bytes + batch.length) / CHECK_BYTES) > Math.floor(bytes / CHECK_BYTES);
        bytes += batch.length;
        this.#bytes += batch.length;
        this.#unseenBytes += batch.length;
        if (bytes > maxBytes)
          throw new SpoolRefusal('tooLarge', `larger than the ${maxBytes} bytes that the service stores`);
        if (isLook || this.#bytes > this.#limits.maxBytes) await this.#requireSpace();
        // The disk works while the rest arrives, so that the end has little to wait for. Its fault is seen at the end.
        if (isLook) handle.datasync().catch(() => {});
        if (isLook) runMinorGc();
        // The next batch arrives while this one is written.
        await written;
        written = writeAll(handle, batch);
        written.catch(() => {});
      }
      await written;
      await handle.datasync();
    } catch (error) {
      // A closed file has no write that still uses the buffers.
      await file?.handle.close().catch(() => {});
      await discard();
      throw isDiskFull(error) ? new SpoolRefusal('full', 'the disk is full') : error;
    } finally {
      this.#buffers.push(buffers);
    }
    // The sender does not wait for it: the bytes are on the disk.
    file.handle.close().catch(() => {});
    const draft = file.path;
    const commit = async () => {
      const name = `${Date.now()}-${String(this.#number++).padStart(9, '0')}-${randomUUID()}.dcm`;
      await rename(draft, this.#in('waiting', name));
      await this.#waitingFolder.sync();
      this.#bytes -= bytes;
      this.#add(name, bytes, Date.now());
      this.#onAdded();
      void this.#prepareFile();
    };
    return { path: draft, bytes, commit, discard };
  }

  /** Deletes a file that the service has stored. */
  async remove({ name }: FoundFile): Promise<void> {
    await rm(this.#in('waiting', name), { force: true });
    this.#forget(name);
  }

  /** Keeps a file that the service refused, with the reason, until a person has looked at it. */
  async refuse({ name }: FoundFile, reason: string): Promise<void> {
    await writeFile(this.#in('refused', `${name}.txt`), `${reason}\n`, { mode: 0o600 });
    await rename(this.#in('waiting', name), this.#in('refused', name));
    this.#forget(name);
  }

  /** How many files the service has refused that nobody has removed. */
  async refusedCount(): Promise<number> {
    return (await readdir(this.#in('refused'))).filter((name) => name.endsWith('.dcm')).length;
  }

  async #newFile(): Promise<NewFile> {
    const file = this.#in('incoming', randomUUID());
    return { path: file, handle: await open(file, 'wx', 0o600) };
  }

  /** Keeps a new file ready for the next sender. If it cannot be created, that sender is told. */
  async #prepareFile(): Promise<void> {
    if (this.#readyFiles.length >= READY_FILES) return;
    await this.#newFile().then(
      (file) => this.#readyFiles.push(file),
      () => {},
    );
  }

  #in(...names: string[]): string {
    return path.join(this.#folder, ...names);
  }

  #add(name: string, bytes: number, modifiedMs: number): void {
    this.#waiting.set(name, { path: Buffer.from(this.#in('waiting', name)), name, bytes, modifiedMs });
    this.#bytes += bytes;
  }

  #forget(name: string): void {
    this.#bytes -= this.#waiting.get(name)?.bytes ?? 0;
    this.#waiting.delete(name);
  }

  async #requireSpace(): Promise<void> {
    const { maxBytes, keepFreeBytes } = this.#limits;
    if (this.#bytes >= maxBytes) throw new SpoolRefusal('full', `the spool has its ${maxBytes} bytes`);
    const now = performance.now();
    if (now - this.#seenMs < CHECK_MS && this.#unseenBytes < CHECK_BYTES) return;
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize < keepFreeBytes)
      throw new SpoolRefusal('full', `the disk has less than ${keepFreeBytes} bytes left`);
    this.#seenMs = now;
    this.#unseenBytes = 0;
  }
}

/** Gathers small parts, so that each write has many of them. A batch is valid until the next but one. */
async function* batches(parts: AsyncIterable<Uint8Array>, buffers: WriteBuffers): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const part of parts) {
    for (let taken = 0; taken < part.length; ) {
      const length = Math.min(part.length - taken, WRITE_BYTES - at);
      buffers[0].set(part.subarray(taken, taken + length), at);
      taken += length;
      at += length;
      if (at < WRITE_BYTES) continue;
      yield buffers[0];
      buffers.reverse();
      at = 0;
    }
  }
  yield buffers[0].subarray(0, at);
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

const isDiskFull = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
