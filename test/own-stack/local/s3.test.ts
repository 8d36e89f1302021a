import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalStack } from '../../../lib/local/local-stack.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

let testStack: TestStack;
let stack: LocalStack;
let s3: S3Client;
let bucket: string;
let locked: string;

beforeAll(async () => {
  testStack = makeTestStack();
  stack = await testStack.start();
  s3 = new S3Client({
    endpoint: stack.s3Endpoint,
    region: 'us-east-1',
    credentials: stack.credentials,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const { env } = (await (await fetch(`${stack.url}/echo`)).json()) as {
    env: Record<'BUCKET' | 'LOCKED', string>;
  };
  bucket = env.BUCKET;
  locked = env.LOCKED;
});
afterAll(async () => {
  s3.destroy();
  await stack.close();
  testStack.remove();
});

const put = (key: string, body: string | Buffer, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...more }));
const get = async (key: string, more: object = {}) => {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...more }));
  return { ...answer, text: await answer.Body?.transformToString() };
};
const list = async (prefix: string, more: object = {}) =>
  s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...more }));
const keysOf = async (prefix: string) => (await list(prefix)).Contents?.map(({ Key }) => Key) ?? [];
const crcOf = (body: string) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
};

/** A signed PUT as the service makes it, with size, type, checksum and create-only. */
async function signedPut(key: string, body: string) {
  const headers = {
    'content-length': String(body.length),
    'content-type': 'image/png',
    'if-none-match': '*',
    'x-amz-checksum-crc32': crcOf(body),
  };
  const url = await getSignedUrl(
    s3,
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      ContentLength: body.length,
      ContentType: 'image/png',
      IfNoneMatch: '*',
      ChecksumCRC32: crcOf(body),
    }),
    {
      expiresIn: 60,
      signableHeaders: new Set(Object.keys(headers)),
      unhoistableHeaders: new Set(['x-amz-checksum-crc32']),
    },
  );
  return { url, headers };
}

async function send(
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; text: string }> {
  // Not fetch, which computes the content length by itself.
  const request = httpRequest(url, { method: 'PUT', headers });
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text };
}

describe('objects', () => {
  test('are returned unchanged, with their metadata', async () => {
    await put('objects/ä b+c%.txt', 'hello', {
      ContentType: 'text/plain',
      Metadata: { who: 'me' },
      CacheControl: 'no-store',
    });
    const { text, ContentType, Metadata, ETag, CacheControl } = await get('objects/ä b+c%.txt');
    expect({ text, ContentType, Metadata, ETag, CacheControl }).toEqual({
      text: 'hello',
      ContentType: 'text/plain',
      Metadata: { who: 'me' },
      ETag: `"${createHash('md5').update('hello').digest('hex')}"`,
      CacheControl: 'no-store',
    });
  });

  test('may be empty', async () => {
    await put('objects/empty', '');
    expect((await get('objects/empty')).text).toBe('');
  });

  test('may have keys that a file system does not allow', async () => {
    const keys = ['odd//double', `odd/${'long'.repeat(200)}`, 'odd/a', 'odd/a/b', 'odd/dir/'];
    for (const key of keys) await put(key, key);
    for (const key of keys) expect((await get(key)).text).toBe(key);
  });

  test('cannot leave the data directory by their keys', async () => {
    await expect(put('odd/../up', 'x')).rejects.toMatchObject({ name: 'InvalidURI' });
  });

  test.each([
    ['bytes=0-0', 'a', 'bytes 0-0/10'],
    ['bytes=2-4', 'cde', 'bytes 2-4/10'],
    ['bytes=7-', 'hij', 'bytes 7-9/10'],
    ['bytes=-3', 'hij', 'bytes 7-9/10'],
    ['bytes=-99', 'abcdefghij', 'bytes 0-9/10'],
    ['bytes=8-99', 'ij', 'bytes 8-9/10'],
  ])('are read in part by %s', async (range, expected, contentRange) => {
    await put('objects/ranges', 'abcdefghij');
    const { text, ContentRange } = await get('objects/ranges', { Range: range });
    expect([text, ContentRange]).toEqual([expected, contentRange]);
  });

  test('have no bytes after their end', async () => {
    await put('objects/ranges', 'abcdefghij');
    await expect(get('objects/ranges', { Range: 'bytes=10-' })).rejects.toMatchObject({
      name: 'InvalidRange',
    });
  });

  test('are not sent to clients that have them', async () => {
    const { ETag } = await put('objects/etag', 'x');
    await expect(get('objects/etag', { IfNoneMatch: ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(get('objects/etag', { IfMatch: '"other"' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    expect((await get('objects/etag', { IfMatch: ETag })).text).toBe('x');
  });

  test('return their checksum on request', async () => {
    await put('objects/crc', 'check me', { ChecksumCRC32: crcOf('check me') });
    const head = (more: object) =>
      s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'objects/crc', ...more }));
    expect((await head({ ChecksumMode: 'ENABLED' })).ChecksumCRC32).toBe(crcOf('check me'));
    expect((await head({})).ChecksumCRC32).toBeUndefined();
  });

  test('are copied with their metadata, or with new metadata', async () => {
    await put('objects/from +%41', 'copy', { ContentType: 'text/plain' });
    const CopySource = encodeURIComponent(`${bucket}/objects/from +%41`);
    await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: 'objects/to', CopySource }));
    expect(await get('objects/to')).toMatchObject({ text: 'copy', ContentType: 'text/plain' });
    await s3.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: 'objects/to',
        CopySource,
        ContentType: 'a/b',
        MetadataDirective: 'REPLACE',
      }),
    );
    expect(await get('objects/to')).toMatchObject({ text: 'copy', ContentType: 'a/b' });
  });

  test('are copied only if they are the version that the copy names', async () => {
    const { ETag } = await put('objects/inspected', 'inspected');
    const copy = (CopySourceIfMatch: string | undefined) =>
      s3.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: 'objects/taken',
          CopySource: `${bucket}/objects/inspected`,
          CopySourceIfMatch,
        }),
      );
    await copy(ETag);
    expect((await get('objects/taken')).text).toBe('inspected');
    const { ETag: replaced } = await put('objects/inspected', 'replaced');
    await expect(copy(ETag)).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
    expect((await get('objects/taken')).text).toBe('inspected');
    await copy(replaced);
    expect((await get('objects/taken')).text).toBe('replaced');
  });

  test('do not exist after their deletion, one or many', async () => {
    for (const name of ['1', '2', '3&<']) await put(`gone/${name}`, name);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'gone/1' }));
    const Objects = [{ Key: 'gone/2' }, { Key: 'gone/3&<' }, { Key: 'gone/never' }];
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['gone/2', 'gone/3&<', 'gone/never']);
    expect(await keysOf('gone/')).toEqual([]);
    await expect(get('gone/1')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('of aws-chunked bodies are refused with the reason', async () => {
    const chunked = new S3Client({
      endpoint: stack.s3Endpoint,
      region: 'us-east-1',
      credentials: stack.credentials,
      forcePathStyle: true,
    });
    const { Readable } = await import('node:stream');
    await expect(
      chunked.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: 'chunked',
          Body: Readable.from(['x']),
          ContentLength: 1,
        }),
      ),
    ).rejects.toThrow('WHEN_REQUIRED');
  });
});

describe('lists', () => {
  test('are in byte order, page by page', async () => {
    const keys = ['a-b', 'a/b', 'a', 'a.b', 'aé', 'ab', 'a😀', 'aﬀ'].map((name) => `order/${name}`);
    for (const key of keys) await put(key, 'x');
    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list('order/', { MaxKeys: 3, ContinuationToken });
      found.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(found).toEqual(keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  test('group common prefixes up to the delimiter', async () => {
    for (const key of ['fold/1/a', 'fold/1/b', 'fold/2']) await put(key, 'x');
    const { CommonPrefixes, Contents } = await list('fold/', { Delimiter: '/' });
    expect(CommonPrefixes).toEqual([{ Prefix: 'fold/1/' }]);
    expect(Contents?.map(({ Key }) => Key)).toEqual(['fold/2']);
    const first = await list('fold/', { Delimiter: '/', MaxKeys: 1 });
    expect(first.CommonPrefixes).toEqual([{ Prefix: 'fold/1/' }]);
    const second = await list('fold/', {
      Delimiter: '/',
      MaxKeys: 1,
      ContinuationToken: first.NextContinuationToken,
    });
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(['fold/2']);
    expect(second.IsTruncated).toBe(false);
  });
});

describe('a signed PUT', () => {
  test('accepts the body that it was signed for, from a browser of an allowed origin', async () => {
    const { url, headers } = await signedPut('signed/ok', 'body');
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://clinic.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': Object.keys(headers).join(','),
      },
    });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://clinic.example');
    expect((await send(url, headers, 'body')).status).toBe(200);
    expect((await get('signed/ok')).text).toBe('body');
  });

  test('is refused a second time', async () => {
    const { url, headers } = await signedPut('signed/twice', 'body');
    expect((await send(url, headers, 'body')).status).toBe(200);
    expect((await send(url, headers, 'body')).status).toBe(412);
  });

  test('is accepted once if many are sent at the same time', async () => {
    const { url, headers } = await signedPut('signed/race', 'body');
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(url, headers, 'body')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(19);
  });

  test('refuses other bytes of the same size', async () => {
    const { url, headers } = await signedPut('signed/bytes', 'body');
    const { status, text } = await send(url, headers, 'evil');
    expect(status).toBe(400);
    expect(text).toContain('BadDigest');
    await expect(get('signed/bytes')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test.each([
    ['another size', { 'content-length': '3' }],
    ['another type', { 'content-type': 'text/html' }],
    ['another checksum', { 'x-amz-checksum-crc32': 'AAAAAA==' }],
    ['no create-only condition', { 'if-none-match': '' }],
    ['an unsigned header', { 'x-amz-meta-extra': '1' }],
  ])('refuses %s', async (_what, changed) => {
    const { url, headers } = await signedPut('signed/changed', 'body');
    const body = 'content-length' in changed ? 'bod' : 'body';
    expect((await send(url, { ...headers, ...changed }, body)).status).toBe(403);
    await expect(get('signed/changed')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test.each([
    ['another key', (url: string) => url.replace('signed/altered', 'signed/other')],
    ['another signature', (url: string) => url.replace(/Signature=..../, 'Signature=0000')],
    ['a longer validity', (url: string) => url.replace('Expires=60', 'Expires=600')],
    ['no signature', (url: string) => url.replace(/\?.*/, '')],
    ['another caller', (url: string) => url.replace(/Credential=[^%]+/, 'Credential=AKIAEXAMPLE')],
  ])('refuses %s', async (_what, alter) => {
    const { url, headers } = await signedPut('signed/altered', 'body');
    expect((await send(alter(url), headers, 'body')).status).toBe(403);
  });

  test('is refused after its expiry, and a browser of an allowed origin may read that', async () => {
    const command = new PutObjectCommand({ Bucket: bucket, Key: 'signed/late' });
    const url = await getSignedUrl(s3, command, {
      expiresIn: 60,
      signingDate: new Date(Date.now() - 61_000),
    });
    const response = await fetch(url, {
      method: 'PUT',
      body: 'x',
      headers: { origin: 'https://clinic.example' },
    });
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://clinic.example');
    expect(await response.text()).toContain('Request has expired');
  });

  test('that is interrupted leaves nothing', async () => {
    const command = new PutObjectCommand({ Bucket: bucket, Key: 'signed/broken' });
    const url = await getSignedUrl(s3, command, { expiresIn: 60 });
    const request = httpRequest(url, { method: 'PUT', headers: { 'content-length': 1000 } });
    request.on('error', () => undefined);
    request.write('x'.repeat(500));
    await new Promise((resolve) => setTimeout(resolve, 50));
    request.destroy();
    await put('signed/after', 'x');
    expect(await keysOf('signed/broken')).toEqual([]);
  });

  test('needs a content length', async () => {
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket: bucket, Key: 'signed/length' }), {
      expiresIn: 60,
    });
    const { status } = await send(url, { 'transfer-encoding': 'chunked' }, 'x');
    expect(status).toBe(411);
  });

  test('of another origin has no CORS headers', async () => {
    const { url } = await signedPut('signed/foreign', 'body');
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'PUT' };
    const preflight = await fetch(url, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(403);
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('a signed GET overrides the response’s headers', async () => {
  await put('signed/name', 'x');
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: 'signed/name',
    ResponseContentDisposition: 'attachment; filename="a b.txt"',
  });
  const response = await fetch(await getSignedUrl(s3, command, { expiresIn: 60 }));
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="a b.txt"');
});

describe('multipart uploads', () => {
  const partSize = 5 * 1024 * 1024;
  const start = async (key: string) => {
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        ContentType: 'a/zip',
        ChecksumAlgorithm: 'CRC32',
        ChecksumType: 'FULL_OBJECT',
      }),
    );
    return { Bucket: bucket, Key: key, UploadId };
  };
  const sendParts = async (upload: { Bucket: string; Key: string; UploadId: string | undefined }) => {
    const bodies = ['a'.repeat(partSize), 'end'];
    const sent = bodies.map(async (Body, index) => {
      const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: index + 1, Body }));
      return { ETag, PartNumber: index + 1 };
    });
    return { Parts: await Promise.all(sent), whole: bodies.join('') };
  };

  test('become one object when they are completed', async () => {
    const upload = await start('multi/whole');
    const { Parts, whole } = await sendParts(upload);
    expect(await keysOf('multi/')).toEqual([]);
    await s3.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts },
        ChecksumCRC32: crcOf(whole),
      }),
    );
    const { ETag, ContentType, text } = await get('multi/whole');
    expect(ETag).toMatch(/-2"$/);
    expect(ContentType).toBe('a/zip');
    expect(text === whole).toBe(true);
  });

  test('with a wrong checksum are refused', async () => {
    const upload = await start('multi/wrong');
    const { Parts } = await sendParts(upload);
    const command = new CompleteMultipartUploadCommand({
      ...upload,
      MultipartUpload: { Parts },
      ChecksumCRC32: 'AAAAAA==',
    });
    await expect(s3.send(command)).rejects.toMatchObject({ name: 'BadDigest' });
    expect(await keysOf('multi/wrong')).toEqual([]);
  });

  test('are deleted when aborted', async () => {
    const upload = await start('multi/aborted');
    await s3.send(new AbortMultipartUploadCommand(upload));
    await expect(
      s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' })),
    ).rejects.toMatchObject({
      name: 'NoSuchUpload',
    });
  });
});

describe('the policies of a function', () => {
  const asFunction = async (command: string, input: object, sign?: object) => {
    const body = JSON.stringify({ client: 's3', command, input: { Bucket: bucket, ...input }, sign });
    return (await (await fetch(`${stack.url}/data`, { method: 'POST', body })).json()) as {
      error?: string;
      url?: string;
    };
  };

  test('allow what the template grants', async () => {
    expect((await asFunction('PutObjectCommand', { Key: 'granted/a', Body: 'x' })).error).toBeUndefined();
    expect((await asFunction('GetObjectCommand', { Key: 'granted/a' })).error).toBeUndefined();
  });

  test('refuse what the template does not grant', async () => {
    expect((await asFunction('PutObjectCommand', { Key: 'other/a', Body: 'x' })).error).toBe('AccessDenied');
    expect((await asFunction('DeleteObjectCommand', { Key: 'blind/a' })).error).toBe('AccessDenied');
  });

  test('hold for its signed URLs too', async () => {
    const { url } = await asFunction('PutObjectCommand', { Key: 'other/b' }, { expiresIn: 60 });
    expect((await fetch(`${url}`, { method: 'PUT', body: 'x' })).status).toBe(403);
    const { url: granted } = await asFunction('PutObjectCommand', { Key: 'granted/b' }, { expiresIn: 60 });
    expect((await fetch(`${granted}`, { method: 'PUT', body: 'x' })).status).toBe(200);
  });

  test('are checked for both objects of a copy', async () => {
    await put('other/source', 'x');
    const CopySource = `${bucket}/other/source`;
    expect((await asFunction('CopyObjectCommand', { Key: 'granted/copy', CopySource })).error).toBe(
      'AccessDenied',
    );
  });

  test('answer 403 for a missing object if the function may not list the bucket', async () => {
    expect((await asFunction('GetObjectCommand', { Key: 'granted/missing' })).error).toBe('NoSuchKey');
    const lists = await asFunction('ListObjectsV2Command', {});
    expect(lists.error).toBeUndefined(); // grantRead includes List*
  });
});

describe('A bucket with Object Lock', () => {
  const create = (Key: string, more: object) =>
    s3.send(new PutObjectCommand({ Bucket: locked, Key, Body: 'sealed', ...more }));
  const createOnly = { IfNoneMatch: '*', ChecksumAlgorithm: 'CRC32' } as const;

  test('takes an object with a checksum only', async () => {
    await expect(create('no-checksum', { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
    await create('checksum', createOnly);
  });

  test('lets nobody replace or delete it', async () => {
    await create('kept', createOnly);
    await expect(create('kept', createOnly)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(create('kept', { ChecksumAlgorithm: 'CRC32' })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    const one = { Bucket: locked, Key: 'kept' };
    await expect(s3.send(new DeleteObjectCommand(one))).rejects.toMatchObject({ name: 'AccessDenied' });
    const many = { Bucket: locked, Delete: { Objects: [{ Key: 'kept' }] } };
    const { Errors } = await s3.send(new DeleteObjectsCommand(many));
    expect(Errors).toMatchObject([{ Key: 'kept', Code: 'AccessDenied' }]);
    const { Body } = await s3.send(new GetObjectCommand(one));
    expect(await Body?.transformToString()).toBe('sealed');
  });
});
