import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backoffSeconds } from '../../../lib/lambda/events/message-queue.ts';
import { Orthanc } from '../../../lib/services/orthanc/orthanc.ts';
import { startPacs } from '../../support/pacs.ts';

let pacs: Awaited<ReturnType<typeof startPacs>>;
beforeEach(async () => {
  pacs = await startPacs();
});
afterEach(() => pacs.close());

const LIMITS = { wholeMs: 2000, idleMs: 200 };
const storeFile = (url = pacs.url, auth?: string) =>
  new Orthanc({ url, ...(auth && { auth: async () => auth }) }, LIMITS).store(
    Readable.from([Buffer.from('some'), Buffer.from('thing')]),
    9,
  );

/** The result of a file for this answer of the server. */
async function outcome(status: number, body: unknown, headers: Record<string, string> = {}): Promise<string> {
  pacs.answer = (response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  return storeFile().then(
    () => 'stored',
    (error: Error) => error.name,
  );
}

const refusal = { OrthancError: 'Bad file format', OrthancStatus: 15, HttpStatus: 400 };

describe('A file for Orthanc', () => {
  test('is sent unchanged, with its length, to the path of the instances', async () => {
    await storeFile(`${pacs.url}/behind/a/proxy`);
    expect(pacs.deliveries).toMatchObject([
      {
        method: 'POST',
        path: '/behind/a/proxy/instances',
        headers: { 'content-type': 'application/dicom', 'content-length': '9' },
        sha256: '3fc9b689459d738f8c88a3a48aa9e33542016b7a4052e001aaa536fca74813cb',
      },
    ]);
    expect(pacs.deliveries[0]?.headers).not.toHaveProperty('transfer-encoding');
    expect(pacs.deliveries[0]?.headers).not.toHaveProperty('authorization');
  });

  test('is sent with the credentials, from either setting', async () => {
    await storeFile(pacs.url, 'clinic:sesame');
    await storeFile(pacs.url.replace('//', '//clinic:se%40me@'));
    const sent = pacs.deliveries.map(({ headers }) => headers.authorization ?? '');
    expect(sent.map((each) => Buffer.from(each.replace('Basic ', ''), 'base64').toString())).toEqual([
      'clinic:sesame',
      'clinic:se@me',
    ]);
  });

  test.each([
    ['is stored now', 200, { Status: 'Success' }, 'stored'],
    ['was stored before', 200, { Status: 'AlreadyStored' }, 'stored'],
    ['is excluded by the filter of the clinic', 200, { Status: 'FilteredOut' }, 'stored'],
    ['is not DICOM', 400, refusal, 'PermanentFailure'],
    ['may be retried: a proxy answers 400', 400, '<html>Bad Request</html>', 'Error'],
    ['may be retried: the password is wrong', 401, '', 'Error'],
    ['may be retried: the URL is wrong', 404, refusal, 'Error'],
    ['may be retried: its disk is full', 507, refusal, 'Error'],
    ['may be retried: it has failed', 200, { Status: 'Failure' }, 'Error'],
    ['may be retried: the server is not Orthanc', 200, '<html>It works!</html>', 'Error'],
  ])('%s', async (_what, status, body, expected) => {
    expect(await outcome(status, body)).toBe(expected);
  });

  test('is not sent to the target of a redirect', async () => {
    const other = await startPacs();
    expect(await outcome(307, '', { location: `${other.url}/instances` })).toBe('Error');
    expect(other.deliveries).toEqual([]);
    await other.close();
  });

  test('is aborted after its time limit', async () => {
    pacs.answer = () => undefined;
    await expect(storeFile()).rejects.toThrow('Orthanc is silent');
  });

  test('is aborted if the answer never ends', async () => {
    pacs.answer = (response) => {
      const drop = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drop));
    };
    const started = Date.now();
    await expect(storeFile()).rejects.toThrow();
    expect(Date.now() - started).toBeLessThan(4000);
  });

  test('may be retried if the connection breaks during the request', async () => {
    const file = Readable.from(
      (async function* () {
        yield Buffer.from('some');
        throw new Error('S3 has broken off');
      })(),
    );
    await expect(new Orthanc({ url: pacs.url }, LIMITS).store(file, 9)).rejects.toThrow('S3 has broken off');
    expect(pacs.deliveries).toEqual([]);
  });

  test('may be retried if nobody listens', async () => {
    const { url } = pacs;
    await pacs.close();
    await expect(storeFile(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    pacs = await startPacs();
  });

  test('may be answered before it is sent completely, and the answer counts', async () => {
    const file = new Readable({ read() {} });
    file.push(Buffer.alloc(100));
    const server = createServer((_request, response) => {
      response.writeHead(400, { connection: 'close' }).end(JSON.stringify(refusal));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const store = new Orthanc({ url: `http://127.0.0.1:${port}` }, LIMITS).store(file, 1_000_000);
    await expect(store).rejects.toThrow('Orthanc refuses the file: Bad file format');
    expect(file.destroyed).toBe(true);
    server.closeAllConnections();
    server.close();
  });
});

test('A failed message is retried soon at first, then each quarter of an hour, for ten days', () => {
  expect([1, 2, 3, 9, 10, 1000].map(backoffSeconds)).toEqual([2, 4, 8, 512, 900, 900]);
  const days =
    Array.from({ length: 999 }, (_value, at) => backoffSeconds(at + 1)).reduce((a, b) => a + b) / 86_400;
  expect(days).toBeGreaterThan(10);
  // The retention period of messages in SQS.
  expect(days).toBeLessThan(14);
});
