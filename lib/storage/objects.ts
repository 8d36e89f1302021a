import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { connectS3 } from './s3-client.ts';

/** An object in a list. */
export interface ListedObject {
  key: string;
  modifiedAt: Date;
}

/** What S3 knows of an object. */
export interface ObjectHead {
  bytes: number;
  etag: string;
  /** As in `Crc32`; S3 may have another checksum of it, or one of its parts. */
  crc32: string | undefined;
}

/** The bytes of an object, and the entity tag that S3 gives to these bytes. */
export interface TaggedBytes {
  bytes: Uint8Array;
  etag: string;
  modifiedAt?: Date | undefined;
}

/** Reads, writes and deletes objects of one bucket, for event functions. */
export class Objects {
  readonly #bucket: string;
  readonly #client: S3Client;

  constructor(bucket: string) {
    this.#bucket = bucket;
    this.#client = connectS3();
  }

  /** Reads an object. Returns undefined if it does not exist. */
  async read(key: string): Promise<Uint8Array | undefined> {
    return (await this.readTagged(key))?.bytes;
  }

  /**
   * Reads an object with its entity tag. Returns undefined if it does not exist.
   *
   * @param etag the entity tag that the object must have, without quotation marks
   * @throws S3ServiceException PreconditionFailed if it has another one
   */
  async readTagged(key: string, etag?: string): Promise<TaggedBytes | undefined> {
    try {
      const { Body, ETag, LastModified } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key, ...(etag && { IfMatch: `"${etag}"` }) }),
      );
      if (!Body || !ETag) throw new Error(`S3 gave no bytes or no ETag of ${key}`);
      return { bytes: await Body.transformToByteArray(), etag: ETag, modifiedAt: LastModified };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** Returns what S3 knows of an object. Returns undefined if it does not exist. */
  async head(key: string): Promise<ObjectHead | undefined> {
    const input = { Bucket: this.#bucket, Key: key, ChecksumMode: 'ENABLED' as const };
    try {
      const {
        ContentLength: bytes = 0,
        ETag: etag = '',
        ChecksumCRC32: crc32,
      } = await this.#client.send(new HeadObjectCommand(input));
      return { bytes, etag, crc32 };
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  async write(key: string, bytes: Uint8Array, contentType: string): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: bytes, ContentType: contentType }),
    );
  }

  /**
   * Creates an object. Returns false if it exists already.
   *
   * A bucket with Object Lock accepts no object without a checksum (S3 user guide, "Object Lock considerations").
   */
  async create(key: string, bytes: Uint8Array, contentType: string): Promise<boolean> {
    const object = {
      Bucket: this.#bucket,
      Key: key,
      Body: bytes,
      ContentType: contentType,
      IfNoneMatch: '*',
      ChecksumAlgorithm: 'CRC32' as const,
    };
    try {
      await this.#client.send(new PutObjectCommand(object));
      return true;
    } catch (error) {
      // 412: the object exists. 409: a concurrent write is in progress (S3 API reference, PutObject, If-None-Match).
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status === 412 || status === 409) return false;
      throw error;
    }
  }

  /** Returns the first key with this prefix, in S3's order. */
  async firstKey(Prefix: string): Promise<string | undefined> {
    const { Contents = [] } = await this.#client.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix, MaxKeys: 1 }),
    );
    return Contents[0]?.Key;
  }

  /**
   * Yields the objects with a prefix in pages of at most 1,000, in the order of their keys.
   *
   * @param after only those with a later key
   */
  async *list(Prefix: string, after?: string): AsyncGenerator<ListedObject[]> {
    const input = { Bucket: this.#bucket, Prefix, ...(after !== undefined && { StartAfter: after }) };
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#client }, input))
      yield Contents.map(({ Key = '', LastModified = new Date() }) => ({
        key: Key,
        modifiedAt: LastModified,
      }));
  }

  /**
   * Copies an object within the bucket, if it still has the bytes that were read. S3 verifies the copied bytes itself.
   *
   * @param etag the entity tag of the bytes that were read
   * @throws S3ServiceException PreconditionFailed if others replaced them meanwhile
   */
  async copy(from: string, etag: string, to: string, contentType: string): Promise<void> {
    await this.#client.send(
      new CopyObjectCommand({
        Bucket: this.#bucket,
        CopySource: `${this.#bucket}/${from}`,
        CopySourceIfMatch: etag,
        Key: to,
        ContentType: contentType,
        MetadataDirective: 'REPLACE',
      }),
    );
  }

  /** Deletes at most 1,000 objects. Keys that do not exist are ignored. */
  async delete(keys: readonly string[]): Promise<void> {
    const { Errors = [] } = await this.#client.send(
      new DeleteObjectsCommand({
        Bucket: this.#bucket,
        Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
      }),
    );
    const [first] = Errors;
    if (first) throw new Error(`S3 did not delete ${first.Key}: ${first.Code} ${first.Message}`);
  }
}
