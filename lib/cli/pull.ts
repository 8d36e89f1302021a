import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { DicomUid } from '../domain/dicom/uids.ts';
import { ATTEMPTS, backOff } from './back-off.ts';
import { CliError } from './cli-error.ts';
import { inParallel } from './in-parallel.ts';
import type { Report } from './report.ts';
import { RefusedRequest, type ServiceClient } from './service-client.ts';

// UIDs become file names, so they may contain only digits and dots.
const Uid = z.object({ Value: z.tuple([DicomUid]) });
const Instances = z.array(z.object({ '0020000E': Uid, '00080018': Uid })).default([]);
const PAGE = 1000;

interface Deps {
  client: ServiceClient;
  report: Report;
  atOnce: number;
  signal: AbortSignal;
}

/** Downloads the files of a study into a folder, as `<series>/<instance>.dcm`. Files that exist already are skipped. */
export async function pull(
  study: string,
  dir: string,
  { client, report, atOnce, signal }: Deps,
): Promise<void> {
  const found: { series: string; sop: string }[] = [];
  for (let isMore = true; isMore; ) {
    const page = `/dicom-web/studies/${study}/instances?limit=${PAGE}&offset=${found.length}`;
    const instances = await client.json(Instances, 'GET', page);
    for (const { '0020000E': series, '00080018': sop } of instances)
      found.push({ series: series.Value[0], sop: sop.Value[0] });
    isMore = instances.length === PAGE;
  }
  if (found.length === 0) throw new CliError(`There is no study ${study}.`);
  report.total = found.length;
  await inParallel(found, atOnce, async ({ series, sop }) => {
    const name = path.join(series, `${sop}.dcm`);
    try {
      report.count(await fetchFile(sop, path.join(dir, name), client, signal), name);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof CliError) throw error;
      report.count('failed', name, error instanceof Error ? error.message : String(error));
    }
  });
}

/**
 * Downloads to a temporary file and renames it when it is complete, so that a file with the final name is identical to
 * the service's.
 */
async function fetchFile(sop: string, file: string, client: ServiceClient, signal: AbortSignal) {
  const own = await access(file).then(
    () => sha256Of(file),
    () => undefined,
  );
  for (let failures = 1; ; failures++) {
    const answer = await client.send(
      'GET',
      `/dicom/wado/${sop}`,
      own === undefined ? {} : { 'if-none-match': `"${own}"` },
    );
    if (answer.status === 304) return 'already there';
    if (own !== undefined) {
      await answer.body?.cancel();
      throw new Error('there is another file of this name: move it away to have the one of the service');
    }
    const part = `${file}.${process.pid}.part`;
    try {
      await mkdir(path.dirname(file), { recursive: true });
      const sum = createHash('sha256');
      const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
      await pipeline(
        body,
        async function* (parts: AsyncIterable<Uint8Array>) {
          for await (const each of parts) {
            sum.update(each);
            yield each;
          }
        },
        createWriteStream(part, { flush: true }),
        { signal },
      );
      if (answer.headers.get('etag') !== `"${sum.digest('hex')}"`)
        throw new Error('other bytes arrived than were sent');
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

async function sha256Of(file: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const part of createReadStream(file)) sum.update(part);
  return sum.digest('hex');
}
