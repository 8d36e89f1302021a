import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  NoSuchUpload,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { connectS3 } from './s3-client.ts';

interface Part {
  PartNumber: number;
  ETag: string | undefined;
  ChecksumCRC32: string | undefined;
}

/** Not under 5 MiB, as S3 wants it of all parts but the last (S3 user guide, "Multipart upload limits"). */
const PART_BYTES = 8 * 1024 * 1024;

/** The CRC-32 of bytes, as S3 has it. */
export type Checksum = (bytes: Uint8Array) => string;

/** Writes an object of unknown length by a multipart upload, in the memory of two parts. */
export class ArchiveWriter {
  readonly #bucket: string;
  readonly #client: S3Client;

  constructor(bucket: string) {
    this.#bucket = bucket;
    this.#client = connectS3();
  }

  /** Begins an upload; of it nothing is to be seen until all of it is there. */
  async begin(key: string, contentType: string): Promise<string> {
    const { UploadId } = await this.#client.send(
      new CreateMultipartUploadCommand({
        Bucket: this.#bucket,
        Key: key,
        ContentType: contentType,
        ChecksumAlgorithm: 'CRC32',
      }),
    );
    if (!UploadId) throw new Error(`S3 gave no upload for ${key}`);
    return UploadId;
  }

  /** Writes all of the source, one part while the next is read, and makes the object visible. */
  async write(
    key: string,
    uploadId: string,
    source: AsyncIterable<Uint8Array>,
    checksum: Checksum,
    onPart: (bytesDone: number) => Promise<unknown>,
  ): Promise<void> {
    const target = { Bucket: this.#bucket, Key: key, UploadId: uploadId };
    const parts: Part[] = [];
    let done = 0;
    let uploading: Promise<void> = Promise.resolve();
    const upload = async (PartNumber: number, Body: Uint8Array) => {
      const ChecksumCRC32 = checksum(Body);
      const { ETag } = await this.#client.send(
        new UploadPartCommand({ ...target, PartNumber, Body, ContentLength: Body.length, ChecksumCRC32 }),
      );
      parts.push({ PartNumber, ETag, ChecksumCRC32 });
      done += Body.length;
      await onPart(done);
    };
    let number = 0;
    for await (const bytes of inParts(source)) {
      await uploading;
      uploading = upload(++number, bytes);
      // Whoever awaits it hears of its failure; until then it is no unhandled one.
      uploading.catch(() => {});
    }
    await uploading;
    await this.#client.send(
      new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: parts } }),
    );
  }

  async delete(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
  }

  /** Takes an unfinished upload away; one that is not there is none to take away. */
  async abort(key: string, uploadId: string): Promise<void> {
    try {
      await this.#client.send(
        new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key: key, UploadId: uploadId }),
      );
    } catch (error) {
      if (!(error instanceof NoSuchUpload)) throw error;
    }
  }
}

/**
 * The bytes of a stream in pieces that are long enough, the last of them excepted.
 *
 * All in two buffers, one of which is sent while the other is filled: new ones for each part would be five gigabytes of
 * garbage, which V8 lets lie until there is far more of it than we need. So a piece is good until the next but one is
 * asked for.
 */
async function* inParts(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let [filling, sending] = [Buffer.allocUnsafe(PART_BYTES), Buffer.allocUnsafe(PART_BYTES)];
  let length = 0;
  for await (const chunk of source) {
    let taken = 0;
    while (taken < chunk.length) {
      const piece = chunk.subarray(taken, taken + PART_BYTES - length);
      filling.set(piece, length);
      taken += piece.length;
      length += piece.length;
      if (length < PART_BYTES) break;
      yield filling;
      [filling, sending] = [sending, filling];
      length = 0;
    }
  }
  if (length > 0) yield filling.subarray(0, length);
}
