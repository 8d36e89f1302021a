import type { IncomingMessage, ServerResponse } from 'node:http';
import S3rver from '@20minutes/s3rver';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import type { Faults } from '../faults/faults.ts';
import type { Principals } from '../iam/principals.ts';
import { verifySignature } from '../iam/sigv4.ts';
import { readBody } from '../request-body.ts';
import type { BucketDefinition } from './s3-buckets.ts';
import { currentCall, type S3Call } from './s3-call.ts';
import { applyCors } from './s3-cors.ts';
import { applyS3Fault } from './s3-faults.ts';
import { listObjectsXml, listVersionsXml } from './s3-list.ts';
import { type ObjectVersion, preconditionFailed, type S3Store } from './s3-store.ts';
import type { StoredObject } from './stored-object.ts';
import { decodeXml, encodeXml } from './xml.ts';

/** The largest object of one PUT. */
const putLimitBytes = 5 * 1024 ** 3;

/** A parsed request to S3. */
interface S3Request {
  request: IncomingMessage;
  response: ServerResponse;
  bucket: string;
  key: string;
  query: URLSearchParams;
  may(action: string, resource: string, context?: Record<string, string>): boolean;
}

/** S3 under `/local/s3`: s3rver implements the protocol, and this class enforces the rules of S3 that s3rver lacks. */
export class S3 {
  readonly #buckets: Map<string, BucketDefinition>;
  readonly #store: S3Store;
  readonly #principals: Principals;
  readonly #faults: Faults;
  readonly #s3rver: (request: IncomingMessage, response: ServerResponse) => Promise<void>;

  constructor(
    buckets: Map<string, BucketDefinition>,
    store: S3Store,
    principals: Principals,
    faults: Faults,
    log: (line: string) => void,
  ) {
    this.#buckets = buckets;
    this.#store = store;
    this.#principals = principals;
    this.#faults = faults;
    const app = new S3rver({ silent: true, directory: '/nowhere', vhostBuckets: false });
    app.store = app.context.store = store;
    app.on('error', (error) => {
      if (!(error instanceof S3Error)) log(`s3: ${error}`);
    });
    app.middleware.unshift(async (context, next) => {
      // The signature is verified already. For s3rver, this is an authenticated caller (it may override response
      // headers).
      context.state.account = {};
      await next();
      const { crc32 } = currentCall.getStore() ?? {};
      const { method, headers } = context.req;
      if (
        crc32 &&
        (method === 'PUT' || headers['x-amz-checksum-mode']?.toString().toUpperCase() === 'ENABLED')
      ) {
        context.set('x-amz-checksum-crc32', crc32);
      }
    });
    this.#s3rver = app.callback();
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    mountPath: string,
  ): Promise<void> {
    try {
      // The raw path: URL has already resolved any `..` in its pathname.
      const rawPath = (request.url ?? '').split('?')[0] ?? '';
      const [bucket = '', ...keyParts] = decodePath(rawPath.slice(mountPath.length + 1)).split('/');
      const key = keyParts.join('/');
      if (keyParts.some((part) => part === '..' || part === '.')) {
        throw new S3Error('InvalidURI', 'The local S3 takes no `.` or `..` in a key.');
      }
      if (applyCors(request, response, this.#buckets.get(bucket))) return;
      const accessKeyId = verifySignature(request, url, this.#principals);
      const isSignedUrl = request.headers.authorization === undefined;
      const query = takeHeadersFromUrl(request, url);
      if (this.#faults.any) {
        const fault = this.#faults.of({
          service: 's3',
          action: operationOf(request, key, query),
          functionId: this.#principals.functionIdOf(accessKeyId),
          userAgent: request.headers['user-agent'],
          hasSignedUrl: isSignedUrl,
          bucket,
        });
        if (fault?.name === 'kill-before') return fault.kill();
        if (fault) applyS3Fault(fault, response);
      }
      const may: S3Request['may'] = (action, resource, context) =>
        this.#principals.may(accessKeyId, { action, resource, ...(context && { context }) });
      await this.#serve({ request, response, bucket, key, query, may });
      this.#principals.count(accessKeyId, {
        service: 's3',
        action: operationOf(request, key, query),
        requestBytes: Number(request.headers['content-length'] ?? 0),
        responseBytes: Number(response.getHeader('content-length') ?? 0),
      });
    } catch (error) {
      sendError(request, response, error);
    }
  }

  async #serve(s3: S3Request): Promise<void> {
    const { request, bucket, key, query } = s3;
    if (bucket === '') throw denied();
    const definition = this.#buckets.get(bucket);
    if (!definition)
      throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', { BucketName: bucket });
    const isOfVersion = request.method === 'DELETE' && key !== '' && this.#store.versions;
    for (const name of [
      ...(isOfVersion ? [] : ['versionId']),
      'acl',
      'tagging',
      'retention',
      'legal-hold',
      'torrent',
      'select',
    ]) {
      if (query.has(name)) throw new S3Error('NotImplemented', `The local S3 does not know ?${name}.`);
    }
    const operation = `${request.method} ${key === '' ? 'bucket' : 'object'}`;
    switch (operation) {
      case 'GET bucket':
      case 'HEAD bucket':
        if (query.has('versions')) {
          this.#require(s3, 's3:ListBucketVersions', definition.arn);
          return sendXml(s3.response, listVersionsXml(this.#store, bucket, query));
        }
        this.#require(s3, 's3:ListBucket', definition.arn, { 's3:prefix': query.get('prefix') ?? '' });
        return sendXml(
          s3.response,
          request.method === 'HEAD' ? '' : listObjectsXml(this.#store, bucket, query),
        );
      case 'POST bucket':
        if (query.has('delete')) return this.#deleteMany(s3, definition);
        break;
      case 'GET object':
      case 'HEAD object':
        if (query.has('uploadId')) break;
        return this.#get(s3, definition);
      case 'PUT object':
        this.#require(s3, 's3:PutObject', `${definition.arn}/${key}`);
        if (request.headers['x-amz-object-lock-mode'] !== undefined)
          this.#require(s3, 's3:PutObjectRetention', `${definition.arn}/${key}`);
        if (definition.isLocked) requireLockable(request);
        return this.#put(s3);
      case 'POST object':
        this.#require(s3, 's3:PutObject', `${definition.arn}/${key}`);
        if (query.has('uploadId')) this.#requireUpload(s3);
        else if (!query.has('uploads')) break;
        return this.#pass(
          s3,
          query.has('uploadId') ? { crc32: request.headers['x-amz-checksum-crc32'] } : {},
        );
      case 'DELETE object':
        if (query.has('uploadId')) {
          this.#require(s3, 's3:AbortMultipartUpload', `${definition.arn}/${key}`);
          this.#requireUpload(s3);
          await this.#store.abortUpload(query.get('uploadId') ?? '');
          s3.response.writeHead(204).end();
          return;
        }
        if (query.has('versionId')) {
          this.#require(s3, 's3:DeleteObjectVersion', `${definition.arn}/${key}`);
          if (definition.isLocked) throw denied();
          await this.#store.deleteVersion(bucket, key, query.get('versionId') ?? '');
          s3.response.writeHead(204).end();
          return;
        }
        this.#require(s3, 's3:DeleteObject', `${definition.arn}/${key}`);
        if (definition.isLocked) throw denied();
        return this.#pass(s3, {});
    }
    throw new S3Error('NotImplemented', `The local S3 does not know ${operation} ?${query}.`);
  }

  async #put(s3: S3Request) {
    const { request, bucket, key, query } = s3;
    const { headers } = request;
    if (Buffer.byteLength(key) > 1024) throw new S3Error('KeyTooLongError', 'Your key is too long');
    if (query.has('uploadId')) this.#requireUpload(s3);
    const source = headers['x-amz-copy-source'];
    if (source !== undefined) {
      const version = this.#requireSource(s3, String(source));
      return version ? this.#copyVersion(s3, version) : this.#pass(s3, {});
    }
    const payloadHash = String(headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD');
    if (
      payloadHash.startsWith('STREAMING-') ||
      headers['x-amz-trailer'] ||
      headers['x-amz-decoded-content-length']
    ) {
      throw new S3Error(
        'NotImplemented',
        "The local S3 takes no aws-chunked bodies: give your S3 client `requestChecksumCalculation: 'WHEN_REQUIRED'`.",
      );
    }
    if (headers['content-length'] === undefined) {
      throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
    }
    const bytes = Number(headers['content-length']);
    if (bytes > putLimitBytes) {
      throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size.');
    }
    if (headers['if-match'] !== undefined || (headers['if-none-match'] ?? '*') !== '*') {
      throw new S3Error('NotImplemented', 'The local S3 knows no condition on a PUT but If-None-Match: *.');
    }
    // An early check, so that no client sends a gigabyte in vain. The same check at the end is decisive.
    if (headers['if-none-match'] === '*' && this.#store.find(bucket, key)) throw preconditionFailed();
    return this.#pass(s3, {
      bytes,
      crc32: headers['x-amz-checksum-crc32'],
      md5: headers['content-md5'],
      sha256: /^[0-9a-f]{64}$/.test(payloadHash) ? payloadHash : undefined,
    });
  }

  async #get(s3: S3Request, { arn }: BucketDefinition) {
    const { request, response, bucket, key } = s3;
    this.#require(s3, 's3:GetObject', `${arn}/${key}`);
    const stored = this.#store.find(bucket, key);
    // As in the cloud, a caller who may not list the bucket gets 403 instead of 404 for an object that does not exist.
    if (!stored && !s3.may('s3:ListBucket', arn)) throw denied();
    if (!stored) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
    if (isUnmodified(request, stored)) {
      const lastModified = new Date(stored.modified_at).toUTCString();
      response.writeHead(304, { etag: `"${stored.etag}"`, 'last-modified': lastModified }).end();
      return;
    }
    for (const name of ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since']) {
      delete request.headers[name];
    }
    const range = parseRange(request.headers.range, stored.size);
    if (range === 'unsatisfiable')
      throw new S3Error('InvalidRange', 'The requested range is not satisfiable');
    if (range) request.headers.range = `bytes=${range.start}-${range.end}`;
    else delete request.headers.range;
    return this.#pass(s3, {});
  }

  /** s3rver's own implementation reads keys of digits as numbers, and ignores policies. */
  async #deleteMany(s3: S3Request, { name, arn, isLocked }: BucketDefinition) {
    const body = (await readBody(s3.request, 2 * 1024 * 1024))?.toString('utf8') ?? '';
    const keys = [...body.matchAll(/<Key>([^<]+)<\/Key>/g)].map((match) => decodeXml(match[1] ?? ''));
    if (keys.length === 0 || keys.length > 1000) {
      throw new S3Error('MalformedXML', 'Expected 1 to 1000 keys.');
    }
    const results = keys.map(async (key) => {
      const element = `<Key>${encodeXml(key)}</Key>`;
      if (isLocked || !s3.may('s3:DeleteObject', `${arn}/${key}`)) {
        return `<Error>${element}<Code>AccessDenied</Code><Message>Access Denied</Message></Error>`;
      }
      await this.#store.deleteObject(name, key);
      return /<Quiet>true<\/Quiet>/.test(body) ? '' : `<Deleted>${element}</Deleted>`;
    });
    const xml = (await Promise.all(results)).join('');
    sendXml(
      s3.response,
      `<?xml version="1.0" encoding="UTF-8"?>\n<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${xml}</DeleteResult>`,
    );
  }

  /** s3rver knows no versions, and refuses to copy an object onto itself. */
  async #copyVersion({ response, bucket, key }: S3Request, version: ObjectVersion) {
    const { etag, modifiedAt } = await this.#store.copyVersion(version, bucket, key);
    sendXml(
      response,
      `<?xml version="1.0" encoding="UTF-8"?>\n<CopyObjectResult><ETag>&quot;${etag}&quot;</ETag><LastModified>${new Date(modifiedAt).toISOString()}</LastModified></CopyObjectResult>`,
    );
  }

  async #pass(s3: S3Request, expected: { [name in keyof S3Call['expected']]: unknown }) {
    const { request, response, bucket, key, query } = s3;
    const call: S3Call = {
      createOnly: request.headers['if-none-match'] === '*',
      sourceEtag: request.headers['x-amz-copy-source-if-match']?.toString().replaceAll('"', ''),
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      expected: JSON.parse(JSON.stringify(expected)),
    };
    delete request.headers.authorization;
    const path = [bucket, ...(key === '' ? [] : key.split('/'))].map(encodeURIComponent).join('/');
    request.url = `/${path}${query.size > 0 ? `?${query}` : ''}`;
    // Koa finishes its response some time after the callback; the caller needs to know when.
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    await currentCall.run(call, () => this.#s3rver(request, response));
    await closed;
  }

  #require(s3: S3Request, action: string, resource: string, context?: Record<string, string>) {
    if (!s3.may(action, resource, context)) throw denied();
  }

  #requireUpload({ bucket, key, query }: S3Request) {
    const partNumber = Number(query.get('partNumber') ?? 1);
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > 10_000) {
      throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
    }
    if (this.#store.hasUpload(bucket, key, query.get('uploadId') ?? '')) return;
    throw new S3Error('NoSuchUpload', 'The specified upload does not exist.');
  }

  /** Returns the version that is to be copied; undefined for the current one. */
  #requireSource(s3: S3Request, header: string): ObjectVersion | undefined {
    const [source = '', version] = header.replace(/^\//, '').split('?versionId=');
    const [bucket = '', ...parts] = decodePath(source).split('/');
    const key = parts.join('/');
    const definition = this.#buckets.get(bucket);
    if (!definition)
      throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', { BucketName: bucket });
    const action = version === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
    this.#require(s3, action, `${definition.arn}/${key}`);
    for (const name of Object.keys(s3.request.headers)) {
      if (!name.startsWith('x-amz-copy-source-if-') || name === 'x-amz-copy-source-if-match') continue;
      throw new S3Error('NotImplemented', `The local S3 does not know ${name}.`);
    }
    const found = version === undefined ? this.#store.find(bucket, key) : true;
    if (!found && !s3.may('s3:ListBucket', definition.arn)) throw denied();
    // s3rver decodes with decodeURI, which leaves `%2B` and the like encoded: pass only what that decodes.
    s3.request.headers['x-amz-copy-source'] = `/${bucket}/${key.replaceAll('%', '%25')}`;
    return version === undefined ? undefined : { bucket, key, id: decodeURIComponent(version) };
  }
}

/** The operation's name, as in AWS's billing. */
function operationOf({ method, headers }: IncomingMessage, key: string, query: URLSearchParams): string {
  const multipart = query.has('uploadId');
  switch (method) {
    case 'GET':
      if (query.has('versions')) return 'ListObjectVersions';
      return key === '' ? 'ListObjectsV2' : 'GetObject';
    case 'HEAD':
      return key === '' ? 'HeadBucket' : 'HeadObject';
    case 'PUT':
      if (multipart) return 'UploadPart';
      return headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject';
    case 'POST':
      if (multipart) return 'CompleteMultipartUpload';
      return query.has('uploads') ? 'CreateMultipartUpload' : 'DeleteObjects';
    default:
      return multipart ? 'AbortMultipartUpload' : 'DeleteObject';
  }
}

/**
 * Refuses what a bucket with Object Lock refuses, and what would replace an object: in the cloud that adds a version, here it
 * would remove the locked one.
 */
function requireLockable({ headers }: IncomingMessage): void {
  if (headers['if-none-match'] !== '*') throw denied();
  const names = Object.keys(headers);
  if (names.some((name) => name === 'content-md5' || name.startsWith('x-amz-checksum-'))) return;
  throw new S3Error(
    'InvalidRequest',
    'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
  );
}

function denied(): S3Error {
  return new S3Error('AccessDenied', 'Access Denied');
}

/**
 * S3 reads `x-amz-*` parameters of a signed URL as headers. Removes them, and those of the signature, from the query.
 */
function takeHeadersFromUrl(request: IncomingMessage, url: URL): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of url.searchParams) {
    if (name.toLowerCase().startsWith('x-amz-')) request.headers[name.toLowerCase()] = value;
    else query.append(name, value);
  }
  return query;
}

function isUnmodified({ headers }: IncomingMessage, stored: StoredObject): boolean {
  const names = (list: string) =>
    list.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
  const includesTag = (list: string) => names(list).some((tag) => tag === '*' || tag === stored.etag);
  const modifiedAt = Math.floor(stored.modified_at / 1000) * 1000;
  if (headers['if-match'] !== undefined) {
    if (!includesTag(headers['if-match'])) throw preconditionFailed();
  } else if (headers['if-unmodified-since'] && modifiedAt > Date.parse(headers['if-unmodified-since'])) {
    throw preconditionFailed();
  }
  if (headers['if-none-match'] !== undefined) return includesTag(headers['if-none-match']);
  return headers['if-modified-since'] !== undefined && modifiedAt <= Date.parse(headers['if-modified-since']);
}

/** Parses `bytes=a-b`, `bytes=a-` and `bytes=-n`. As in S3, an invalid header is ignored. */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  return start >= size || (first === '' && Number(last) === 0) ? 'unsatisfiable' : { start, end };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.");
  }
}

function sendXml(response: ServerResponse, xml: string) {
  response
    .writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) })
    .end(xml);
}

function sendError(request: IncomingMessage, response: ServerResponse, error: unknown) {
  request.resume(); // A client that still sends would otherwise never read the answer.
  const s3Error =
    error instanceof S3Error
      ? error
      : new S3Error('InternalError', 'We encountered an internal error. Please try again.');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const xml = s3Error.toXML();
  response.writeHead(s3Error.status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(xml),
  });
  response.end(request.method === 'HEAD' ? undefined : xml);
}
