import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
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

/** At least 5 MiB, the minimum of every part but the last (S3 user guide, "Multipart upload limits"). */
const PART_BYTES = 8 * 1024 * 1024;

/** Computes the CRC-32 of bytes in S3's form. */
export type Checksum = (bytes: Uint8Array) => string;

/** Writes an object of unknown length by a multipart upload, with the memory of two parts. */
export class ArchiveWriter {
  readonly #bucket: string;
  readonly #client: S3Client;

  constructor(bucket: string) {
    this.#bucket = bucket;
    this.#client = connectS3();
  }

  /** Starts a multipart upload. The object does not exist until the upload is completed. */
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

  /** Uploads the source, reading one part while the previous one is sent, and completes the upload. */
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
      // The failure is reported when the promise is awaited. Until then it must not be an unhandled rejection.
      uploading.catch(() => {});
    }
    await uploading;
    await this.#client.send(
      new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: parts } }),
    );
  }

  /** Aborts an unfinished upload. An upload that does not exist is ignored. */
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
 * Splits a stream into parts of the minimum size; only the last one may be shorter.
 *
 * Two buffers alternate: one is sent while the other is filled. New buffers for each part would be five gigabytes of
 * garbage, which V8 collects only after far more memory is in use than needed. So a part is valid only until the next
 * but one is requested.
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
