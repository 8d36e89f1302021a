import { setTimeout as sleep } from 'node:timers/promises';
import { dicomEndpoint } from '../cli/dicom-endpoint.ts';
import type { FoundFile } from '../cli/find-files.ts';
import { pushFiles } from '../cli/push.ts';
import type { ServiceClient } from '../cli/service-client.ts';
import { serviceLimits } from '../cli/service-limits.ts';
import { backOffMs } from '../domain/back-off.ts';
import type { Counts } from './counts.ts';
import type { Spool } from './spool.ts';

/** Groups of files that are on their way at the same time: one that waits for its check does not hold up the next. */
const GROUPS_AT_ONCE = 3;
/** Files of a group that are sent at the same time. */
const FILES_AT_ONCE = 4;
const FIRST_PAUSE_MS = 1000;
/** Soon enough after an interruption of days, seldom enough not to disturb. */
const LONGEST_PAUSE_MS = 5 * 60_000;

interface Deps {
  spool: Spool;
  client: ServiceClient;
  counts: Counts;
  log: (line: string) => void;
  signal: AbortSignal;
}

/**
 * Sends the files of the spool to the service until the end of the signal. A file leaves the spool when the service has
 * stored it. Until then it is sent again after each failure; the service stores the same file once.
 */
export async function sendFromSpool(deps: Deps): Promise<void> {
  const { spool, counts, log, signal } = deps;
  const groups = new Set<Promise<void>>();
  const onTheWay = new Set<string>();
  let failures = 0;
  let most: number | undefined;
  let wake = () => {};
  spool.onAdded(() => wake());
  const isAborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

  const send = async (files: readonly FoundFile[]) => {
    for (const { name } of files) onTheWay.add(name);
    try {
      const isWhole = await sendGroup(files, most ?? files.length, deps);
      failures = isWhole ? 0 : failures + 1;
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      failures++;
      counts.failed(reason, new Date());
      log(`${files.length} instances could not be sent, and will be: ${reason}`);
    } finally {
      for (const { name } of files) onTheWay.delete(name);
    }
  };

  while (!signal.aborted) {
    if (failures > 0) {
      await Promise.all(groups);
      const pause = sleep(backOffMs(failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS), undefined, { signal });
      await pause.catch(() => undefined);
    }
    const added = new Promise<void>((resolve) => {
      wake = resolve;
    });
    most ??= await serviceLimits(deps.client).then(
      ({ filesPerRequest }) => filesPerRequest,
      () => undefined,
    );
    const files = spool.waiting.filter(({ name }) => !onTheWay.has(name)).slice(0, most ?? 1);
    if (files.length === 0 || groups.size === GROUPS_AT_ONCE) {
      await Promise.race([isAborted, ...groups, ...(groups.size < GROUPS_AT_ONCE ? [added] : [])]);
      continue;
    }
    const group = send(files).finally(() => groups.delete(group));
    groups.add(group);
    // After a failure, one group finds out whether the service is there again.
    if (failures > 0) await group;
  }
  await Promise.all(groups);
}

/** Returns whether every file was decided. */
async function sendGroup(
  files: readonly FoundFile[],
  most: number,
  { spool, client, counts, log, signal }: Deps,
): Promise<boolean> {
  const decisions: Promise<void>[] = [];
  const byName = new Map(files.map((file) => [file.name, file]));
  let isWhole = true;
  const count = (kind: string, name: string, reason = '') => {
    const file = byName.get(name);
    if (!file) return;
    if (kind === 'stored' || kind === 'already there') {
      counts.stored++;
      counts.lastStored = new Date();
      decisions.push(spool.remove(file));
    } else if (kind === 'failed') {
      isWhole = false;
      counts.failed(reason, new Date());
      log(`${name} could not be sent, and will be: ${reason}`);
    } else {
      counts.refused++;
      log(`The service refuses ${name}, which is kept: ${reason}`);
      decisions.push(spool.refuse(file, reason));
    }
  };
  try {
    await pushFiles(files, {
      endpoint: dicomEndpoint(client),
      // What is in the spool is not in the service; a second upload of the same file changes nothing.
      journal: { of: () => undefined, add: () => {} },
      report: { count, progress: () => {}, transferred: () => {}, leave: () => {} },
      filesPerRequest: most,
      // The service itself refuses a file, with the reason that the spool keeps.
      maxBytes: Number.POSITIVE_INFINITY,
      atOnce: FILES_AT_ONCE,
      signal,
    });
  } finally {
    await Promise.all(decisions);
  }
  return isWhole;
}
