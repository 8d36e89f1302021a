import S3Error from '@20minutes/s3rver/lib/models/error.js';
import type { S3Store } from './s3-store.ts';
import type { StoredObject } from './stored-object.ts';
import { encodeXml } from './xml.ts';

/**
 * Responds to ListObjectsV2. s3rver's own implementation does not serve: its continuation tokens need a cipher that
 * Node no longer has, and its pages skip keys.
 */
export function listObjectsXml(store: S3Store, bucket: string, query: URLSearchParams): string {
  if (query.get('list-type') !== '2')
    throw new S3Error('NotImplemented', 'The local S3 lists with list-type=2 only.');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const maxKeys = Math.min(1000, Number(query.get('max-keys') ?? 1000));
  const startAfter =
    token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
  const encode = (text: string) =>
    encodeXml(query.get('encoding-type') === 'url' ? encodeURIComponent(text) : text);

  const contents: StoredObject[] = [];
  const commonPrefixes: string[] = [];
  let last = startAfter;
  let isTruncated = false;
  for (const stored of maxKeys > 0 ? store.list(bucket, prefix, startAfter) : []) {
    const cut = delimiter ? stored.key.indexOf(delimiter, prefix.length) : -1;
    const folded = cut < 0 ? undefined : stored.key.slice(0, cut + delimiter.length);
    // The previous page may have ended with this common prefix, which must not be listed twice.
    if (folded !== undefined && (folded === commonPrefixes.at(-1) || startAfter.startsWith(folded))) {
      last = stored.key;
      continue;
    }
    if (contents.length + commonPrefixes.length === maxKeys) {
      isTruncated = true;
      break;
    }
    if (folded === undefined) contents.push(stored);
    else commonPrefixes.push(folded);
    last = stored.key;
  }

  const elements: [string, string | number | boolean][] = [
    ['Name', bucket],
    ['Prefix', encode(prefix)],
    ['Delimiter', encode(delimiter)],
    ['MaxKeys', maxKeys],
    ['KeyCount', contents.length + commonPrefixes.length],
    ['IsTruncated', isTruncated],
  ];
  if (isTruncated) elements.push(['NextContinuationToken', Buffer.from(last).toString('base64url')]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    ...elements.filter(([, value]) => value !== '').map(([name, value]) => `<${name}>${value}</${name}>`),
    ...contents.map(
      ({ key, modified_at: modifiedAt, etag, size }) =>
        `<Contents><Key>${encode(key)}</Key><LastModified>${new Date(modifiedAt).toISOString()}</LastModified>` +
        `<ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    ),
    ...commonPrefixes.map((folded) => `<CommonPrefixes><Prefix>${encode(folded)}</Prefix></CommonPrefixes>`),
    '</ListBucketResult>',
  ].join('');
}

/**
 * Responds to ListObjectVersions. Each object has one version unless the stack keeps what was deleted or replaced. A page ends between
 * two keys.
 */
export function listVersionsXml(store: S3Store, bucket: string, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('key-marker') ?? '';
  const maxKeys = Math.min(1000, Number(query.get('max-keys') ?? 1000));
  const encode = (text: string) =>
    encodeXml(query.get('encoding-type') === 'url' ? encodeURIComponent(text) : text);
  const current = new Map<string, StoredObject>();
  let isTruncated = false;
  for (const stored of store.list(bucket, prefix, after)) {
    isTruncated = current.size === maxKeys;
    if (isTruncated) break;
    current.set(stored.key, stored);
  }
  const last = isTruncated ? [...current.keys()].at(-1) : undefined;
  const formerKeys = (store.versions?.keys(bucket, prefix, after) ?? []).filter(
    (key) => last === undefined || key <= last,
  );
  const entries = [...new Set([...current.keys(), ...formerKeys])].sort().flatMap((key) => {
    const stored = current.get(key);
    const former = store.versions?.of(bucket, key) ?? [];
    const id = store.versions ? stored?.blob : 'null';
    const newest = stored && { ...stored, id, isMarker: false, modifiedAt: stored.modified_at };
    return [...(newest ? [newest] : []), ...former].map((entry, index) => ({
      ...entry,
      isLatest: index === 0,
    }));
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${bucket}</Name><Prefix>${encode(prefix)}</Prefix><MaxKeys>${maxKeys}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>`,
    last === undefined
      ? ''
      : `<NextKeyMarker>${encode(last)}</NextKeyMarker><NextVersionIdMarker>null</NextVersionIdMarker>`,
    ...entries.map(({ key, id, isLatest, isMarker, modifiedAt, etag, size }) => {
      const common =
        `<Key>${encode(key)}</Key><VersionId>${id}</VersionId><IsLatest>${isLatest}</IsLatest>` +
        `<LastModified>${new Date(modifiedAt).toISOString()}</LastModified>`;
      return isMarker
        ? `<DeleteMarker>${common}</DeleteMarker>`
        : `<Version>${common}<ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Version>`;
    }),
    '</ListVersionsResult>',
  ].join('');
}
