import type { Counts } from '../counts.ts';
import type { Settings } from '../settings.ts';
import type { Spool } from '../spool.ts';

/** The state of a gateway at one moment. It names no patient. */
export interface Status {
  aeTitle: string;
  url: string;
  startedAt: string;
  associations: { open: number; served: number; failed: number };
  received: { instances: number; bytes: number; notTaken: number };
  spool: { instances: number; bytes: number; maxBytes: number; oldestAt?: string; refused: number };
  sent: { stored: number; refused: number; failures: number; lastStoredAt?: string };
  lastFailure?: { at: string; reason: string };
}

interface Deps {
  settings: Pick<Settings, 'aeTitle' | 'url' | 'spool'>;
  spool: Spool;
  counts: Counts;
}

export async function readStatus({ settings, spool, counts }: Deps): Promise<Status> {
  const { lastFailure, lastStored } = counts;
  const { oldestMs } = spool;
  return {
    aeTitle: settings.aeTitle,
    url: settings.url,
    startedAt: counts.startedAt.toISOString(),
    associations: {
      open: counts.openAssociations,
      served: counts.associations,
      failed: counts.failedAssociations,
    },
    received: { instances: counts.received, bytes: counts.receivedBytes, notTaken: counts.notTaken },
    spool: {
      instances: spool.waiting.length,
      bytes: spool.bytes,
      maxBytes: settings.spool.maxBytes,
      ...(oldestMs !== undefined && { oldestAt: new Date(oldestMs).toISOString() }),
      refused: await spool.refusedCount(),
    },
    sent: {
      stored: counts.stored,
      refused: counts.refused,
      failures: counts.failures,
      ...(lastStored && { lastStoredAt: lastStored.toISOString() }),
    },
    ...(lastFailure && { lastFailure: { at: lastFailure.at.toISOString(), reason: lastFailure.reason } }),
  };
}

/** The status in the text format of Prometheus (exposition formats, version 0.0.4). */
export function metricsText({ associations, received, spool, sent }: Status, now: Date): string {
  const oldestSeconds = spool.oldestAt ? (now.getTime() - Date.parse(spool.oldestAt)) / 1000 : 0;
  const metrics: [name: string, type: 'counter' | 'gauge', help: string, value: number][] = [
    ['associations_open', 'gauge', 'Open associations.', associations.open],
    ['associations_total', 'counter', 'Accepted associations.', associations.served],
    ['associations_failed_total', 'counter', 'Rejected, aborted and broken ones.', associations.failed],
    ['received_instances_total', 'counter', 'Acknowledged instances.', received.instances],
    ['received_bytes_total', 'counter', 'Their bytes.', received.bytes],
    ['not_taken_instances_total', 'counter', 'Instances refused to their senders.', received.notTaken],
    ['spool_instances', 'gauge', 'Instances that wait to be sent.', spool.instances],
    ['spool_bytes', 'gauge', 'Their bytes, and those that arrive.', spool.bytes],
    ['spool_max_bytes', 'gauge', 'Bytes from which on instances are refused.', spool.maxBytes],
    ['spool_oldest_seconds', 'gauge', 'How long the oldest has waited.', oldestSeconds],
    [
      'spool_refused_instances',
      'gauge',
      'Instances that the service refused, kept for a person.',
      spool.refused,
    ],
    ['stored_instances_total', 'counter', 'Instances that the service has stored.', sent.stored],
    ['send_failures_total', 'counter', 'Attempts to send that failed and are repeated.', sent.failures],
  ];
  return metrics
    .map(([name, type, help, value]) => {
      const full = `negatoscope_gateway_${name}`;
      return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full} ${value}\n`;
    })
    .join('');
}

/** The status as a page that loads itself again every five seconds. */
export function statusPage(status: Status): string {
  const rows = (value: object, prefix = ''): string[] =>
    Object.entries(value).flatMap(([name, each]) =>
      typeof each === 'object'
        ? rows(each, `${prefix}${name} · `)
        : [`<tr><th scope="row">${escapeHtml(prefix + name)}</th><td>${escapeHtml(String(each))}</td></tr>`],
    );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<title>${escapeHtml(status.aeTitle)}: Negatoscope gateway</title>
<style>body{font:16px system-ui;margin:2rem}th{text-align:start;font-weight:normal;padding-inline-end:2rem}</style>
<h1>${escapeHtml(status.aeTitle)}: Negatoscope gateway</h1>
<table>${rows(status).join('\n')}</table>
</html>
`;
}

const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
