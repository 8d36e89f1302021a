import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

/** The objects of one bucket, for the functions behind the scenes, which write and delete. */
export class Objects {
  readonly #bucket: string;
  readonly #client: S3Client;

  constructor(bucket: string) {
    this.#bucket = bucket;
    this.#client = new S3Client({
      // S3-compatible stores have no host name for each bucket.
      forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  /** The object's bytes, or undefined where there is none. */
  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async write(key: string, bytes: Uint8Array, contentType: string): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: bytes, ContentType: contentType }),
    );
  }

  /** Copies within the bucket; S3 itself sees to it that the bytes are the same. */
  async copy(from: string, to: string, contentType: string): Promise<void> {
    await this.#client.send(
      new CopyObjectCommand({
        Bucket: this.#bucket,
        CopySource: `${this.#bucket}/${from}`,
        Key: to,
        ContentType: contentType,
        MetadataDirective: 'REPLACE',
      }),
    );
  }

  /** Deletes objects; those that are not there are none to delete. */
  async delete(keys: readonly string[]): Promise<void> {
    await Promise.all(
      keys.map((Key) => this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }))),
    );
  }
}
