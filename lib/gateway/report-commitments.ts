import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { ServiceClient } from '../cli/service-client.ts';
import type { DicomJson } from '../media/dicom/json-model.ts';
import { explicitLittleEndian, implicitLittleEndian } from '../media/dicom/transfer-syntaxes.ts';
import type { CommitmentRequest, CommitmentRequests } from './commitment-requests.ts';
import { connectPeer, reachablePeer } from './connect-peer.ts';
import { writeDataSet } from './data-set-codec.ts';
import { COMMAND, STATUS } from './dimse/command-set.ts';
import { STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE } from './dimse/sop-classes.ts';
import type { Settings } from './settings.ts';
import type { Spool } from './spool.ts';

interface Deps {
  requests: CommitmentRequests;
  spool: Spool;
  client: ServiceClient;
  settings: Pick<Settings, 'aeTitle' | 'peers' | 'tls'>;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** How often unanswered requests are looked at. */
const INTERVAL_MS = 5000;
/** A peer that accepts no report for so long gets none. */
const LONGEST_MS = 7 * 24 * 3_600_000;
/** UIDs in one search, so that its URL stays short. */
const UIDS_AT_ONCE = 50;
/** PS3.4 table J.3-2. */
const EVENT = { allCommitted: 1, someFailed: 2 } as const;

const Found = z.array(z.object({ '00080018': z.object({ Value: z.tuple([z.string()]) }) })).default([]);

/** Answers requests for storage commitment by N-EVENT-REPORT (PS3.4 J.3.3), until the end of the signal. */
export async function reportCommitments(deps: Deps): Promise<void> {
  const { signal } = deps;
  while (!signal.aborted) {
    await reportOnce(deps).catch((error: unknown) =>
      deps.log(`Commitments are not reported: ${String(error)}`),
    );
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Tries each request once: one that can not be answered yet does not hold up the others. */
async function reportOnce(deps: Deps): Promise<void> {
  const { requests, log, signal } = deps;
  for (const { name, request } of await requests.list()) {
    try {
      if (await answer(request, deps)) await requests.remove(name);
    } catch (error) {
      if (signal.aborted) return;
      log(`The commitment of ${request.transaction} to ${request.peer} is not reported: ${String(error)}`);
      if (Date.now() - request.receivedMs > LONGEST_MS) await requests.remove(name);
    }
  }
}

/** Returns whether the request is answered. It waits for the instances that were in the spool before it. */
async function answer(request: CommitmentRequest, deps: Deps): Promise<boolean> {
  const { spool, client, settings } = deps;
  const isInSpool = (spool.oldestMs ?? Number.POSITIVE_INFINITY) <= request.receivedMs;
  const stored = await storedOf(request, client);
  const missing = request.instances.filter(({ sopInstance }) => !stored.has(sopInstance));
  if (missing.length > 0 && isInSpool) return false;
  const peer = reachablePeer(settings.peers, request.peer);
  if (!peer) throw new Error('the peer has no address and port in the settings');
  const association = await connectPeer(peer, settings, {
    contexts: [
      {
        id: 1,
        abstractSyntax: STORAGE_COMMITMENT,
        transferSyntaxes: [explicitLittleEndian.uid, implicitLittleEndian.uid],
      },
    ],
    // PS3.7 D.3.3.4: the one who reports is the SCP.
    roles: [{ sopClass: STORAGE_COMMITMENT, scu: false, scp: true }],
  });
  try {
    const context = association.agreement.contexts[0];
    if (!context) throw new Error('the peer does not accept reports of storage commitment');
    const command = {
      field: COMMAND.eventReport,
      messageId: 1,
      affectedSopClass: STORAGE_COMMITMENT,
      affectedSopInstance: STORAGE_COMMITMENT_INSTANCE,
      eventType: missing.length === 0 ? EVENT.allCommitted : EVENT.someFailed,
    };
    const report = writeDataSet(reportOf(request, stored, settings.aeTitle), context.transferSyntax);
    await association.send(context.id, command, [report]);
    const response = await association.receive();
    if (response?.command.status !== STATUS.success)
      throw new Error(`the peer answers with the status ${response?.command.status}`);
  } finally {
    await association.release().catch(() => undefined);
  }
  return true;
}

async function storedOf({ instances }: CommitmentRequest, client: ServiceClient): Promise<Set<string>> {
  const stored = new Set<string>();
  for (let at = 0; at < instances.length; at += UIDS_AT_ONCE) {
    const query = new URLSearchParams();
    for (const { sopClass, sopInstance } of instances.slice(at, at + UIDS_AT_ONCE)) {
      query.append('00080018', sopInstance);
      query.append('00080016', sopClass);
    }
    const found = await client.json(Found, 'GET', `/dicom-web/instances?${query}`);
    for (const instance of found) stored.add(instance['00080018'].Value[0]);
  }
  return stored;
}

/** PS3.4 table J.3-2. */
function reportOf(request: CommitmentRequest, stored: ReadonlySet<string>, aeTitle: string): DicomJson {
  const items = (tag: string, isStored: boolean, more: DicomJson): DicomJson => {
    const chosen = request.instances.filter(({ sopInstance }) => stored.has(sopInstance) === isStored);
    const Value = chosen.map(
      ({ sopClass, sopInstance }): DicomJson => ({
        '00081150': { vr: 'UI', Value: [sopClass] },
        '00081155': { vr: 'UI', Value: [sopInstance] },
        ...more,
      }),
    );
    return Value.length > 0 ? { [tag]: { vr: 'SQ', Value } } : {};
  };
  return {
    '00080054': { vr: 'AE', Value: [aeTitle] },
    '00081195': { vr: 'UI', Value: [request.transaction] },
    ...items('00081199', true, {}),
    ...items('00081198', false, { '00081197': { vr: 'US', Value: [STATUS.noSuchInstance] } }),
  };
}
