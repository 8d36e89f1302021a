import { ListObjectVersionsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { AUDIT_HEADS, auditHeadKey } from './object-keys.ts';
import { connectS3 } from './s3-client.ts';

/** The newest link of the audit log's chain when it was verified. */
export interface ChainHead {
  number: number;
  /** SHA-256 of the link's object, hexadecimal. */
  sha256: string;
  /** The day of the verification, as `2026-11-29`. */
  day: string;
}

/** For how long nobody can delete a head. A later one also proves all links before it. */
const LOCKED_DAYS = 90;
const DAY_MS = 86_400_000;

/**
 * The heads of the audit log's chain, which tell if its end was removed.
 *
 * A head is locked in the mode `compliance` also where segments and links are not: whoever may remove those (who may
 * change the bucket's policy and pass over a retention in the mode `governance`) cannot remove it. They can only hide it
 * by a delete marker, so versions are listed and not objects (S3 user guide, "Object Lock considerations").
 */
export class AuditHeads {
  readonly #bucket: string;
  readonly #client: S3Client = connectS3();

  constructor(bucket: string) {
    this.#bucket = bucket;
  }

  /** Records a head. Recording it again on the same day changes nothing. */
  async record({ number, sha256, day }: ChainHead, now: Date): Promise<void> {
    if ((await this.list()).some((head) => head.number === number && head.day === day)) return;
    await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: auditHeadKey(day, number, sha256),
        // Its name has everything.
        Body: new Uint8Array(),
        IfNoneMatch: '*',
        ChecksumAlgorithm: 'CRC32',
        ObjectLockMode: 'COMPLIANCE',
        ObjectLockRetainUntilDate: new Date(now.getTime() + LOCKED_DAYS * DAY_MS),
      }),
    );
  }

  /** Returns all heads, in any order. */
  async list(): Promise<ChainHead[]> {
    const heads: ChainHead[] = [];
    let position: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (let hasMore = true; hasMore; ) {
      const page = await this.#client.send(
        new ListObjectVersionsCommand({ Bucket: this.#bucket, Prefix: AUDIT_HEADS, ...position }),
      );
      heads.push(...(page.Versions ?? []).flatMap(({ Key = '' }) => headOf(Key) ?? []));
      position = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      hasMore = page.IsTruncated ?? false;
    }
    return heads;
  }
}

function headOf(key: string): ChainHead | undefined {
  const [, day, number, sha256] =
    /^(\d{4}-\d\d-\d\d)\/(\d+)-([0-9a-f]{64})$/.exec(key.slice(AUDIT_HEADS.length)) ?? [];
  return day && number && sha256 ? { number: Number(number), sha256, day } : undefined;
}
