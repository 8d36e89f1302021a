import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type InstanceIdentifiers, instanceIdentifiers } from '../../media/dicom/parse/identifiers.ts';
import { MoreBytesNeeded } from '../../media/dicom/parse/more-bytes-needed.ts';
import { readDicomHeader } from '../../media/dicom/parse/read-dicom.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import type { Counts } from '../counts.ts';
import { STATUS } from '../dimse/command-set.ts';
import { isSameAddress } from '../same-address.ts';
import type { Settings } from '../settings.ts';
import { type Draft, type Spool, SpoolRefusal } from '../spool.ts';
import { serverTls } from '../tls-files.ts';
import { BrokenBody, partsOf } from './multipart-stream.ts';

interface Deps {
  settings: Pick<Settings, 'maxInstanceBytes' | 'host' | 'tls'> & { stow: NonNullable<Settings['stow']> };
  spool: Spool;
  counts: Counts;
  log: (line: string) => void;
}

/** What became of one part. */
type Result = { identifiers?: InstanceIdentifiers; failure?: { code: number; reason: string } };

const PATH = /^(?:\/dicom-web)?\/studies(?:\/([\d.]{1,64}))?\/?$/;
/** A request without a byte for so long is ended. */
const SILENCE_MS = 60_000;
/** Headers that do not end within the first bytes of a file are read with more of it, up to this. */
const MAX_HEADER_BYTES = 64 * 1024 * 1024;

/** Serves STOW-RS (PS3.18 10.5) of any size: each instance goes into the spool as it arrives. */
export async function serveStow(deps: Deps): Promise<Server> {
  const { stow, host, tls } = deps.settings;
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      await answer(request, response, deps);
    } catch (error) {
      deps.log(`STOW from ${request.socket.remoteAddress}: ${String(error)}`);
      const status = error instanceof BrokenBody ? 400 : 500;
      if (!response.headersSent) send(response, status, { message: String(error) });
    } finally {
      // What was not read would be taken for the next request.
      if (!request.complete) request.destroy();
    }
  };
  // A request of many gigabytes takes its time; only silence ends it.
  const options = { requestTimeout: 0, connectionsCheckingInterval: 5000 };
  const server = tls
    ? createHttpsServer({ ...options, ...serverTls(tls) }, handle)
    : createServer(options, handle);
  server.setTimeout(SILENCE_MS);
  server.maxConnections = 100;
  server.listen(stow.port, host);
  await once(server, 'listening');
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, deps: Deps): Promise<void> {
  const { method, url = '', headers, socket } = request;
  const refuse = (status: number, message: string) => {
    response.setHeader('connection', 'close');
    send(response, status, { message });
  };
  const { addresses } = deps.settings.stow;
  if (!addresses.some((each) => isSameAddress(each, socket.remoteAddress ?? '')))
    return refuse(403, 'This address is not in the list of the gateway.');
  const path = PATH.exec(url.split('?')[0] ?? '');
  if (!path) return refuse(404, 'Expected POST /dicom-web/studies.');
  if (method !== 'POST') return refuse(405, 'Expected POST.');
  const type = headers['content-type'] ?? '';
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  if (!/^multipart\/related\s*;/i.test(type) || !boundary)
    return refuse(415, 'Expected multipart/related; type="application/dicom"; boundary=…');
  const results: Result[] = [];
  for await (const part of partsOf(request, boundary[1] ?? boundary[2] ?? ''))
    results.push(await storePart(part, path[1], deps));
  if (results.length === 0) return refuse(400, 'The body has no parts.');
  const failures = results.flatMap(({ failure }) => (failure ? [failure] : []));
  const status = failures.length === 0 ? 200 : failures.length < results.length ? 202 : 409;
  const isFull = failures.length > 0 && failures.every(({ code }) => code === STATUS.outOfResources);
  if (isFull && status === 409) response.setHeader('retry-after', '300');
  send(response, isFull && status === 409 ? 503 : status, toDicomJson(results), 'application/dicom+json');
}

async function storePart(
  part: AsyncIterable<Buffer>,
  study: string | undefined,
  deps: Deps,
): Promise<Result> {
  const { spool, counts, settings } = deps;
  let draft: Draft | undefined;
  let identifiers: InstanceIdentifiers | undefined;
  try {
    draft = await spool.write(part, settings.maxInstanceBytes);
    identifiers = await identify(draft);
    if (study !== undefined && identifiers.studyInstanceUid !== study) {
      const failure = { code: STATUS.dataSetDoesNotMatch, reason: 'it is of another study than the request' };
      return await notTaken(draft, { identifiers, failure });
    }
    await draft.commit();
    counts.received++;
    counts.receivedBytes += draft.bytes;
    return { identifiers };
  } catch (error) {
    if (error instanceof SpoolRefusal) {
      const code = error.kind === 'full' ? STATUS.outOfResources : STATUS.cannotUnderstand;
      return notTaken(draft, { failure: { code, reason: error.message } });
    }
    if (error instanceof RejectedImage)
      return notTaken(draft, { failure: { code: STATUS.cannotUnderstand, reason: error.reason } });
    await draft?.discard();
    throw error;
  }

  async function notTaken(given: Draft | undefined, result: Result): Promise<Result> {
    counts.notTaken++;
    await given?.discard();
    deps.log(`STOW: an instance is not taken: ${result.failure?.reason}`);
    return result;
  }
}

/** @throws RejectedImage */
async function identify({ path, bytes }: Draft): Promise<InstanceIdentifiers> {
  await using file = await open(path, 'r');
  for (let length = 256 * 1024; ; ) {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.min(length, bytes)),
      0,
      Math.min(length, bytes),
      0,
    );
    try {
      return instanceIdentifiers(readDicomHeader(buffer.subarray(0, bytesRead), bytes).dataSet);
    } catch (error) {
      if (!(error instanceof MoreBytesNeeded)) throw error;
      if (error.bytes > MAX_HEADER_BYTES)
        throw new RejectedImage('The header of this DICOM file is too long.');
      length = Math.max(error.bytes, length * 2);
    }
  }
}

/** The Store Instances Response Module (PS3.18 I.2). */
function toDicomJson(results: readonly Result[]) {
  const one = (vr: string, value: string | number) => ({ vr, Value: [value] });
  const items = (tag: string, chosen: readonly Result[]) => {
    const Value = chosen.map(({ identifiers, failure }) => ({
      ...(failure && { '00081197': one('US', failure.code) }),
      ...(identifiers && {
        '00081150': one('UI', identifiers.sopClassUid),
        '00081155': one('UI', identifiers.sopInstanceUid),
      }),
    }));
    return Value.length > 0 ? { [tag]: { vr: 'SQ', Value } } : {};
  };
  return {
    ...items(
      '00081198',
      results.filter(({ failure, identifiers }) => failure && identifiers),
    ),
    ...items(
      '00081199',
      results.filter(({ failure }) => !failure),
    ),
    ...items(
      '0008119A',
      results.filter(({ failure, identifiers }) => failure && !identifiers),
    ),
  };
}

function send(response: ServerResponse, status: number, body: object, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}
