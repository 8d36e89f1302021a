import { setTimeout as sleep } from 'node:timers/promises';
import { UPLOADS_PER_STATUS_REQUEST } from '../domain/limits/request-limits.ts';
import { CliError } from './cli-error.ts';
import type { FoundFile } from './find-files.ts';
import { findSources } from './find-sources.ts';
import { inParallel } from './in-parallel.ts';
import { inspectFile } from './inspect-file.ts';
import type { Journal } from './journal.ts';
import { OpenZips } from './open-zips.ts';
import { crc32Of } from './read-head.ts';
import type { Report } from './report.ts';
import { sendFile } from './send-file.ts';
import { RefusedRequest } from './service-client.ts';
import type { Candidate, Outcome, UploadEndpoint } from './upload-endpoint.ts';

/**
 * Most bytes declared in one request: what a slow connection can send before the URLs expire, and what stays in the
 * file system cache between reading for the checksum and reading for the upload.
 */
const BYTES = 200 * 1024 * 1024;
/** URLs that one file may use one after the other, if they expire on a slow connection. */
const MAX_URLS = 3;
/** Pause between two status requests: a person may send 100 in a minute. */
const POLL_MS = 1000;
/** If nothing changes for so long, the command ends; the service continues its work. */
const NO_PROGRESS_MS = 5 * 60_000;

interface Deps {
  endpoint: UploadEndpoint;
  journal: Pick<Journal, 'of' | 'add'>;
  report: Pick<Report, 'count' | 'progress' | 'transferred' | 'leave'>;
  /** As many as the service accepts. */
  filesPerRequest: number;
  /** The service's limit for one file. What is larger is not even read. */
  maxBytes: number;
  atOnce: number;
  signal: AbortSignal;
}

/** A file and the number of URLs that it has used. */
type Waiting = Candidate & { urls: number };

/**
 * Uploads the files of a folder or ZIP, with its subfolders and the ZIPs in it, except those uploaded before, and waits until all of them are
 * checked.
 */
export async function push(root: string, deps: Deps & { report: Report }): Promise<void> {
  const { report } = deps;
  using zips = new OpenZips();
  const files: FoundFile[] = [];
  for await (const found of findSources(root, zips)) {
    if ('path' in found) files.push(found);
    else report.count(found.isFailure ? 'failed' : 'skipped', found.name, found.reason);
  }
  report.total = files.length + report.done;
  report.totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  // The ZIPs stay open until the end.
  await pushFiles(files, deps);
}

/** Uploads these files, except those uploaded before, and waits until all of them are checked. */
export async function pushFiles(files: readonly FoundFile[], deps: Deps): Promise<void> {
  const { endpoint, journal, report } = deps;
  const sent = new Map<string, FoundFile>();
  const toSend = new Set(files);
  const earlier = new Map(
    files
      .flatMap((file) => pair(journal.of(file), file))
      .map(([{ id, isSent }, file]) => [id, { file, isSent }]),
  );
  const outcomes =
    earlier.size > 0 ? await endpoint.outcomes([...earlier.keys()]) : new Map<string, Outcome>();
  for (const [id, { status, reason }] of outcomes) {
    const { file, isSent } = earlier.get(id) ?? {};
    if (!file || (status === 'pending' && !isSent && !(await endpoint.hasArrived(id)))) continue;
    toSend.delete(file);
    report.leave(file.bytes);
    if (status === 'pending') sent.set(id, file);
    else report.count(status === 'stored' ? 'already there' : status, file.name, reason);
  }

  const stop = new AbortController();
  const signal = AbortSignal.any([deps.signal, stop.signal]);
  let isAllSent = false;
  const sending = sendAll([...toSend], sent, { ...deps, signal }).finally(() => {
    isAllSent = true;
  });
  try {
    await Promise.all([sending, awaitOutcomes(sent, () => isAllSent, { ...deps, signal })]);
  } finally {
    stop.abort();
  }
}

async function sendAll(files: readonly FoundFile[], sent: Map<string, FoundFile>, deps: Deps): Promise<void> {
  const { endpoint, report, filesPerRequest, maxBytes, signal } = deps;
  let group: Waiting[] = [];
  let bytes = 0;
  const send = async () => {
    for (let rest = group; rest.length > 0; ) rest = await sendGroup(rest, sent, deps);
    group = [];
    bytes = 0;
  };
  for (const file of files) {
    signal.throwIfAborted();
    const seen = await inspectFile(file, endpoint, maxBytes);
    if ('reason' in seen) {
      report.leave(file.bytes);
      report.count(seen.kind, file.name, seen.reason);
      continue;
    }
    if (group.length === filesPerRequest || (group.length > 0 && bytes + file.bytes > BYTES)) await send();
    group.push({ ...file, mimeType: seen.mimeType, urls: 0 });
    bytes += file.bytes;
  }
  await send();
}

/** Declares and uploads files. Returns those whose URLs expired meanwhile. */
async function sendGroup(
  group: readonly Waiting[],
  sent: Map<string, FoundFile>,
  deps: Deps,
): Promise<Waiting[]> {
  const { journal, report, atOnce, signal } = deps;
  const summed: (Waiting & { crc32: string })[] = [];
  for (const file of group) {
    signal.throwIfAborted();
    try {
      summed.push({ ...file, crc32: await crc32Of(file) });
    } catch (error) {
      report.leave(file.bytes);
      report.count('failed', file.name, `can not be read: ${String(error)}`);
    }
  }
  const again: Waiting[] = [];
  const presigned = await requestAll(summed, deps);
  await inParallel(presigned, atOnce, async ({ file, target }) => {
    // Before its bytes are sent: if the response is lost, the next run asks the service about this upload.
    journal.add(file, { id: target.id, isSent: false });
    const result = await sendFile(file, target, report.transferred.bind(report), signal);
    if (result === 'stored') {
      journal.add(file, { id: target.id, isSent: true });
      sent.set(target.id, file);
    } else if (result === 'expired' && file.urls + 1 < MAX_URLS) {
      again.push({ ...file, urls: file.urls + 1 });
      return;
    } else
      report.count('failed', file.name, result === 'expired' ? 'the store refused its URL' : result.reason);
    report.leave(file.bytes);
    report.progress();
  });
  return again;
}

/** Declares files. If the service refuses some of them by name, the others are declared again without them. */
async function requestAll(files: readonly (Waiting & { crc32: string })[], deps: Deps) {
  const { endpoint, report } = deps;
  for (let rest = files; rest.length > 0; ) {
    try {
      const targets = await endpoint.requestTargets(rest);
      return targets
        .flatMap((target, index) => pair(rest[index], target))
        .map(([file, target]) => ({ file, target }));
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
      const reasons = new Map(
        error.details.flatMap((detail) => pair(/^files\[(\d+)\]/.exec(detail)?.[1], detail)),
      );
      if (reasons.size === 0) throw new CliError(error.message, undefined, { cause: error });
      const refused = (index: number) => reasons.get(String(index));
      for (const [index, { name, bytes }] of rest.entries()) {
        const reason = refused(index);
        if (reason === undefined) continue;
        report.leave(bytes);
        report.count('refused', name, reason.replace(/^files\[\d+\]\.?/, ''));
      }
      rest = rest.filter((_value, index) => refused(index) === undefined);
    }
  }
  return [];
}

/** Polls the status of the uploads until all are decided. */
async function awaitOutcomes(
  sent: Map<string, FoundFile>,
  isAllSent: () => boolean,
  deps: Deps,
): Promise<void> {
  const { endpoint, report, signal } = deps;
  let lastProgress = Date.now();
  for (;;) {
    // Read before the request: otherwise uploads that end meanwhile would be missed.
    const isLast = isAllSent();
    const asked = [...sent.keys()].slice(0, UPLOADS_PER_STATUS_REQUEST);
    if (isLast && asked.length === 0) return;
    if (asked.length === 0) lastProgress = Date.now();
    const outcomes = asked.length > 0 ? await endpoint.outcomes(asked) : new Map();
    for (const id of asked) {
      const file = sent.get(id);
      const outcome = outcomes.get(id) ?? {
        status: 'failed',
        reason: 'the service does not know it any more',
      };
      sent.delete(id);
      if (!file) continue;
      if (outcome.status === 'pending')
        sent.set(id, file); // At the end: those that take long hold up no others.
      else {
        lastProgress = Date.now();
        report.count(outcome.status, file.name, outcome.reason);
      }
    }
    if (isLast && Date.now() - lastProgress > NO_PROGRESS_MS) {
      for (const { name } of sent.values())
        report.count(
          'failed',
          name,
          'sent, but not looked at yet: the same command, later, tells what became of it',
        );
      return;
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

const pair = <A, B>(a: A | undefined, b: B): [A, B][] => (a === undefined ? [] : [[a, b]]);
