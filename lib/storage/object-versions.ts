import {
  CopyObjectCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { connectS3 } from './s3-client.ts';

/** A version of an object, or the marker of its deletion. */
export interface ObjectVersion {
  id: string;
  modifiedAt: Date;
  /** Undefined for a delete marker. */
  etag: string | undefined;
}

/** The versions of the objects of one bucket. */
export class ObjectVersions {
  readonly #bucket: string;
  readonly #client: S3Client = connectS3();

  constructor(bucket: string) {
    this.#bucket = bucket;
  }

  /** Yields each key with its versions, the newest first. */
  async *list(Prefix: string): AsyncGenerator<{ key: string; versions: ObjectVersion[] }> {
    let last: { key: string; versions: ObjectVersion[] } | undefined;
    let position: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (let hasMore = true; hasMore; ) {
      const page = await this.#client.send(
        new ListObjectVersionsCommand({ Bucket: this.#bucket, Prefix, ...position }),
      );
      // S3 lists versions and markers of a page apart, each in the order of keys.
      const markers = (page.DeleteMarkers ?? []).map((marker) => ({ ...marker, ETag: undefined }));
      const entries = [...(page.Versions ?? []), ...markers].map((entry) => ({
        key: entry.Key ?? '',
        id: entry.VersionId ?? '',
        modifiedAt: entry.LastModified ?? new Date(0),
        etag: entry.ETag,
        isLatest: entry.IsLatest ?? false,
      }));
      for (const [key, some] of [...Map.groupBy(entries, (entry) => entry.key)].sort(byKey)) {
        const versions = [...some].sort(
          (one, other) =>
            Number(other.isLatest) - Number(one.isLatest) ||
            other.modifiedAt.getTime() - one.modifiedAt.getTime(),
        );
        if (last?.key === key) last.versions.push(...versions);
        else {
          if (last) yield last;
          last = { key, versions };
        }
      }
      position = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      hasMore = page.IsTruncated ?? false;
    }
    if (last) yield last;
  }

  /** Removes a version for good. The one before a removed delete marker is the object again. */
  async remove(Key: string, VersionId: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key, VersionId }));
  }

  /** Makes an earlier version the object again, by a copy that keeps its metadata. The version that was the object stays. */
  async copyBack(Key: string, versionId: string): Promise<void> {
    await this.#client.send(
      new CopyObjectCommand({
        Bucket: this.#bucket,
        CopySource: `${this.#bucket}/${Key}?versionId=${encodeURIComponent(versionId)}`,
        Key,
      }),
    );
  }
}

const byKey = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);
