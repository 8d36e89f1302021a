import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ATTEMPTS, backOff } from '../back-off.ts';
import { RefusedRequest, type ServiceClient } from '../service-client.ts';

/** A file of the service, and where it is stored. */
export interface Download {
  /** The path of the request. */
  source: string;
  /** The path below the folder. */
  name: string;
  /** How the bytes are verified: by an entity tag that is their SHA-256, or by their number, if the service has no checksum. */
  verify: 'sha256' | { bytes: number };
}

interface Deps {
  client: ServiceClient;
  onBytes: (bytes: number) => void;
  signal: AbortSignal;
}

/**
 * Downloads to a temporary file and renames it when it is complete, so that a file with the final name is that of the
 * service.
 *
 * @throws Error if there is another file of this name
 */
export async function download(
  { source, name, verify }: Download,
  dir: string,
  { client, onBytes, signal }: Deps,
): Promise<'stored' | 'already there'> {
  const file = path.join(dir, name);
  const own = await stat(file).catch(() => undefined);
  const other = 'there is another file of this name: move it away to have the one of the service';
  if (own && verify !== 'sha256') {
    if (own.size === verify.bytes) return 'already there';
    throw new Error(other);
  }
  const condition: Record<string, string> = own ? { 'if-none-match': `"${await sha256Of(file)}"` } : {};
  for (let failures = 1; ; failures++) {
    const answer = await client.send('GET', source, condition);
    if (answer.status === 304) return 'already there';
    if (own) {
      await answer.body?.cancel();
      throw new Error(other);
    }
    const part = `${file}.${process.pid}.part`;
    try {
      await mkdir(path.dirname(file), { recursive: true });
      const { sha256, bytes } = await save(answer, part, onBytes, signal);
      const isWhole =
        verify === 'sha256' ? answer.headers.get('etag') === `"${sha256}"` : bytes === verify.bytes;
      if (!isWhole) throw new Error('other bytes arrived than were sent');
      await rename(part, file);
      return 'stored';
    } catch (error) {
      await rm(part, { force: true });
      signal.throwIfAborted();
      if (error instanceof RefusedRequest || failures === ATTEMPTS) throw error;
      await backOff(failures, signal);
    }
  }
}

async function save(answer: Response, file: string, onBytes: Deps['onBytes'], signal: AbortSignal) {
  const sum = createHash('sha256');
  let bytes = 0;
  const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  await pipeline(
    body,
    async function* (parts: AsyncIterable<Uint8Array>) {
      for await (const each of parts) {
        sum.update(each);
        bytes += each.length;
        onBytes(each.length);
        yield each;
      }
    },
    createWriteStream(file, { flush: true }),
    { signal },
  );
  return { sha256: sum.digest('hex'), bytes };
}

async function sha256Of(file: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const part of createReadStream(file)) sum.update(part);
  return sum.digest('hex');
}
