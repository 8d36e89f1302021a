import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import S3Object from '@20minutes/s3rver/lib/models/object.js';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Queues } from '../sqs/queues.ts';
import { statement } from '../statement.ts';
import { region } from '../template.ts';
import type { BucketDefinition } from './s3-buckets.ts';
import { currentCall } from './s3-call.ts';
import { S3Versions } from './s3-versions.ts';
import { StoredObject } from './stored-object.ts';

/** Sorts after every key with the same prefix: the last code point, as often as a key can have it (1024 bytes). */
const greatestRest = '\u{10FFFF}'.repeat(256);

/** How much of an object is read at once. With Node's 64 KiB, a slice of half a megabyte takes a sixth more CPU time. */
const READ_BYTES = 512 * 1024;

const Part = z.object({ number: z.number(), blob: z.string(), size: z.number(), etag: z.string() });
const Upload = StoredObject.pick({ key: true, metadata: true });

/** An object that was created. */
export type CreatedObject = Pick<StoredObject, 'key' | 'etag'>;

/** A version of an object, by its id. */
export interface ObjectVersion {
  bucket: string;
  key: string;
  id: string;
}

interface Blob {
  blob: string;
  size: number;
  md5: string;
  crc32: string;
}

/**
 * The store of s3rver, with object metadata in SQLite and the bytes in immutable files. s3rver's own FilesystemStore
 * overwrites three files in place, and lists in another order than S3. Here an object and its events are written in one
 * transaction.
 */
export class S3Store {
  readonly #db: DatabaseSync;
  readonly #blobDir: string;
  readonly #buckets: Map<string, BucketDefinition>;
  readonly #queues: Queues;
  readonly #clock: Clock;
  /** Undefined if the bytes of what is deleted or replaced go at once. */
  readonly versions: S3Versions | undefined;
  readonly #listeners: ((bucket: string, object: CreatedObject) => void)[] = [];

  constructor(
    db: DatabaseSync,
    dataDir: string,
    buckets: Map<string, BucketDefinition>,
    queues: Queues,
    clock: Clock,
    keepsVersions = false,
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#blobDir = path.join(dataDir, 'blobs');
    this.#buckets = buckets;
    this.#queues = queues;
    mkdirSync(this.#blobDir, { recursive: true });
    db.exec(`
      CREATE TABLE IF NOT EXISTS objects (
        bucket TEXT, key TEXT, blob TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, etag TEXT NOT NULL, crc32 TEXT,
        modified_at INTEGER NOT NULL, metadata TEXT NOT NULL, PRIMARY KEY (bucket, key)
      ) STRICT;
      CREATE TABLE IF NOT EXISTS uploads (
        id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, started_at INTEGER NOT NULL, metadata TEXT NOT NULL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS parts (
        upload TEXT, number INTEGER, blob TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, etag TEXT NOT NULL,
        PRIMARY KEY (upload, number)
      ) STRICT;
    `);
    S3Versions.createTable(db);
    this.versions = keepsVersions ? new S3Versions(db, clock) : undefined;
    this.#removeOrphans();
  }

  /** Calls `listener` after each object that is created. */
  onCreated(listener: (bucket: string, object: CreatedObject) => void): void {
    this.#listeners.push(listener);
  }

  /** Returns the metadata of an object. */
  find(bucket: string, key: string): StoredObject | undefined {
    const row = statement(
      this.#db,
      'SELECT key, blob, size, etag, crc32, modified_at, metadata FROM objects WHERE bucket = ? AND key = ?',
    ).get(bucket, key);
    return row && StoredObject.parse(row);
  }

  async getBucket(name: string) {
    return this.#buckets.has(name) ? { name, creationDate: new Date(0) } : null;
  }

  async listBuckets() {
    return Promise.all([...this.#buckets.keys()].map((name) => this.getBucket(name)));
  }

  /** s3rver requests CORS, website and tag settings. CORS is handled before s3rver; the others do not exist here. */
  async getSubresource() {
    return null;
  }

  async existsObject(bucket: string, key: string): Promise<boolean> {
    return this.find(bucket, key) !== undefined;
  }

  async getObject(
    bucket: string,
    key: string,
    range: { start?: number; end?: number } = {},
  ): Promise<S3Object | null> {
    const stored = this.find(bucket, key);
    if (!stored) return null;
    const content = await this.#read(stored, range).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null; // deleted or replaced since the line above
      throw error;
    });
    if (!content) return this.getObject(bucket, key, range);
    const object = new S3Object(bucket, key, content, headersOf(stored));
    const { start, end = stored.size - 1 } = range;
    if (start !== undefined) object.range = { start, end };
    const call = currentCall.getStore();
    if (call && stored.crc32 && start === undefined) call.crc32 = stored.crc32;
    return object;
  }

  /** Writes an object of the stack itself, such as one of another AWS service. */
  putText(bucket: string, key: string, text: string) {
    return this.putObject(
      new S3Object(bucket, key, Buffer.from(text), { 'content-type': 'application/json' }),
    );
  }

  async putObject(object: S3Object): Promise<{ size: number; md5: string }> {
    const written = await this.#write(object.content ?? Buffer.alloc(0));
    this.#commit(object.bucket, object.key, 'ObjectCreated:Put', {
      ...written,
      etag: written.md5,
      metadata: textOnly(object.metadata),
    });
    return { size: written.size, md5: written.md5 };
  }

  async copyObject(
    fromBucket: string,
    fromKey: string,
    bucket: string,
    key: string,
    replacement: Record<string, unknown> | null,
  ) {
    const source = this.find(fromBucket, fromKey);
    if (!source) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: fromKey });
    const { sourceEtag = source.etag } = currentCall.getStore() ?? {};
    if (sourceEtag !== source.etag) throw preconditionFailed();
    const written = await this.#write(await this.#read(source));
    const metadata = replacement
      ? textOnly(new S3Object(bucket, key, null, replacement).metadata)
      : source.metadata;
    this.#commit(bucket, key, 'ObjectCreated:Copy', { ...written, etag: written.md5, metadata });
    return {
      'last-modified': new Date(this.#clock.now()).toUTCString(),
      etag: `"${written.md5}"`,
      'content-length': written.size,
    };
  }

  /** Copies a version of an object, with its metadata. */
  async copyVersion(version: ObjectVersion, bucket: string, key: string) {
    const source = this.#findVersion(version.bucket, version.key, version.id);
    if (!source) throw new S3Error('NoSuchVersion', 'The specified version does not exist.');
    const { metadata } = source;
    const written = await this.#write(await this.#read(source));
    this.#commit(bucket, key, 'ObjectCreated:Copy', { ...written, etag: written.md5, metadata });
    return { etag: written.md5, modifiedAt: this.#clock.now() };
  }

  /** Returns the metadata of a version of an object, also of the current one. */
  #findVersion(bucket: string, key: string, id: string): StoredObject | undefined {
    const current = this.find(bucket, key);
    return current?.blob === id ? current : this.versions?.find(bucket, key, id);
  }

  /** Deletes one version for good. If it was the newest, the one before it takes its place. */
  async deleteVersion(bucket: string, key: string, id: string): Promise<void> {
    const deleted = this.#findVersion(bucket, key, id);
    if (this.find(bucket, key)?.blob === id)
      statement(this.#db, 'DELETE FROM objects WHERE bucket = ? AND key = ?').run(bucket, key);
    this.versions?.delete(bucket, key, id);
    if (deleted) await rm(this.#blobPath(deleted.blob), { force: true });
  }

  #keeps(bucket: string): S3Versions | undefined {
    return this.#buckets.get(bucket)?.isVersioned ? this.versions : undefined;
  }

  async deleteObject(bucket: string, key: string): Promise<void> {
    this.#keeps(bucket)?.keep(bucket, key, { withMarker: true });
    const row = statement(this.#db, 'DELETE FROM objects WHERE bucket = ? AND key = ? RETURNING blob').get(
      bucket,
      key,
    );
    if (!row) return;
    for (const queue of this.#buckets.get(bucket)?.queuesFor('ObjectRemoved:Delete', key) ?? []) {
      this.#queues.send(queue, this.#event(bucket, key, 'ObjectRemoved:Delete', undefined), 's3');
    }
    if (!this.#keeps(bucket)) await rm(this.#blobPath(String(row.blob)), { force: true });
  }

  /** Yields the objects after `startAfter` in the byte order of their keys, which is the order of S3 and of SQLite. */
  *list(bucket: string, prefix: string, startAfter: string): Generator<StoredObject> {
    // Not an open cursor: a page may take a while, and an open cursor would block writes.
    let after = startAfter;
    for (;;) {
      const rows = statement(
        this.#db,
        `SELECT key, blob, size, etag, crc32, modified_at, metadata FROM objects
           WHERE bucket = ? AND key > ? AND key BETWEEN ? AND ? AND substr(key, 1, ?) = ? ORDER BY key LIMIT 1000`,
      ).all(bucket, after, prefix, prefix + greatestRest, [...prefix].length, prefix);
      // One by one, so that a caller may stop after the first.
      for (const row of rows) yield StoredObject.parse(row);
      if (rows.length < 1000) return;
      after = String(rows.at(-1)?.key);
    }
  }

  async initiateUpload(bucket: string, key: string, uploadId: string, headers: Record<string, unknown>) {
    const { metadata } = new S3Object(bucket, key, null, headers);
    statement(
      this.#db,
      'INSERT INTO uploads (id, bucket, key, started_at, metadata) VALUES (?, ?, ?, ?, ?)',
    ).run(uploadId, bucket, key, this.#clock.now(), JSON.stringify(textOnly(metadata)));
  }

  hasUpload(bucket: string, key: string, uploadId: string): boolean {
    return !!statement(this.#db, 'SELECT 1 FROM uploads WHERE id = ? AND bucket = ? AND key = ?').get(
      uploadId,
      bucket,
      key,
    );
  }

  async putPart(_bucket: string, uploadId: string, partNumber: string, content: Readable) {
    const written = await this.#write(content);
    const number = Number(partNumber);
    const replaced = statement(this.#db, 'SELECT blob FROM parts WHERE upload = ? AND number = ?').get(
      uploadId,
      number,
    );
    statement(
      this.#db,
      'INSERT OR REPLACE INTO parts (upload, number, blob, size, etag) VALUES (?, ?, ?, ?, ?)',
    ).run(uploadId, number, written.blob, written.size, written.md5);
    if (replaced) await rm(this.#blobPath(String(replaced.blob)), { force: true });
    return { size: written.size, md5: written.md5 };
  }

  async putObjectMultipart(bucket: string, uploadId: string, wanted: { number: number; etag: string }[]) {
    const upload = Upload.parse(
      statement(this.#db, 'SELECT key, metadata FROM uploads WHERE id = ?').get(uploadId),
    );
    const stored = new Map(this.#partsOf(uploadId).map((part) => [part.number, part]));
    const parts = wanted.map(({ number, etag }, index) => {
      const part = stored.get(number);
      if (!part || part.etag !== etag)
        throw new S3Error('InvalidPart', `Part ${number} was not found, or has another ETag.`);
      if (index > 0 && number <= (wanted[index - 1]?.number ?? 0)) {
        throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
      }
      if (index < wanted.length - 1 && part.size < 5 * 1024 * 1024) {
        throw new S3Error('EntityTooSmall', `Part ${number} is smaller than the minimum of 5 MiB.`);
      }
      return part;
    });
    const blobPath = (blob: string) => this.#blobPath(blob);
    async function* bytes() {
      for (const part of parts) yield* createReadStream(blobPath(part.blob));
    }
    const written = await this.#write(Readable.from(bytes()));
    const md5 = createHash('md5');
    for (const part of parts) md5.update(part.etag, 'hex');
    const etag = `${md5.digest('hex')}-${parts.length}`;
    this.#commit(bucket, upload.key, 'ObjectCreated:CompleteMultipartUpload', {
      ...written,
      etag,
      metadata: upload.metadata,
    });
    await this.abortUpload(uploadId);
    return { size: written.size, md5: etag };
  }

  async abortUpload(uploadId: string) {
    const parts = this.#partsOf(uploadId);
    statement(this.#db, 'DELETE FROM uploads WHERE id = ?').run(uploadId);
    statement(this.#db, 'DELETE FROM parts WHERE upload = ?').run(uploadId);
    for (const part of parts) await rm(this.#blobPath(part.blob), { force: true });
  }

  /** Deletes objects that have expired by the buckets' lifecycle rules. */
  async expire() {
    const now = this.#clock.now();
    const dayMs = 24 * 60 * 60 * 1000;
    for (const { name, lifecycleRules } of this.#buckets.values()) {
      for (const rule of lifecycleRules) {
        const { Prefix, ExpirationInDays, AbortIncompleteMultipartUpload, NoncurrentVersionExpiration } =
          rule;
        if (NoncurrentVersionExpiration) {
          const before = now - NoncurrentVersionExpiration.NoncurrentDays * dayMs;
          for (const blob of this.versions?.expire(name, Prefix, before) ?? [])
            await rm(this.#blobPath(blob), { force: true });
        }
        const old = (table: string, column: string, days: number) =>
          statement(
            this.#db,
            `SELECT * FROM ${table} WHERE bucket = ? AND substr(key, 1, ?) = ? AND ${column} < ?`,
          ).all(name, [...Prefix].length, Prefix, now - days * dayMs);
        if (ExpirationInDays !== undefined) {
          for (const { key } of old('objects', 'modified_at', ExpirationInDays))
            await this.deleteObject(name, String(key));
        }
        if (AbortIncompleteMultipartUpload) {
          const uploads = old('uploads', 'started_at', AbortIncompleteMultipartUpload.DaysAfterInitiation);
          for (const { id } of uploads) await this.abortUpload(String(id));
        }
      }
    }
  }

  /** Stores bytes under a new name, if they match the declared size and checksums. */
  async #write(content: Readable | Buffer): Promise<Blob> {
    const blob = randomUUID();
    const md5 = createHash('md5');
    const sha256 = createHash('sha256');
    const expected = currentCall.getStore()?.expected ?? {};
    let checksum = 0;
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        md5.update(chunk);
        if (expected.sha256) sha256.update(chunk);
        checksum = crc32(chunk, checksum);
        size += chunk.length;
        done(null, chunk);
      },
    });
    try {
      const source = Buffer.isBuffer(content) ? Readable.from([content]) : content;
      await pipeline(source, measure, createWriteStream(this.#blobPath(blob)));
      const written = { blob, size, md5: md5.digest('hex'), crc32: encodeCrc32(checksum) };
      verify(expected, written, expected.sha256 ? sha256.digest('hex') : undefined);
      return written;
    } catch (error) {
      await rm(this.#blobPath(blob), { force: true });
      throw error;
    }
  }

  #commit(
    bucket: string,
    key: string,
    eventName: string,
    object: { blob: string; size: number; etag: string; crc32: string; metadata: Record<string, string> },
  ) {
    const { blob, size, etag, metadata } = object;
    const call = currentCall.getStore();
    const replaced = this.find(bucket, key);
    if (replaced && call?.createOnly) {
      rmSync(this.#blobPath(blob), { force: true });
      throw preconditionFailed();
    }
    const queues = this.#buckets.get(bucket)?.queuesFor(eventName, key) ?? [];
    // There is no `await` between here and COMMIT, so two writers of one key can't both create it.
    const isKept = this.#keeps(bucket) !== undefined;
    this.#db.exec('BEGIN');
    try {
      this.#keeps(bucket)?.keep(bucket, key);
      statement(
        this.#db,
        `INSERT OR REPLACE INTO objects (bucket, key, blob, size, etag, crc32, modified_at, metadata)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(bucket, key, blob, size, etag, object.crc32, this.#clock.now(), JSON.stringify(metadata));
      for (const queue of queues)
        this.#queues.send(queue, this.#event(bucket, key, eventName, { size, etag }), 's3');
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
    for (const listener of this.#listeners) listener(bucket, { key, etag });
    if (call) call.crc32 = object.crc32;
    if (replaced && !isKept) rmSync(this.#blobPath(replaced.blob), { force: true });
  }

  #event(
    bucket: string,
    key: string,
    eventName: string,
    object: { size: number; etag: string } | undefined,
  ): string {
    const now = this.#clock.now();
    const definition = this.#buckets.get(bucket);
    return JSON.stringify({
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: region,
          eventTime: new Date(now).toISOString(),
          eventName,
          userIdentity: { principalId: 'AWS:local' },
          requestParameters: { sourceIPAddress: currentCall.getStore()?.sourceIp ?? '127.0.0.1' },
          responseElements: { 'x-amz-request-id': randomUUID(), 'x-amz-id-2': 'local' },
          s3: {
            s3SchemaVersion: '1.0',
            configurationId: 'local',
            bucket: { name: bucket, ownerIdentity: { principalId: 'local' }, arn: definition?.arn },
            object: {
              key: encodeEventKey(key),
              ...(object && { size: object.size, eTag: object.etag }),
              sequencer: nextSequencer(now),
            },
          },
        },
      ],
    });
  }

  async #read(
    stored: StoredObject,
    { start = 0, end = stored.size - 1 }: { start?: number; end?: number } = {},
  ): Promise<Readable> {
    const file = await open(this.#blobPath(stored.blob));
    const bytes = end - start + 1;
    if (bytes <= 0) return file.createReadStream({ start });
    return file.createReadStream({ start, end, highWaterMark: Math.min(bytes, READ_BYTES) });
  }

  #partsOf(uploadId: string) {
    const rows = statement(
      this.#db,
      'SELECT number, blob, size, etag FROM parts WHERE upload = ? ORDER BY number',
    ).all(uploadId);
    return z.array(Part).parse(rows);
  }

  #blobPath(blob: string): string {
    const dir = path.join(this.#blobDir, blob.slice(0, 2));
    if (!existsSync(dir)) mkdirSync(dir, { recursive: true });
    return path.join(dir, blob);
  }

  /** Deletes bytes whose object was never committed, or was deleted, when the last process was killed. */
  #removeOrphans() {
    const known = new Set(
      statement(
        this.#db,
        'SELECT blob FROM objects UNION ALL SELECT blob FROM parts UNION ALL SELECT blob FROM versions WHERE blob IS NOT NULL',
      )
        .all()
        .map((row) => String(row.blob)),
    );
    for (const dir of readdirSync(this.#blobDir)) {
      for (const blob of readdirSync(path.join(this.#blobDir, dir))) {
        if (!known.has(blob)) rmSync(path.join(this.#blobDir, dir, blob));
      }
    }
  }
}

export function preconditionFailed(): S3Error {
  return new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}

function verify(
  expected: { bytes?: number; crc32?: string; md5?: string },
  written: Blob,
  sha256: string | undefined,
) {
  const { bytes, crc32: wantedCrc32, md5, sha256: wantedSha256 } = { sha256: undefined, ...expected };
  if (bytes !== undefined && bytes !== written.size) {
    throw new S3Error(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    );
  }
  const mismatch = (name: string) =>
    new S3Error('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  if (wantedCrc32 !== undefined && wantedCrc32 !== written.crc32) throw mismatch('CRC32');
  if (md5 !== undefined && md5 !== Buffer.from(written.md5, 'hex').toString('base64'))
    throw mismatch('Content-MD5');
  if (wantedSha256 !== undefined && wantedSha256 !== sha256) {
    const error = new S3Error(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
    throw Object.assign(error, { status: 400 });
  }
}

function headersOf(stored: StoredObject): Record<string, string | number> {
  return {
    ...stored.metadata,
    etag: `"${stored.etag}"`,
    'last-modified': new Date(stored.modified_at).toUTCString(),
    'content-length': stored.size,
  };
}

/** An object's own metadata: the values from the request, without computed ones. */
function textOnly(metadata: Record<string, unknown>): Record<string, string> {
  const computed = ['etag', 'last-modified', 'content-length'];
  const entries = Object.entries(metadata).filter(
    ([name, value]) => value !== undefined && !computed.includes(name),
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** S3's form of a CRC-32: big-endian, in base64. */
function encodeCrc32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString('base64');
}

/** Keys in S3's events are form-encoded, except for their slashes. */
function encodeEventKey(key: string): string {
  return new URLSearchParams({ k: key }).toString().slice(2).replaceAll('%2F', '/');
}

let lastSequence = 0n;

/** A hexadecimal number that increases with every event, also after restarts. */
function nextSequencer(now: number): string {
  const earliest = BigInt(now) << 12n;
  lastSequence = earliest > lastSequence ? earliest : lastSequence + 1n;
  return lastSequence.toString(16).toUpperCase().padStart(16, '0');
}
